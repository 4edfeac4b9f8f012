/// Reads little-endian fields from borrowed bytes, front to back.
///
/// A reader never copies what it reads and never reads past the end: a field that does not fit throws
/// ``ByteCodingError/truncated(needed:available:)``. Every decoder of stored bytes is written with it, and ends with
/// ``finish()``, so that trailing bytes are refused.
package struct ByteReader: ~Copyable, ~Escapable {
    private let bytes: RawSpan
    /// The byte offset of the next field.
    package private(set) var offset: Int

    /// A reader at the start of `bytes`.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        self.bytes = bytes
        self.offset = 0
    }

    /// The number of bytes not yet read.
    package var remaining: Int { bytes.byteCount - offset }

    /// Reads one little-endian integer.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(ByteCodingError) -> Value {
        let start = try advance(MemoryLayout<Value>.size)
        return unsafe Value(littleEndian: span.unsafeLoadUnaligned(fromByteOffset: start, as: Value.self))
    }

    /// Reads a number in unsigned LEB128, and refuses one that is longer than it need be or than 64 bits.
    @_lifetime(self: copy self)
    package mutating func readVarint() throws(ByteCodingError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try read(UInt8.self)
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { throw .notShortest(offset: start) }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard byte != 0 || shift == 0 else { throw .notShortest(offset: start) }
                return value
            }
            shift += 7
        }
    }

    /// Reads a UTF-8 string that follows its byte count in LEB128.
    @_lifetime(self: copy self)
    package mutating func readText() throws(ByteCodingError) -> String {
        let count = try readVarint()
        guard count <= UInt64(remaining) else {
            throw .truncated(needed: Int(clamping: count), available: remaining)
        }
        return try readString(byteCount: Int(count))
    }

    /// Reads the next `count` bytes without copying them.
    @_lifetime(copy self)
    package mutating func readBytes(_ count: Int) throws(ByteCodingError) -> RawSpan {
        let start = try advance(count)
        return bytes.extracting(start..<(start + count))
    }

    /// Reads `count` UTF-8 bytes; bytes that are not UTF-8 are refused rather than repaired.
    @_lifetime(self: copy self)
    package mutating func readString(byteCount count: Int) throws(ByteCodingError) -> String {
        let start = try advance(count)
        guard let text = String(validating: bytes.extracting(start..<(start + count))) else {
            throw .invalidUTF8(offset: start)
        }
        return text
    }

    /// Reads a UTF-8 string that follows its byte count, a little-endian `UInt16`.
    @_lifetime(self: copy self)
    package mutating func readShortString() throws(ByteCodingError) -> String {
        try readString(byteCount: Int(read(UInt16.self)))
    }

    /// Refuses bytes that no field has claimed.
    @_lifetime(self: copy self)
    package mutating func finish() throws(ByteCodingError) {
        guard remaining == 0 else { throw .trailingBytes(remaining) }
    }

    @usableFromInline
    var span: RawSpan {
        @_lifetime(copy self) get { bytes }
    }

    @usableFromInline
    @_lifetime(self: copy self)
    mutating func advance(_ count: Int) throws(ByteCodingError) -> Int {
        guard count >= 0, count <= remaining else {
            throw .truncated(needed: count, available: remaining)
        }
        defer { offset += count }
        return offset
    }
}

/// Why bytes are not the canonical form of what they should hold.
package enum ByteCodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A field of `needed` bytes starts where only `available` are left.
    case truncated(needed: Int, available: Int)
    /// This many bytes follow the last field.
    case trailingBytes(Int)
    /// The text that starts at this byte offset is not UTF-8.
    case invalidUTF8(offset: Int)
    /// The number that starts at this byte offset is not in the shortest form of LEB128, or has more than 64 bits.
    case notShortest(offset: Int)

    /// One sentence for people.
    package var description: String {
        switch self {
        case .truncated(let needed, let available): "a field of \(needed) bytes has only \(available) left"
        case .trailingBytes(let count): "\(count) unexpected bytes follow the last field"
        case .invalidUTF8(let offset): "the text at byte \(offset) is not UTF-8"
        case .notShortest(let offset): "the number at byte \(offset) is not in its shortest form"
        }
    }
}
