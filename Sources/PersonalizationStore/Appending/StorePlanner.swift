internal import ByteCoding
internal import EventLog
internal import LMDB
internal import Projections
internal import TasteFold

/// Turns requests into records: looks names up, checks every rule, links streams. Decides on the writer's queue.
///
/// `@unchecked Sendable`: the caches are touched only by the committer's sequence of calls, which is on one queue.
final class StorePlanner: AppendPlanner, @unchecked Sendable {
    typealias Request = TimedRequest
    typealias Answer = [Receipt]
    typealias Failure = StoreError

    let tables: DerivedTables
    private let limits: PlannerLimits
    /// What times are refused as a wrong clock's; nil for none.
    private let clockRules: ClockRules?
    // Names are interned for good, so what these hold never becomes wrong, except the names of a group that was abandoned
    // and the heads of streams that other processes have appended to: then they are emptied. Images and streams that
    // records of the group concern are always among them until the records are applied to the derived tables. The
    // runtime's checks for overlapping accesses are off where it would make several for every event: all of this is
    // confined to one queue.
    @exclusivity(unchecked) var images: NameTable<Position>
    @exclusivity(unchecked) var profiles: ProfileStreams
    @exclusivity(unchecked) private var spaces = NameTable<SpaceEntry>()
    /// The space of the last event, which mostly is that of the next.
    @exclusivity(unchecked) var recentSpace: (name: String, entry: SpaceEntry)?
    /// Streams that are no profile's and whose heads have been compared with the events that they name.
    private var checkedStreams: Set<Position> = []
    private var headBefore: Position?
    /// The head that the last group left: when it has moved, other processes have appended.
    private var ownHead: Position?
    /// The time to record for the request that is being planned; nil for the writer's clock.
    @exclusivity(unchecked) private var trustedTime: Timestamp?
    /// How many of the group's records are applied to the derived tables. The others wait until something that they may
    /// change is looked up there or, mostly, until the group's callers have their answers.
    @exclusivity(unchecked) private var appliedCount = 0

    /// What validation needs of a space.
    struct SpaceEntry: BitwiseCopyable {
        let position: Position
        let dimension: Int
    }

    init(tables: DerivedTables, limits: PlannerLimits, clockRules: ClockRules?) {
        self.tables = tables
        self.limits = limits
        self.clockRules = clockRules
        images = NameTable(capacity: limits.nameCount)
        profiles = ProfileStreams(capacity: limits.nameCount)
    }

    func begin(_ transaction: borrowing WriteTransaction, head: LogHead?) throws(StorageError) {
        headBefore = head?.position
        // Names stay what they are, but streams have moved.
        if headBefore != ownHead {
            profiles.removeAll()
            checkedStreams.removeAll()
        }
        appliedCount = 0
        try tables.begin(transaction, head: head)
    }

