internal import ByteCoding
internal import EventLog

/// The bytes of a group's records, and of their entries, in the database: each after its length in LEB128.
enum GroupBytes {
    /// The most bytes of one group, well below what a value of PostgreSQL can have.
    static let byteLimit = 256 << 20

    /// The bytes of the records of a group that is to be appended.
    static func encode(_ group: borrowing RecordGroup) -> [UInt8] {
        var writer = ByteWriter(capacity: group.byteCount + 2 * group.count)
        group.forEach { (_, record) in append(record, to: &writer) }
        return writer.bytes
    }

    /// Appends a record or entry.
    static func append(_ bytes: RawSpan, to writer: inout ByteWriter) {
        writer.writeVarint(UInt64(bytes.byteCount))
        writer.write(span: bytes)
    }

    /// The group that a row has; nil when its lengths do not add up.
    static func decode(_ bytes: [UInt8], after: UInt64, last: UInt64) -> DurableGroup? {
        var joined = ByteWriter(capacity: bytes.count)
        var ends: [Int] = []
        do throws(ByteCodingError) {
            var reader = ByteReader(bytes.span.bytes)
            while reader.remaining > 0 {
                guard let count = Int(exactly: try reader.readVarint()) else { return nil }
                joined.write(span: try reader.readBytes(count))
                ends.append(joined.byteCount)
            }
        } catch {
            return nil
        }
        guard !ends.isEmpty, last > after, UInt64(ends.count) == last - after else { return nil }
        return DurableGroup(first: after + 1, bytes: joined.bytes, from: 0, ends: ends)
    }
}
