internal import EventLog

/// A stretch of the log whose changes to derived rows are in memory: one overlay for each projection.
///
/// The newest generation is active and takes every new record; older ones are frozen and are being flushed. A snapshot
/// holds the generations of its moment, so a flush never takes rows away from it.
///
/// `@unchecked Sendable`: overlays and counters are touched only under the lock of the ``DerivedTables`` that owns them.
final class Generation: @unchecked Sendable {
    /// One `Overlay<P>` for each projection, by the projection's index; nil before its first change. Making them all, which is
    /// making a class for each projection, would be the longest part of opening a store.
    @exclusivity(unchecked) private(set) var overlays: [AnyObject?]
    /// The last record applied, or nil before the first.
    @exclusivity(unchecked) private(set) var last: Position?
    /// The number of records applied.
    @exclusivity(unchecked) private(set) var recordCount = 0

    /// A generation without changes.
    init(projectionCount: Int) { overlays = Array(repeating: nil, count: projectionCount) }

    /// The overlay of a projection; nil when none of its rows have changed.
    @inline(__always)
    func overlay<P: Projection>(of projection: P.Type, at index: Int) -> Overlay<P>? {
        overlays[index].map { Overlay<P>.typed($0) }
    }

    /// The overlay of a projection of which a row changes.
    @inline(__always)
    func changingOverlay<P: Projection>(of projection: P.Type, at index: Int) -> Overlay<P> {
        if let overlay = overlay(of: projection, at: index) { return overlay }
        let overlay = Overlay<P>()
        overlays[index] = overlay
        return overlay
    }

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
