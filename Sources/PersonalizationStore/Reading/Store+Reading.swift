public import EventLog
internal import Projections

extension Store {
    /// The last event of the log, or nil when it is empty.
    public func head() throws(StoreError) -> LogHead? {
        try read { (view) throws(StoreError) in try view.logHead() }
    }

    /// Up to `limit` events from a position on, in log order; fewer at the log's end.
    ///
    /// Consistent: all of one moment. Cost: one sequential read, every record's checksum verified.
    public func events(from start: Position = .first, limit: Int = 1000) throws(StoreError) -> [StoredEvent] {
        guard limit > 0 else { return [] }
        return try read { (view) throws(StoreError) in
            var namer = EventNamer()
            var events: [StoredEvent] = []
            let (last, overflow) = start.number.addingReportingOverflow(UInt64(limit) - 1)
            let end = Position(overflow ? .max : last)
            try view.scan(start...end) { (record) throws(StoreError) in
                events.append(try namer.event(record, in: view))
                return true
            }
            return events
        }
    }

    /// Where a profile's stream stands, or nil when it has no event.
    public func streamHead(of profile: ProfileName) throws(StoreError) -> (position: Position, revision: UInt32)? {
        try read { (view) throws(StoreError) in
            guard let state = try view.profile(profile) else { return nil }
            return (state.head.last, state.head.revision)
        }
    }

    /// A profile's events, newest first.
    ///
    /// - Parameters:
    ///   - profile: Whose events.
    ///   - version: The revision to begin with; nil for the newest.
    ///   - limit: How many events at most.
    /// - Returns: An empty list when the profile has no event.
    public func eventsBackward(
        of profile: ProfileName, from version: UInt32? = nil, limit: Int = 1000
    ) throws(StoreError) -> [StoredEvent] {
        guard limit > 0 else { return [] }
        return try read { (view) throws(StoreError) in
            guard let state = try view.profile(profile) else { return [] }
            var namer = EventNamer()
            var events: [StoredEvent] = []
            try view.walkBack(from: state.head.last) {
                (record) throws(StoreError) in
                if version.map({ record.header.revision <= $0 }) ?? true {
                    events.append(try namer.event(record, in: view))
                }
                return events.count < limit ? record.header.previous : nil
            }
            return events
        }
    }

    /// A profile's events, oldest first, from a revision on.
    ///
    /// Cost: walks the stream back from its head, since records link backward only.
    public func events(
        of profile: ProfileName, from version: UInt32 = 1, limit: Int = 1000
    ) throws(StoreError) -> [StoredEvent] {
        guard limit > 0 else { return [] }
        return try read { (view) throws(StoreError) in
            guard let state = try view.profile(profile) else { return [] }
            let (end, overflow) = version.addingReportingOverflow(UInt32(clamping: limit))
            var positions: [Position] = []
            try view.walkBack(from: state.head.last) { record in
                let found = record.header.revision
                if found >= version, overflow || found < end { positions.append(record.position) }
                return found > version ? record.header.previous : nil
            }
            var namer = EventNamer()
            var events: [StoredEvent] = []
            for position in positions.reversed() {
                let record = try view.record(at: position)
                events.append(try namer.event(record, in: view))
            }
            return events
        }
    }
}
