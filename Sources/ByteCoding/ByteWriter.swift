/// Builds canonical bytes from little-endian fields, front to back: the mirror of ``ByteReader``.
package struct ByteWriter: Sendable {
    @usableFromInline var storage: [UInt8]
    /// What has been written so far.
    @inlinable package var bytes: [UInt8] { storage }

    /// An empty writer with room for `capacity` bytes.
    @inlinable
    package init(capacity: Int = 0) {
        storage = []
        storage.reserveCapacity(capacity)
    }

    /// The number of bytes written so far.
    @inlinable
    package var byteCount: Int { storage.count }

    /// Appends one integer, little-endian.
    @inlinable
    package mutating func write<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe storage.append(contentsOf: $0) }
    }

    /// Appends two integers, little-endian, at the cost of one.
    @inlinable
    package mutating func write(_ first: UInt64, _ second: UInt64) {
        unsafe withUnsafeBytes(of: (first.littleEndian, second.littleEndian)) { unsafe storage.append(contentsOf: $0) }
    }

    /// Appends a number in unsigned LEB128, in its shortest form: seven bits a byte, the lowest first, the highest bit set in
    /// every byte but the last.
    @inlinable
    package mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            storage.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        storage.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a string after its UTF-8 byte count in LEB128.
    @inlinable
    package mutating func writeText(_ text: String) {
        let utf8 = text.utf8
        writeVarint(UInt64(utf8.count))
        storage.append(contentsOf: utf8)
    }

    /// Appends bytes as they are.
    @inlinable
    package mutating func write(bytes more: some Sequence<UInt8>) {
        storage.append(contentsOf: more)
    }

    /// Appends borrowed bytes as they are.
    @inlinable
    package mutating func write(span: RawSpan) {
        unsafe span.withUnsafeBytes { unsafe storage.append(contentsOf: $0) }
    }

    /// Appends integers one after the other, little-endian.
    @inlinable
    package mutating func write(components: [Int16]) {
        // As they are in memory: the package does not build for big-endian hosts, where that would be wrong.
        unsafe components.withUnsafeBytes { unsafe storage.append(contentsOf: $0) }
    }

    /// Appends a string after its UTF-8 byte count, a little-endian `UInt16`.
    ///
    /// - Precondition: The string has at most 65,535 UTF-8 bytes; callers limit names long before.
    @inlinable
    package mutating func writeShortString(_ text: String) {
        let utf8 = text.utf8
        precondition(utf8.count <= Int(UInt16.max), "a short string has at most 65535 bytes")
        write(UInt16(utf8.count))
        storage.append(contentsOf: utf8)
    }

    /// What has been written from a byte offset on, without a copy.
    @_lifetime(borrow self)
    package func span(from start: Int = 0) -> RawSpan {
        unsafe storage.span.bytes.extracting(start..<storage.count)
    }

    /// Writes an integer over bytes that were written before.
    ///
    /// - Precondition: The integer's bytes lie within what has been written.
    package mutating func overwrite<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= storage.count, "overwrites what is not there")
        unsafe storage.withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
        }
    }

    /// Forgets every byte after the first `count`.
    package mutating func truncate(to count: Int) {
        storage.removeLast(storage.count - count)
    }
}
