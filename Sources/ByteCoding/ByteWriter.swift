/// Builds canonical bytes from little-endian fields, front to back: the mirror of ``ByteReader``.
public struct ByteWriter: Sendable {
    @usableFromInline var storage: [UInt8]
    /// What has been written so far.
    @inlinable public var bytes: [UInt8] { storage }

    /// An empty writer with room for `capacity` bytes.
    @inlinable
    public init(capacity: Int = 0) {
        storage = []
        storage.reserveCapacity(capacity)
    }

    /// The number of bytes written so far.
    @inlinable
    public var byteCount: Int { storage.count }

    /// Appends one integer, little-endian.
    @inlinable
    public mutating func write<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { storage.append(contentsOf: $0) }
    }

    /// Appends bytes as they are.
    @inlinable
    public mutating func write(bytes more: some Sequence<UInt8>) {
        storage.append(contentsOf: more)
    }

    /// Appends borrowed bytes as they are.
    @inlinable
    public mutating func write(span: RawSpan) {
        span.withUnsafeBytes { storage.append(contentsOf: $0) }
    }

    /// Appends integers one after the other, little-endian.
    @inlinable
    public mutating func write(components: [Int16]) {
        storage.reserveCapacity(storage.count + components.count * 2)
        for component in components { write(component) }
    }

    /// Appends a string after its UTF-8 byte count, a little-endian `UInt16`.
    ///
    /// - Precondition: The string has at most 65,535 UTF-8 bytes; callers limit names long before.
    @inlinable
    public mutating func writeShortString(_ text: String) {
        let utf8 = text.utf8
        precondition(utf8.count <= Int(UInt16.max), "a short string has at most 65535 bytes")
        write(UInt16(utf8.count))
        storage.append(contentsOf: utf8)
    }
}
