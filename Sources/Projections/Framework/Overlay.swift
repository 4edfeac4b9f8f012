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

    /// Forgets the changes of every record after a position.
    func undo(after position: Position?) {
        while let change = changes.last, position.map({ change.position > $0 }) ?? true {
            latest[change.key] = change.older >= 0 ? change.older : nil
            changes.removeLast()
        }
    }

    /// Puts the keys in the order in which they will be flushed.
    func freeze() { sortedKeys = latest.keys.sorted() }

    /// The keys that begin with what `matches` accepts, newest row each, in no order.
    func keys(asOf position: Position?, where matches: (P.Key) -> Bool) -> [P.Key] {
        latest.keys.filter { matches($0) && row($0, asOf: position) != nil }
    }
}
