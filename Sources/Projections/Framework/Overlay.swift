internal import ByteCoding
internal import EventLog

/// The rows of one projection that a stretch of the log changed, kept in memory until they are flushed.
///
/// Every change keeps the change before it, so a reader whose snapshot ends at some position sees each row as it was
/// there, and changes of a group that is not committed yet are visible to nobody but the writer. Confined to the lock
/// of the ``DerivedTables`` that owns it.
final class Overlay<P: Projection> {
    struct Change {
        let key: P.Key
        let row: P.Row
        /// The position of the record that made the change.
        let position: Position
        /// The index of the key's change before this one, or -1.
        let older: Int32
    }

    private(set) var changes: ContiguousArray<Change> = []
    private var latest: [P.Key: Int32] = [:]
    /// The keys in order, made when the overlay is frozen for flushing.
    private(set) var sortedKeys: [P.Key] = []

    /// The newest row of a key at or before a position.
    func row(_ key: P.Key, asOf position: Position?) -> (row: P.Row, position: Position)? {
        guard var index = latest[key] else { return nil }
        guard let position else { return (changes[Int(index)].row, changes[Int(index)].position) }
        while index >= 0 {
            let change = changes[Int(index)]
            if change.position <= position { return (change.row, change.position) }
            index = change.older
        }
        return nil
    }

    /// Adds a change that a record made.
    func set(_ key: P.Key, to row: P.Row, at position: Position) {
        let index = Int32(changes.count)
        var older: Int32 = -1
        if let existing = latest.updateValue(index, forKey: key) { older = existing }
        changes.append(Change(key: key, row: row, position: position, older: older))
    }

    /// Drops all but the newest change of each key, for when nobody asks for the past.
    func compact() {
        guard changes.count > 2 * latest.count else { return }
        var kept: ContiguousArray<Change> = []
        kept.reserveCapacity(latest.count)
        for (key, index) in latest {
            let change = changes[Int(index)]
            latest[key] = Int32(kept.count)
            kept.append(Change(key: key, row: change.row, position: change.position, older: -1))
        }
        changes = kept
    }

    /// Forgets the changes of every record after a position.
    func undo(after position: Position?) {
        while let change = changes.last, position.map({ change.position > $0 }) ?? true {
            latest[change.key] = change.older >= 0 ? change.older : nil
            changes.removeLast()
        }
    }

    /// The overlay that a generation holds for the projection.
    @inline(__always)
    static func typed(_ overlay: AnyObject) -> Overlay<P> { unsafeDowncast(overlay, to: Overlay<P>.self) }

    /// Shows the encoded key and newest row of a stretch of the sorted keys.
    func encodeRows(
        _ range: Range<Int>, _ write: (RawSpan, RawSpan) throws(StorageError) -> Void
    ) throws(StorageError) {
        var keyBytes = ByteWriter(capacity: 512)
        var rowBytes = ByteWriter(capacity: 512)
        for key in sortedKeys[range] {
            guard let (row, position) = row(key, asOf: nil) else { continue }
            keyBytes.truncate(to: 0)
            rowBytes.truncate(to: 0)
            key.encode(to: &keyBytes)
            rowBytes.write(position.number)
            row.encode(to: &rowBytes)
            try write(keyBytes.span(), rowBytes.span())
        }
    }

    /// The keys that have a row at a position.
    func keys(asOf position: Position) -> [P.Key] {
        latest.keys.filter { row($0, asOf: position) != nil }
    }

    /// Shows the encoded key and the row of every key that has one at a position.
    func forEach(asOf position: Position, _ body: ([UInt8], P.Row) -> Void) {
        for key in latest.keys {
            guard let (row, _) = row(key, asOf: position) else { continue }
            var keyBytes = ByteWriter(capacity: 64)
            key.encode(to: &keyBytes)
            body(keyBytes.bytes, row)
        }
    }

    /// Shows the encoded key and the stored form of the row of every key that has one at a position.
    func encodeChanges(asOf position: Position, _ body: ([UInt8], [UInt8]) -> Void) {
        for key in latest.keys {
            guard let (row, changed) = row(key, asOf: position) else { continue }
            var keyBytes = ByteWriter(capacity: 64)
            var rowBytes = ByteWriter(capacity: 64)
            key.encode(to: &keyBytes)
            rowBytes.write(changed.number)
            row.encode(to: &rowBytes)
            body(keyBytes.bytes, rowBytes.bytes)
        }
    }

    /// Puts the keys in the order in which they will be flushed.
    func freeze() { sortedKeys = latest.keys.sorted() }
}
