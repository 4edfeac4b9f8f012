internal import EventLog

/// A stretch of the log whose changes to derived rows are in memory: one memory table for each projection.
///
/// The newest generation is active and takes every new record; older ones are frozen and are being flushed. A snapshot
/// holds the generations of its moment, so a flush never takes rows away from it.
///
/// `@unchecked Sendable`: memory tables and counters are touched only under the lock of the ``DerivedTables`` that owns them.
final class Generation: @unchecked Sendable {
    /// One `MemTable<P>` for each projection, by the projection's index; nil before its first change. Making them all, which is
    /// making a class for each projection, would be the longest part of opening a store.
    @exclusivity(unchecked) private(set) var memTables: [AnyObject?]
    /// The last record applied, or nil before the first.
    @exclusivity(unchecked) private(set) var last: Position?
    /// The number of records applied.
    @exclusivity(unchecked) private(set) var recordCount = 0

    /// A generation without changes.
    init(projectionCount: Int) { memTables = Array(repeating: nil, count: projectionCount) }

    /// The memory table of a projection; nil when none of its rows have changed.
    @inline(__always)
    func memTable<P: Projection>(of projection: P.Type, at index: Int) -> MemTable<P>? {
        memTables[index].map { MemTable<P>.typed($0) }
    }

    /// The memory table of a projection of which a row changes.
    @inline(__always)
    func changingMemTable<P: Projection>(of projection: P.Type, at index: Int) -> MemTable<P> {
        if let memTable = memTable(of: projection, at: index) { return memTable }
        let memTable = MemTable<P>()
        memTables[index] = memTable
        return memTable
    }

    /// Notes that a record has been applied to every memory table.
    func noteApplied(_ position: Position) {
        last = position
        recordCount += 1
    }

    /// Notes that every record after a position was undone.
    func noteUndone(after position: Position?) {
        guard let last, position.map({ last > $0 }) ?? true else { return }
        recordCount -= min(recordCount, Int(last.number - position.stored))
        self.last = recordCount == 0 ? nil : position
    }
}
