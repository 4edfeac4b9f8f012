/// Reads the fields of a record front to back, for whoever reads records by the million.
///
/// A field that is not there or not in its shortest form makes ``isBroken`` true and counts as 0, so that callers ask once,
/// at the end. Never reads past the end.
package struct RecordCursor: ~Copyable, ~Escapable {
    let bytes: RawSpan
    /// The byte offset of the next field.
    package private(set) var offset: Int
    /// Whether a field could not be read.
    package private(set) var isBroken = false

    /// A cursor at a byte offset.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan, at offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Whether every byte was read, and each as part of a field in its shortest form.
    var isAtEnd: Bool { !isBroken && offset == bytes.byteCount }

    @inline(__always)
    @_lifetime(self: copy self)
    mutating func byte() -> UInt8 {
        guard offset < bytes.byteCount else {
            isBroken = true
            return 0
        }
        defer { offset &+= 1 }
        return bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// A number in unsigned LEB128.
    @inline(__always)
    @_lifetime(self: copy self)
    package mutating func varint() -> UInt64 {
        let first = byte()
        return first < 0x80 ? UInt64(first) : varint(after: first)
    }

    @_lifetime(self: copy self)
    private mutating func varint(after first: UInt8) -> UInt64 {
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while true {
            let next = byte()
            value |= UInt64(next & 0x7F) &<< shift
            if next < 0x80 {
                // The tenth byte has room for one bit; a byte of zero adds nothing.
                if next == 0 || (shift == 63 && next > 1) { isBroken = true }
                return value
            }
            shift &+= 7
            guard shift <= 63 else {
                isBroken = true
                return 0
            }
        }
    }

    /// A position, or nil for 0.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func position() -> Position? { Position(stored: varint()) }

    /// A number that has at most 32 bits.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func word() -> UInt32 {
        let value = varint()
        if value > UInt64(UInt32.max) { isBroken = true }
        return UInt32(truncatingIfNeeded: value)
    }

    /// Passes over some bytes.
    @_lifetime(self: copy self)
    mutating func skip(_ count: UInt64) {
        guard count <= UInt64(bytes.byteCount &- offset) else {
            isBroken = true
            return
        }
        offset &+= Int(count)
    }
}
