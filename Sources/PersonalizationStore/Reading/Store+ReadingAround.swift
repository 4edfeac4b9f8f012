public import EventLog
internal import Projections

/// A stretch of a damaged log: the events that can be read, and what stands between them.
public struct EventsAroundDamage: Sendable {
    /// The events that are whole, in order.
    public internal(set) var events: [StoredEvent] = []
    /// What could not be read, in order.
    public internal(set) var skipped: [Skipped] = []
    /// Where to go on, or nil at the end of the log.
    public internal(set) var next: Position?

    /// An event that could not be read.
    public struct Skipped: Sendable {
        /// Where it is.
        public let position: Position
        /// The damage: of its record, or of one that it refers to, as a ranking does to its images.
        public let error: RecordError
    }
}

extension Store {
    /// The events of a stretch of the log, around records that are damaged: for saving what is left.
    ///
    /// An event that refers to a damaged record cannot be named, so it is skipped too. Damage of the data file's pages
    /// throws. Needs no derived table.
    ///
    /// - Parameters:
    ///   - start: The first position.
    ///   - limit: How many positions to look at.
    public func eventsAroundDamage(
        from start: Position = .first, limit: Int = 1000
    ) throws(StoreError) -> EventsAroundDamage {
        precondition(limit > 0, "a stretch has at least one position")
        return try read { (view) throws(StoreError) in
            var found = EventsAroundDamage()
            guard let head = view.snapshot.head, start <= head else { return found }
            let (last, overflow) = start.number.addingReportingOverflow(UInt64(limit) - 1)
            let end = overflow ? head : min(head, Position(last))
            found.next = end < head ? end.next : nil
            var namer = EventNamer()
            var next = start
            while next <= end {
                do throws(StoreError) {
                    try view.scan(next...end) { (record) throws(StoreError) in
                        found.events.append(try namer.event(record, in: view))
                        next = record.position.next
                        return true
                    }
                    guard next > end else { throw .record(.missing(next)) }
                } catch {
                    guard case .storage(.record(let flaw)) = error else { throw error }
                    found.skipped.append(.init(position: next, error: flaw))
                    next = next.next
                }
            }
            return found
        }
    }
}
