/// A SHA-256 digest (FIPS 180-4), comparable in byte order.
public struct SHA256Digest: Hashable, Sendable {
    /// The four big-endian words of the digest: `words.0` holds bytes 0 to 7.
    package let words: (UInt64, UInt64, UInt64, UInt64)

    /// The digest whose bytes these are.
    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// Hashes the concatenation of some pieces.
    public init(hashing pieces: [UInt8]...) {
        var hasher = SHA256Hasher()
        for piece in pieces { hasher.update(piece) }
        self = hasher.finalize()
    }

    /// HMAC-SHA-256 of a message under a key (RFC 2104), computed by Nettle.
    package init(authenticating message: [UInt8], key: [UInt8]) {
        self.init(words: HMAC.words(of: message, key: key))
    }

    /// Hashes borrowed bytes.
    package init(hashing span: RawSpan) {
        var hasher = SHA256Hasher()
        hasher.update(span: span)
        self = hasher.finalize()
    }

    /// The digest whose 32 bytes start the span.
    package init(bytes span: RawSpan) throws(ByteCodingError) {
        guard span.byteCount == Self.byteCount else {
            throw .truncated(needed: Self.byteCount, available: span.byteCount)
        }
        func word(_ index: Int) -> UInt64 {
            unsafe UInt64(bigEndian: span.unsafeLoadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        self.init(words: (word(0), word(1), word(2), word(3)))
    }

    /// The digest written as 64 hexadecimal digits of either case, or nil when `text` is not that.
    public init?(hex text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var words: [UInt64] = []
        for start in stride(from: 0, to: digits.count, by: 16) {
            var word: UInt64 = 0
            for digit in digits[start..<(start + 16)] {
                guard let value = Character(UnicodeScalar(digit)).hexDigitValue else { return nil }
                word = word << 4 | UInt64(value)
            }
            words.append(word)
        }
        self.init(words: (words[0], words[1], words[2], words[3]))
    }

    /// The size of every digest in bytes.
    package static let byteCount = 32

    /// The 32 bytes.
    public var bytes: [UInt8] {
        unsafe withUnsafeBytes(
            of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        ) { unsafe Array($0) }
    }

    /// Equal when all 32 bytes are.
    public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    /// Hashes the first word only: a digest's bits are already uniform.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension SHA256Digest: Comparable {
    /// Byte order.
    public static func < (left: Self, right: Self) -> Bool { left.words < right.words }
}

extension SHA256Digest: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public var description: String { bytes.map(hexPair).joined() }
}

private func hexPair(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
}
