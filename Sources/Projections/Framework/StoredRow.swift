internal import ByteCoding
internal import EventLog
internal import LMDB

/// A row as its table stores it: the position of the last record applied to it (8 bytes, little-endian), then the row.
enum StoredRow {
    /// Writes a row unless the table has it as new or newer, as it can when another process has flushed.
    static func write(key: RawSpan, row: RawSpan, with cursor: inout WriteCursor) throws(StorageError) {
        do throws(LMDBError) {
            _ = try cursor.upsert(key: key, value: row) { stored in
                stored.byteCount < 8 || stored.load(0, as: UInt64.self) < row.load(0, as: UInt64.self)
            }
        } catch {
            throw .database(error)
        }
    }

    static func decode<P: Projection>(
        _ projection: P.Type, _ bytes: RawSpan
    ) throws(StorageError) -> (row: P.Row, position: Position) {
        do throws(ByteCodingError) {
            var reader = ByteReader(bytes)
            let position = Position(stored: try reader.read(UInt64.self))
            let row = try P.Row(from: &reader)
            try reader.finish()
            if let position { return (row, position) }
        } catch {
            throw .damagedRow(table: P.name, error.description)
        }
        throw .damagedRow(table: P.name, "position 0")
    }
}
