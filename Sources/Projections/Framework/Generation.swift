internal import EventLog

/// A stretch of the log whose changes to derived rows are in memory: one overlay for each projection.
///
/// The newest generation is active and takes every new record; older ones are frozen and are being flushed. A snapshot
/// holds the generations of its moment, so a flush never takes rows away from it.
///
/// `@unchecked Sendable`: overlays and counters are touched only under the lock of the ``DerivedTables`` that owns them.
final class Generation: @unchecked Sendable {
    /// One `Overlay<P>` for each projection, by the projection's index.
    let overlays: [AnyObject]
    /// The last record applied, or nil before the first.
    @exclusivity(unchecked) private(set) var last: Position?
    /// The number of records applied.
    @exclusivity(unchecked) private(set) var recordCount = 0

    init(overlays: [AnyObject]) { self.overlays = overlays }

    /// Notes that a record has been applied to every overlay.
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
