internal import ByteCoding
internal import EventLog

/// The rows of one projection that a stretch of the log changed, kept in memory until they are flushed.
///
/// Every change keeps the change before it, so a reader whose snapshot ends at some position sees each row as it was
/// there, and changes of a group that is not committed yet are visible to nobody but the writer. Confined to the lock
/// of the ``DerivedTables`` that owns it.
final class MemTable<P: Projection> {
    /// Unchecked, since the lock excludes what the check would find, for every event.
    @exclusivity(unchecked) private var rows = MemTableRows<P>()
    /// The keys in order, made when the memory table is frozen for flushing.
    private(set) var sortedKeys: [P.Key] = []

    /// The newest row of a key at or before a position (nil: at all), whose row is nil when it was deleted.
    func row(_ key: P.Key, asOf position: Position?) -> (row: P.Row?, position: Position)? {
        rows.row(key, asOf: position)
    }

    /// Adds a change that a record made; nil deletes the row.
    func set(_ key: P.Key, to row: P.Row?, at position: Position) { rows.set(key, to: row, at: position) }

    /// Drops all but the newest change of each key, for when nobody asks for the past.
    func compact() { rows.compact() }

    /// Forgets the changes of every record after a position.
    func undo(after position: Position?) { rows.undo(after: position) }

    /// The memory table that a generation holds for the projection.
    @inline(__always)
    static func typed(_ memTable: AnyObject) -> MemTable<P> { unsafeDowncast(memTable, to: MemTable<P>.self) }

    /// Shows the encoded key and newest row of a stretch of the sorted keys; an empty row is one that was deleted.
    func encodeRows(
        _ range: Range<Int>, _ seal: RowSeal, _ write: (RawSpan, RawSpan) throws(StorageError) -> Void
    ) throws(StorageError) {
        var keyBytes = ByteWriter(capacity: 512)
        var rowBytes = ByteWriter(capacity: 512)
        for key in sortedKeys[range] {
            guard let (row, position) = row(key, asOf: nil) else { continue }
            keyBytes.truncate(to: 0)
            key.encode(to: &keyBytes)
            if let row {
                StoredRow.encode(P.self, row, position, key: keyBytes.span(), seal, to: &rowBytes)
            } else {
                rowBytes.truncate(to: 0)
            }
            try write(keyBytes.span(), rowBytes.span())
        }
    }

    /// The keys whose rows were deleted at a position.
    func deletedKeys(asOf position: Position) -> [P.Key] {
        rows.keys.filter { row($0, asOf: position).map { $0.row == nil } ?? false }
    }

    /// The keys that have a row at a position.
    func keys(asOf position: Position) -> [P.Key] {
        rows.keys.filter { row($0, asOf: position)?.row != nil }
    }

    /// Shows the encoded key and the row of every key that changed up to a position; nil when it was deleted.
    func forEach(asOf position: Position, _ body: ([UInt8], P.Row?) -> Void) {
        for key in rows.keys {
            guard let (row, _) = row(key, asOf: position) else { continue }
            var keyBytes = ByteWriter(capacity: 64)
            key.encode(to: &keyBytes)
            body(keyBytes.bytes, row)
        }
    }

    /// Shows the encoded key and the stored form of the row of every key that changed up to a position; nil when it was
    /// deleted.
    func encodeChanges(asOf position: Position, _ seal: RowSeal, _ body: ([UInt8], [UInt8]?) -> Void) {
        for key in rows.keys {
            guard let (row, changed) = row(key, asOf: position) else { continue }
            var keyBytes = ByteWriter(capacity: 64)
            var rowBytes = ByteWriter(capacity: 64)
            key.encode(to: &keyBytes)
            guard let row else {
                body(keyBytes.bytes, nil)
                continue
            }
            StoredRow.encode(P.self, row, changed, key: keyBytes.span(), seal, to: &rowBytes)
            body(keyBytes.bytes, rowBytes.bytes)
        }
    }

    /// Puts the keys in the order in which they will be flushed.
    func freeze() { sortedKeys = rows.keys.sorted() }
}
