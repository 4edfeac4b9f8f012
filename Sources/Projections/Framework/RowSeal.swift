internal import ByteCoding
internal import EventLog

/// Checksums the rows of one table: CRC-32C over the table's name and version, the key, and the value after the checksum.
///
/// With name and key in it, a row that stands at another's place, or in another table, is detected like one that was
/// changed.
struct RowSeal: Sendable {
    private let start: CRC32C

    /// How many bytes of a stored value the checksum takes; it comes first.
    static let byteCount = 4

    init(table name: String, version: UInt16) {
        var checksum = CRC32C()
        checksum.update(UInt64(version), name.utf8.span.bytes)
        start = checksum
    }

    /// Whether a stored value has the checksum that it should have under its key.
    @inline(__always)
    func isIntact(key: RawSpan, value: RawSpan) -> Bool {
        value.byteCount >= Self.byteCount
            && checksum(key: key, row: value.extracting(Self.byteCount..<value.byteCount)) == Self.stored(value)
    }

    /// Writes the checksum into the place at the beginning of a value that has been kept free for it.
    func seal(_ value: inout ByteWriter, key: RawSpan) {
        value.overwrite(checksum(key: key, row: value.span(from: Self.byteCount)), at: 0)
    }

    /// The checksum that a value of at least four bytes begins with.
    static func stored(_ value: RawSpan) -> UInt32 { value.load(0, as: UInt32.self) }

    @inline(__always)
    private func checksum(key: RawSpan, row: RawSpan) -> UInt32 {
        var checksum = start
        // The key's length says where the row begins.
        checksum.update(UInt64(key.byteCount), key)
        checksum.update(row)
        return checksum.value
    }
}