    func plan(
        _ timed: TimedRequest, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> [Receipt] {
        let mark = group.count
        let head = group.nextPosition.previous
        trustedTime = timed.time
        do throws(StoreError) {
            // Events bring their own times.
            if !timed.request.isOfEvents, let fault = timeFault(trustedTime, nil, in: group) {
                throw .event(fault)
            }
            switch timed.request {
            case .events(let events, let expectation):
                return try plan(events, expecting: expectation, in: transaction, into: &group)
            case .space(let space, let models, let defaultModel):
                return try plan(space, models: models, defaultModel: defaultModel, in: transaction, into: &group)
            case .mint(let mint): return [try plan(mint, in: transaction, into: &group)]
            case .owner(let profile, let action, let eventID):
                return [try plan(action, of: profile, eventID: eventID, in: transaction, into: &group)]
            case .settings(let user, let space, let change, let eventID):
                return [
                    try plan(change, user: user, space: space, eventID: eventID, in: transaction, into: &group)
                ]
            case .importVersion(let space, let hash, let version, let label):
                return [try plan(version, hash: hash, label, into: space, in: transaction, group: &group)]
            case .labelImport(let position, let label):
                return [try plan(label, ofImport: position, in: transaction, into: &group)]
            case .takeDown(let imported, let isTakenDown):
                return [try plan(takingDown: imported, isTakenDown, in: transaction, into: &group)]
            case .profile(let change):
                return try plan(change, in: transaction, into: &group)
            case .alias(let change): return [try plan(change, in: transaction, into: &group)]
            case .houseMint(let mint): return [try plan(mint, in: transaction, into: &group)]
            case .housePin(let space, let pin):
                return [try plan(pin, space: space, in: transaction, into: &group)]
            case .erase(let found): return [try plan(erasing: found, in: transaction, into: &group)]
            case .scheduleErasure(let user, let due):
                return [try plan(schedulingErasureOf: user, due: due, in: transaction, into: &group)]
            }
        } catch {
            if group.count > mark {
                group.truncate(to: mark)
                appliedCount = min(appliedCount, mark)
                tables.undo(after: head)
                try applyRecords(of: group, in: transaction)
                forgetNames()
            }
            throw error
        }
    }

    func flushSlice(_ transaction: inout WriteTransaction) throws(StorageError) {
        try tables.flushSlice(&transaction)
    }

    var upkeepByteCount: Int { tables.upkeepByteCount }

    func didFinish(_ outcome: GroupOutcome) {
        tables.didFinish(outcome, headBefore: headBefore)
        switch outcome {
        case .committed(let head): ownHead = head
        case .abandoned: forgetNames()
        }
    }

    func afterReplies(_ group: borrowing RecordGroup) {
        if appliedCount < group.count { tables.applyCommitted(group, from: appliedCount) }
        tables.hashAhead(to: group.nextPosition.previous)
    }

    func forgetNames() {
        images.removeAll()
        profiles.removeAll()
        spaces.removeAll()
        checkedStreams.removeAll()
        recentSpace = nil
    }

    /// What is wrong with recording an event next at a trusted time, or at the clock's, that is said to have occurred at
    /// another.
    func timeFault(_ trusted: Timestamp?, _ occurredAt: Int64?, in group: borrowing RecordGroup) -> EventFault? {
        let last = group.lastRecordedAt
        if let trusted, let last, trusted < last { return .timeGoesBack(given: trusted, last: last) }
        if let occurredAt, !Timestamp.rfc3339Milliseconds.contains(occurredAt) {
            return .unwritableTime(milliseconds: occurredAt)
        }
        return clockRules?.fault(recording: trusted, occurredAt, clock: group.clock, last: last)
    }

    // MARK: Adding records

    /// Appends an event to a profile's stream.
    func add(
        _ body: RecordBody, to profile: ProfileStream, occurredAt: Int64? = nil, eventID: EventID? = nil,
        time: Timestamp? = nil, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let head = profiles.head(of: profile)
        guard head.revision < .max else { throw .record(.outOfOrder(head.last, "the stream is full")) }
        let header = RecordHeader(
            kind: body.kind, recordedAt: time ?? trustedTime ?? group.time, stream: profile.stream,
            previous: head.last, revision: head.revision + 1, occurredAt: occurredAt, eventID: eventID,
            isPersonal: true)
        let receipt = try add(header, body, in: transaction, into: &group)
        profiles.advance(profile, to: receipt.position)
        return receipt
    }

    /// Appends an event to a stream that is no profile's, after whatever the stream's last event is.
    func add(
        _ body: RecordBody, to stream: Position, occurredAt: Int64? = nil, eventID: EventID? = nil,
        time: Timestamp? = nil, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        try applyRecords(of: group, in: transaction)
        let found = try StoreError.wrap { () throws(StorageError) in try tables.latestHead(of: stream, in: transaction)
        }
        guard let head = found else {
            throw .damagedRow(table: Heads.name, "there is none for the stream \(stream)")
        }
        guard head.revision < .max else { throw .record(.outOfOrder(head.last, "the stream is full")) }
        if checkedStreams.insert(stream).inserted {
            try requireHead(head, of: stream, in: transaction, group: group)
        }
        let header = RecordHeader(
            kind: body.kind, recordedAt: time ?? trustedTime ?? group.time, stream: stream, previous: head.last,
            revision: head.revision + 1, occurredAt: occurredAt, eventID: eventID,
            isPersonal: body.kind.isPersonal ?? false)
        return try add(header, body, in: transaction, into: &group)
    }

    /// Appends the event that opens a stream, and returns its receipt; its position names the stream.
    func open(
        _ body: RecordBody, time: Timestamp? = nil, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let header = RecordHeader(
            kind: body.kind, recordedAt: time ?? trustedTime ?? group.time, stream: group.nextPosition, previous: nil,
            revision: 1)
        return try add(header, body, in: transaction, into: &group)
    }

    private func add(
        _ header: RecordHeader, _ body: RecordBody, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let position = group.add(header, body)
        if group.count <= limits.promptRecordCount || group.count - appliedCount > limits.deferredRecordCount {
            try applyRecords(of: group, in: transaction)
        }
        return Receipt(
            position: position, revision: header.revision, recordedAt: header.recordedAt, isRepeat: false)
    }

    /// Applies the group's records to the tables, before something is looked up there.
    func applyRecords(of group: borrowing RecordGroup, in transaction: borrowing WriteTransaction) throws(StoreError) {
        guard appliedCount < group.count else { return }
        do { try tables.apply(group, from: appliedCount, in: transaction) } catch { throw .storage(error) }
        appliedCount = group.count
    }

    // MARK: Looking things up

    /// The newest row of a key, this group's changes included.
    func latest<P: Projection>(
        _ projection: P.Type, _ key: P.Key, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> P.Row? {
        try applyRecords(of: group, in: transaction)
        do { return try tables.latestRow(projection, key, in: transaction) } catch { throw .storage(error) }
    }

    /// A space by name.
    func space(
        _ name: String, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> SpaceEntry? {
        if let recentSpace, recentSpace.name.hasSameBytes(as: name) { return recentSpace.entry }
        if let entry = spaces[nil, name] {
            recentSpace = (name, entry)
            return entry
        }
        guard let position = try latest(Spaces.self, ScopedName(space: nil, name), in: transaction, group: group) else {
            return nil
        }
        let definition = try body(at: position, in: transaction, group: group)
        guard case .spaceDefined(let space) = definition, space.name.hasSameBytes(as: name) else {
            throw StoreView.mismatch(Spaces.name, at: position)
        }
        let entry = SpaceEntry(position: position, dimension: space.mean.count)
        spaces.insert(entry, scope: nil, name: name)
        recentSpace = (name, entry)
        return entry
    }

    /// The position of an image of a space.
    func image(
        _ id: String, in space: Position, _ transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> Position? {
        if let position = images[space, id] { return position }
        let found = try StoreError.wrap { () throws(StorageError) in
            try tables.latestImage(id, space: space, in: transaction)
        }
        if let found {
            try requireImage(found, id, in: space, transaction, group: group)
            try remember(found, id, in: space, transaction, group: group)
        }
        return found
    }

    /// Keeps the position of an image of a space.
    func remember(
        _ image: Position, _ id: String, in space: Position, _ transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) {
        if images.isFull { try applyRecords(of: group, in: transaction) }
        images.insert(image, scope: space, name: id)
    }

    /// Keeps where the stream of a profile stands.
    func remember(
        _ stream: Position, of profile: ProfileName, in space: Position, last: Position, revision: UInt32,
        intake: ProfileIntake, _ transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> ProfileStream {
        if profiles.isFull { try applyRecords(of: group, in: transaction) }
        return profiles.insert(stream, of: profile, in: space, last: last, revision: revision, intake: intake)
    }

    /// The decoded body of a committed record or of one of this group.
    func body(
        at position: Position, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> RecordBody {
        try withRecord(at: position, in: transaction, group: group) { (record) throws(RecordError) in
            try RecordBody(of: record)
        }
    }

    /// Calls `read` with a committed record or one of this group.
    func withRecord<Result>(
        at position: Position, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup,
        _ read: (borrowing RecordView) throws(RecordError) -> Result
    ) throws(StoreError) -> Result {
        do throws(RecordError) {
            if let result = try group.withRecord(at: position, read) { return result }
        } catch {
            throw .record(error)
        }
        let record: RecordView
        do { record = try tables.log.record(at: position, in: transaction) } catch { throw .storage(error) }
        do { return try read(record) } catch { throw .record(error) }
    }
}
