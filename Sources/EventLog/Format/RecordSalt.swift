internal import ByteCoding

/// Sixteen random bytes that keep a commitment from saying anything to who does not have them.
///
/// Every stream of a person has one, in its opening record; an image's author, an imported version and its label have one
/// each.
package struct RecordSalt: Hashable, Sendable, BitwiseCopyable {
    /// Bytes 0 to 7, big-endian.
    public let high: UInt64
    /// Bytes 8 to 15, big-endian.
    public let low: UInt64

    /// The salt with these two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A salt from the system's random generator, which is cryptographically secure on every platform of Swift.
    @Sendable
    public static func random() -> RecordSalt {
        RecordSalt(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    /// The size of every salt in bytes.
    public static let byteCount = 16

    /// The sixteen bytes.
    public var bytes: [UInt8] {
        var writer = ByteWriter(capacity: Self.byteCount)
        encode(to: &writer)
        return writer.bytes
    }

    /// Appends the sixteen bytes.
    func encode(to writer: inout ByteWriter) { writer.write(high.bigEndian, low.bigEndian) }

    /// The salt that stands at a byte offset.
    init(_ bytes: RawSpan, at offset: Int) {
        high = bytes.load(offset, as: UInt64.self).byteSwapped
        low = bytes.load(offset + 8, as: UInt64.self).byteSwapped
    }
}
