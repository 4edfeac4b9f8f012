public import ByteCoding

/// The name of a personalization version that people type and prompts hold: symbols of Crockford's base32 that spell the
/// first bits of the version's hash, and one check symbol. The whole hash in hexadecimal digits is a code, too, the longest.
///
/// Twelve symbols, 60 bits, unless versions collide; a longer code shows more of the hash. The check symbol catches every
/// single wrong symbol and every swap of two symbols, adjacent or not (docs/format-codes.md). A code says nothing of whether
/// its version exists, and two codes of one version, such as its short one and its whole hash, are not equal.
///
/// ``description`` is the one canonical spelling, and ``init(_:)`` reads it back to an equal code; `Codable` is that text.
public struct Code: Hashable, Sendable {
    /// The bits of the hash that the code shows, the first in the highest bit of `first`; zero behind them.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64
    /// How many bits those are: five for each symbol, or all of them.
    private let bitCount: UInt16

    /// The symbols of the hash in every code but those that came later than a collision.
    package static let minimumSymbolCount = 12
    /// The symbols of the hash in the longest code but the whole hash: with the check symbol 31, the number of different
    /// coefficients that the check equation has.
    package static let maximumSymbolCount = 30
    private static let hashBitCount: UInt16 = 256

    /// The code that is the whole hash of a version. Works wherever the version's short code does, and never collides.
    public init(hash: SHA256Digest) {
        (first, second, third, fourth) = hash.words
        bitCount = Self.hashBitCount
    }

    /// The code of the version with this hash.
    ///
    /// - Precondition: `symbolCount` is 12 to 30.
    package init(digest: SHA256Digest, symbolCount: Int = minimumSymbolCount) {
        precondition(
            (Self.minimumSymbolCount...Self.maximumSymbolCount).contains(symbolCount),
            "a code shows 12 to 30 symbols of the hash")
        self.init(words: digest.words, bitCount: symbolCount * 5)
    }

    /// A code of twelve symbols a group, of which the first `symbolCount` count.
    init(groups: (UInt64, UInt64, UInt64), symbolCount: Int) {
        self.init(
            words: (
                groups.0 << 4 | groups.1 >> 56,
                groups.1 << 8 | groups.2 >> 52,
                groups.2 << 12,
                0
            ),
            bitCount: symbolCount * 5)
    }

    private init(words: (UInt64, UInt64, UInt64, UInt64), bitCount: Int) {
        first = words.0 & Self.mask(ofFirst: bitCount)
        second = words.1 & Self.mask(ofFirst: bitCount - 64)
        third = words.2 & Self.mask(ofFirst: bitCount - 128)
        fourth = 0
        self.bitCount = UInt16(bitCount)
    }

    /// The first 60 bits of the hash: what the twelve symbols of the shortest codes spell. Below 2^60.
    package var prefixBits: UInt64 { first >> 4 }

    /// The hash, when the code is all of it.
    package var wholeHash: SHA256Digest? {
        bitCount == Self.hashBitCount ? SHA256Digest(words: (first, second, third, fourth)) : nil
    }

    /// How many symbols of the hash the code shows, without the check symbol: 12 to 30; nil for the whole hash.
    package var symbolCount: Int? { bitCount == Self.hashBitCount ? nil : Int(bitCount / 5) }

    /// Whether the code shows the beginning of a hash, or is all of it.
    package func matches(_ digest: SHA256Digest) -> Bool {
        guard let symbolCount else { return self == Code(hash: digest) }
        return self == Code(words: digest.words, bitCount: symbolCount * 5)
    }

    /// The symbols and then the check symbol, as numbers below 32, of a code that is not the whole hash.
    func symbols(_ symbolCount: Int) -> [UInt8] {
        var symbols: [UInt8] = []
        symbols.reserveCapacity(symbolCount + 1)
        var check = CheckEquation()
        for index in 0..<symbolCount {
            let symbol = symbol(at: index)
            symbols.append(symbol)
            check.add(symbol)
        }
        symbols.append(check.solution)
        return symbols
    }

    private func symbol(at index: Int) -> UInt8 {
        let bit = index * 5
        let (word, next) = bit < 64 ? (first, second) : bit < 128 ? (second, third) : (third, fourth)
        let offset = UInt64(bit & 63)
        // A shift by 64 gives zero, which is right where the symbol lies in one word.
        return UInt8(truncatingIfNeeded: (word << offset | next >> (64 - offset)) >> 59)
    }

    /// The first `count` bits of a word, none below 0 and all above 64.
    private static func mask(ofFirst count: Int) -> UInt64 { ~(UInt64.max >> UInt64(max(count, 0))) }
}

extension Code: Comparable {
    /// The order of the hashes, and a shorter code before the longer ones that begin like it.
    public static func < (left: Self, right: Self) -> Bool {
        (left.first, left.second, left.third, left.fourth, left.bitCount)
            < (right.first, right.second, right.third, right.fourth, right.bitCount)
    }
}

extension Code: CustomStringConvertible {
    /// The canonical spelling: lower case, no hyphens, check symbol last; 13 characters for twelve symbols, 64 hexadecimal
    /// digits for the whole hash.
    public var description: String {
        guard let symbolCount else { return wholeHash?.description ?? "" }
        return String(decoding: symbols(symbolCount).map { CodeAlphabet.characters[Int($0)] }, as: UTF8.self)
    }
}

extension Code: Codable {
    /// Reads the text of a code, in any spelling that ``init(_:)`` reads.
    ///
    /// - Throws: `DecodingError.dataCorrupted` with the ``CodeError`` when the text is no code.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(CodeError) { try self.init(text) } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description, underlyingError: error))
        }
    }

    /// Writes the canonical spelling.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
