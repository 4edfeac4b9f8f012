internal import ByteCoding
internal import EventLog
internal import Projections

/// Positions of names that the writer has looked up, so that a busy name costs one hash and no look into LMDB.
///
/// Names are interned for good, so an entry never becomes wrong, except those of a group that was abandoned: then
/// everything is forgotten. Bounded: a full cache is emptied.
struct NameCache {
    /// A name within a space.
    struct Key: Hashable {
        let space: UInt64
        let name: ByteName
    }

    private var positions: [Key: Position] = [:]
    private let capacity: Int

    init(capacity: Int = 1 << 17) { self.capacity = capacity }

    subscript(space: Position?, name: String) -> Position? {
        positions[Key(space: space.stored, name: ByteName(name))]
    }

    mutating func set(_ position: Position, space: Position?, name: String) {
        if positions.count >= capacity { removeAll() }
        positions[Key(space: space.stored, name: ByteName(name))] = position
    }

    mutating func removeAll() { positions.removeAll(keepingCapacity: true) }
}
