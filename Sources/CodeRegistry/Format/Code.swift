package import ByteCoding

/// The short, typeable name of a personalization version: symbols of Crockford's base32 that spell the first bits of
/// the version's hash, and one check symbol.
///
/// Twelve symbols, 60 bits, unless versions collide; a longer code shows more of the hash. The check symbol
/// catches every single wrong symbol and every swap of two symbols, adjacent or not (docs/format.md, "Codes").
/// A code says nothing of whether its version exists.
package struct Code: Hashable, Sendable {
    /// The first 60 bits of the hash: what the twelve symbols of the shortest codes spell. Below 2^60.
    package let prefixBits: UInt64
    /// Symbols 13 to 24 in the upper of 60 bits, zero where the code has none.
    private let secondBits: UInt64
    /// Symbols 25 to 30, likewise.
    private let thirdBits: UInt64
    /// How many symbols of the hash the code shows, without the check symbol: 12 to 30.
    package let symbolCount: Int

    /// The symbols of the hash in every code but those that came later than a collision.
    package static let minimumSymbolCount = 12
    /// The symbols of the hash in the longest code: with the check symbol 31, the number of different coefficients
    /// that the check equation has.
    package static let maximumSymbolCount = 30

    /// The code of the version with this hash.
    ///
    /// - Precondition: `symbolCount` is 12 to 30.
    package init(digest: SHA256Digest, symbolCount: Int = minimumSymbolCount) {
        precondition(
            (Self.minimumSymbolCount...Self.maximumSymbolCount).contains(symbolCount),
            "a code shows 12 to 30 symbols of the hash")
        let words = digest.words
        self.init(
            groups: (
                words.0 >> 4,
                (words.0 & 0xF) << 56 | words.1 >> 8,
                (words.1 & 0xFF) << 52 | words.2 >> 12
            ),
            symbolCount: symbolCount)
    }

    /// A code of twelve symbols a group, of which the first `symbolCount` count.
    init(groups: (UInt64, UInt64, UInt64), symbolCount: Int) {
        prefixBits = groups.0
        secondBits = groups.1 & Self.mask(ofFirst: symbolCount - 12)
        thirdBits = groups.2 & Self.mask(ofFirst: symbolCount - 24)
        self.symbolCount = symbolCount
    }

    /// Whether the code is the one with this many symbols of a version with this hash.
    package func matches(_ digest: SHA256Digest) -> Bool {
        self == Code(digest: digest, symbolCount: symbolCount)
    }

    /// The symbols and then the check symbol, as numbers below 32.
    var symbols: [UInt8] {
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
        let group = index < 12 ? prefixBits : index < 24 ? secondBits : thirdBits
        return UInt8(truncatingIfNeeded: group >> UInt64(55 - index % 12 * 5)) & 31
    }

    private static func mask(ofFirst count: Int) -> UInt64 {
        let bits = UInt64(min(max(count, 0), 12)) * 5
        return (1 << bits - 1) << (60 - bits)
    }
}

extension Code: Comparable {
    /// The order of the hashes, and a shorter code before the longer ones that begin like it.
    package static func < (left: Self, right: Self) -> Bool {
        (left.prefixBits, left.secondBits, left.thirdBits, left.symbolCount)
            < (right.prefixBits, right.secondBits, right.thirdBits, right.symbolCount)
    }
}

extension Code: CustomStringConvertible {
    /// The canonical spelling: lower case, no hyphens, check symbol last; 13 characters for twelve symbols.
    package var description: String {
        String(decoding: symbols.map { CodeAlphabet.characters[Int($0)] }, as: UTF8.self)
    }
}
