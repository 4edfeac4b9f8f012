internal import ByteCoding
internal import EventLog
internal import LMDB

/// A row as its table stores it: a checksum (``RowSeal``), the position of the last record applied to it (8 bytes,
/// little-endian), then the row.
enum StoredRow {
    /// The layout of stored rows and of checkpoints, part of the tables' names: a table of another layout is another
    /// table, which is filled anew from the log.
    static let format = 2

    static let checksumFlaw = "its checksum does not match"

    /// Where the position stands.
    private static let positionOffset = RowSeal.byteCount

    /// Appends the stored form of a row.
    static func encode<P: Projection>(
        _ projection: P.Type, _ row: P.Row, _ position: Position, key: RawSpan, _ seal: RowSeal,
        to writer: inout ByteWriter
    ) {
        writer.truncate(to: 0)
        writer.write(UInt32(0))
        writer.write(position.number)
        row.encode(to: &writer)
        seal.seal(&writer, key: key)
    }

    /// Writes a row unless the table has it as new or newer, as it can when another process has flushed; keeps the tally.
    static func write(
        key: RawSpan, row: RawSpan, of projector: Projector, _ tally: inout RowTally, with cursor: inout WriteCursor
    ) throws(StorageError) {
        var isDamaged = false
        var replaced = RowTally()
        do throws(LMDBError) {
            let isWritten = try cursor.upsert(key: key, value: row) { stored in
                guard stored.byteCount >= positionOffset + 8, projector.seal.isIntact(key: key, value: stored) else {
                    isDamaged = true
                    return false
                }
                guard stored.load(positionOffset, as: UInt64.self) < row.load(positionOffset, as: UInt64.self) else {
                    return false
                }
                replaced.add(stored)
                return true
            }
            if isWritten {
                tally.add(row)
                tally.count &-= replaced.count
                tally.sum &-= replaced.sum
            }
        } catch {
            throw .database(error)
        }
        if isDamaged { throw .damagedRow(table: projector.name, checksumFlaw) }
    }

    /// Whether a stored row was last changed at a position or before; nil when it is damaged.
    private static func isOlder(
        _ stored: RawSpan, than last: Position?, key: RawSpan, of projector: Projector
    ) -> Bool? {
        guard stored.byteCount >= positionOffset + 8, projector.seal.isIntact(key: key, value: stored) else {
            return nil
        }
        return stored.load(positionOffset, as: UInt64.self) <= last.stored
    }

    /// Deletes a row unless the table has it newer than the deletion; keeps the tally.
    static func delete(
        key: RawSpan, of projector: Projector, through last: Position?, _ tally: inout RowTally,
        with cursor: inout WriteCursor
    ) throws(StorageError) {
        var isDamaged = false
        do throws(LMDBError) {
            guard try cursor.seek(key: key) else { return }
            let isOlder = Self.isOlder(cursor.value, than: last, key: key, of: projector)
            isDamaged = isOlder == nil
            if isOlder ?? false {
                tally.remove(cursor.value)
                try cursor.delete()
            }
        } catch {
            throw .database(error)
        }
        if isDamaged { throw .damagedRow(table: projector.name, checksumFlaw) }
    }

    static func decode<P: Projection>(
        _ projection: P.Type, key: RawSpan, _ bytes: RawSpan, _ seal: RowSeal
    ) throws(StorageError) -> (row: P.Row, position: Position) {
        guard seal.isIntact(key: key, value: bytes) else { throw .damagedRow(table: P.name, checksumFlaw) }
        do throws(ByteCodingError) {
            var reader = ByteReader(bytes.extracting(RowSeal.byteCount..<bytes.byteCount))
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
