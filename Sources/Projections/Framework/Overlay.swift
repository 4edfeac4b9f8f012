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
    /// Where each key stands in `newest`.
    private var slots: [P.Key: Int32] = [:]
    /// The index of each key's newest change, or -1 when all were undone.
    private var newest: ContiguousArray<Int32> = []
    /// The key that was looked up last: the writer asks for a row, then the projector reads it, then changes it.
    private var recent: (key: P.Key, slot: Int32)?
    /// The keys in order, made when the overlay is frozen for flushing.
    private(set) var sortedKeys: [P.Key] = []

    /// The newest row of a key at or before a position (nil: at all).
    func row(_ key: P.Key, asOf position: Position?) -> (row: P.Row, position: Position)? {
        guard let slot = slot(of: key) else { return nil }
        var index = newest[Int(slot)]
        while index >= 0 {
            let change = changes[Int(index)]
            if position.map({ change.position <= $0 }) ?? true { return (change.row, change.position) }
            index = change.older
        }
        return nil
    }

    /// Adds a change that a record made.
    func set(_ key: P.Key, to row: P.Row, at position: Position) {
        let index = Int32(changes.count)
        if let slot = slot(of: key) {
            changes.append(Change(key: key, row: row, position: position, older: newest[Int(slot)]))
            newest[Int(slot)] = index
        } else {
            slots[key] = Int32(newest.count)
            newest.append(index)
            changes.append(Change(key: key, row: row, position: position, older: -1))
        }
    }

    private func slot(of key: P.Key) -> Int32? {
        if let recent, recent.key == key { return recent.slot }
        guard let slot = slots[key] else { return nil }
        recent = (key, slot)
        return slot
    }

    /// Drops all but the newest change of each key, for when nobody asks for the past.
    func compact() {
        guard changes.count > 2 * newest.count else { return }
        var kept: ContiguousArray<Change> = []
        kept.reserveCapacity(newest.count)
        for slot in newest.indices where newest[slot] >= 0 {
            let change = changes[Int(newest[slot])]
            newest[slot] = Int32(kept.count)
            kept.append(Change(key: change.key, row: change.row, position: change.position, older: -1))
        }
        changes = kept
    }

    /// Forgets the changes of every record after a position.
    func undo(after position: Position?) {
        while let change = changes.last, position.map({ change.position > $0 }) ?? true {
            if let slot = slots[change.key] { newest[Int(slot)] = change.older }
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
        slots.keys.filter { row($0, asOf: position) != nil }
    }

    /// Shows the encoded key and the row of every key that has one at a position.
    func forEach(asOf position: Position, _ body: ([UInt8], P.Row) -> Void) {
        for key in slots.keys {
            guard let (row, _) = row(key, asOf: position) else { continue }
            var keyBytes = ByteWriter(capacity: 64)
            key.encode(to: &keyBytes)
            body(keyBytes.bytes, row)
        }
    }

    /// Shows the encoded key and the stored form of the row of every key that has one at a position.
    func encodeChanges(asOf position: Position, _ body: ([UInt8], [UInt8]) -> Void) {
        for key in slots.keys {
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
    func freeze() { sortedKeys = slots.keys.sorted() }
}
