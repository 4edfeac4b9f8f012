internal import EventLog

/// The rows of an ``MemTable`` with their histories.
///
/// A value that cannot be copied, so that the memory table, which several threads reach under a lock, is accessed once for
/// each operation and not once for each field.
struct MemTableRows<P: Projection>: ~Copyable {
    /// A row as a record left it.
    private struct Change {
        /// Nil when the record had the row deleted.
        let row: P.Row?
        /// The position of the record.
        let position: Position
        /// The index in `history` of the change before, or -1.
        let older: Int32
    }

    /// What a change replaced.
    private struct Replaced {
        let slot: Int32
        /// Nil for the first change of a key.
        let change: Change?
    }

    /// Where each key stands in `newest`.
    private var slots = KeyIndex<P.Key>()
    /// Each key's newest change, which is what is asked for most; nil when all were undone.
    private var newest: ContiguousArray<Change?> = []
    /// What each change replaced, in the order of the changes.
    private var history: ContiguousArray<Replaced> = []
    /// The key that was looked up last: the writer asks for a row, then the projector reads it, then changes it.
    private var recent: (key: P.Key, slot: Int32)?

    /// Every key that ever had a change.
    var keys: ContiguousArray<P.Key> { slots.keys }

    /// The newest row of a key at or before a position (nil: at all), whose row is nil when it was deleted.
    mutating func row(_ key: P.Key, asOf position: Position?) -> (row: P.Row?, position: Position)? {
        guard let slot = slot(of: key), var change = newest[Int(slot)] else { return nil }
        guard let position else { return (change.row, change.position) }
        while change.position > position {
            guard change.older >= 0, let older = history[Int(change.older)].change else { return nil }
            change = older
        }
        return (change.row, change.position)
    }

    /// Adds a change that a record made.
    mutating func set(_ key: P.Key, to row: P.Row?, at position: Position) {
        if let slot = slot(of: key) {
            let replaced = newest[Int(slot)]
            let older = replaced == nil ? -1 : Int32(history.count)
            newest[Int(slot)] = Change(row: row, position: position, older: older)
            history.append(Replaced(slot: slot, change: replaced))
        } else {
            let slot = Int32(slots.append(key))
            newest.append(Change(row: row, position: position, older: -1))
            history.append(Replaced(slot: slot, change: nil))
        }
    }

    private mutating func slot(of key: P.Key) -> Int32? {
        if let recent, recent.key == key { return recent.slot }
        guard let slot = slots.index(of: key).map({ Int32($0) }) else { return nil }
        recent = (key, slot)
        return slot
    }

    /// Drops all but the newest change of each key, for when nobody asks for the past nor undoes anything.
    mutating func compact() {
        guard history.count > 2 * newest.count else { return }
        history.removeAll(keepingCapacity: true)
        for slot in newest.indices {
            newest[slot] = newest[slot].map { Change(row: $0.row, position: $0.position, older: -1) }
        }
    }

    /// Forgets the changes of every record after a position.
    mutating func undo(after position: Position?) {
        while let last = history.last, let change = newest[Int(last.slot)],
            position.map({ change.position > $0 }) ?? true
        {
            newest[Int(last.slot)] = last.change
            history.removeLast()
        }
    }
}
