package import ByteCoding
internal import CodeRegistry
public import EventLog
internal import LMDB
package import Projections
internal import Synchronization

/// A personalization store: an append-only log of what people ranked and liked, and the codes of their tastes.
///
/// One instance serves a whole process; it may be shared freely between tasks. Other processes, `storectl` among them,
/// may read and write the same store at the same time. Everything that a method returns from the log is durable, and
/// every method sees everything that was committed before it was called, by whichever process.
///
/// Call ``close()`` when done, so that the next opening has nothing to catch up with; a store that was not closed
/// opens with the same answers.
public final class Store: Sendable {
    /// The folder of the store.
    public let path: String
    let environment: Environment
    /// The journal and the checkpoint file among them, open as long as the store is.
    let files: StoreFiles
    let tables: DerivedTables
    let committer: GroupCommitter<StorePlanner>
    /// What makes the store's codes its own; who has it can tell whose code a code is. Keep it as a password is kept.
    public let secret: StoreSecret
    let spaceCache: SpaceCache
    let assignments = AssignmentCache()
    let versions = VersionCache()
    let streams = VerifiedStreams()
    let clock: @Sendable () -> Timestamp
    /// The store's own figures.
    let meta: MetaTable
    /// How many erasures the memory of this process has been dropped for.
    let knownErasures = Atomic<UInt64>(0)
    /// Has a code kept for a version before it is minted, where codes must be unique beyond this store.
    let reserveCode: CodeReservation?
    /// Called after every step of an erasure.
    let onErasureStep: @Sendable (ErasureStep) -> Void

    /// Whether the store was opened for reading only: everything that would write throws `StorageError.readOnly`.
    public var isReadOnly: Bool { tables.isReadOnly }

    /// How to open a store.
    public struct Options: Sendable {
        /// The wall clock that stamps records, in microseconds since 1970; the system's unless a test sets another.
        public var now: @Sendable () -> Timestamp = Timestamp.systemNow
        /// Whether times that lie more than a day ahead of the clock are recorded, and the first event after a pause of more
        /// than ten years. Every later event is stamped no earlier, for ever (docs/operations.md).
        public var allowsFutureTimes = false
        /// Called after each group commit, on the writer's queue: keep it short.
        public var onCommit: @Sendable (CommitReport) -> Void = { _ in }
        /// When derived rows are flushed from memory to their tables.
        package var flushPolicy = DerivedTables.FlushPolicy.standard
        /// Draws the salts that keep commitments from saying anything; a test may give others, to be repeatable.
        package var makeSalt: @Sendable () -> RecordSalt = RecordSalt.random
        /// Called after every step of an erasure.
        package var onErasureStep: @Sendable (ErasureStep) -> Void = { _ in }
        /// What the writer keeps in memory.
        package var plannerLimits = PlannerLimits.standard
        /// How many bytes of journal there are between checkpoints, at most half a segment.
        package var checkpointAfter = Int.max
        /// How long after the last append the checkpoint is made clean; nil: not before the store is closed.
        package var restAfter: Duration? = .seconds(1)
        /// False only for a test that must fail then: nothing keeps the pages of a checkpoint from being written over.
        package var pinsCheckpoints = true
        /// Which shard of a cluster the store is a copy of, and what makes its groups durable; nil for a store of its own.
        package var shard: ShardOpening?
        /// Has a code kept for a version before it is minted.
        package var reserveCode: CodeReservation?
        /// How many bytes of records a group commit takes, estimated from the requests.
        package var groupByteLimit = 4 << 20
        /// How long a group commit waits for more requests while they keep coming.
        package var gatherLimit = Duration.zero
        /// The address space reserved for the map in bytes, at least 1 MiB: the size that the store can grow to. Nil means
        /// 1 TiB for a new store, and for an existing one what it has. An existing store is enlarged when this is more,
        /// and never made smaller; see ``Store/grow(at:toMapByteCount:)``.
        public var mapByteCount: Int?
        /// How long opening for writing waits for another process that has the writer's lock, or is opening the store too,
        /// before it throws ``OpenError/storage(_:)`` and says who that is; nil for ever. Opening for reading never waits for
        /// a writer.
        public var lockTimeout: Duration?

        /// The usual options.
        public init() {}
    }

    init(path: String, files: StoreFiles, tables: DerivedTables, options: Options) {
        meta = files.meta
        onErasureStep = options.onErasureStep
        reserveCode = options.reserveCode
        self.path = path
        self.files = files
        environment = files.environment
        self.tables = tables
        secret = files.secret
        self.clock = options.now
        spaceCache = SpaceCache()
        let onCommit = options.onCommit
        committer = GroupCommitter(
            environment: environment, log: tables.log,
            planner: StorePlanner(
                tables: tables, limits: options.plannerLimits,
                clockRules: options.allowsFutureTimes ? nil : ClockRules()),
            durability: files.writing?.durability, groupByteLimit: options.groupByteLimit,
            gatherLimit: options.gatherLimit, now: options.now, makeSalt: options.makeSalt,
            observe: { onCommit(CommitReport($0)) })
    }

    /// Refuses new appends, waits until every accepted one is durable or has its error, and flushes the derived tables.
    ///
    /// Never fails: what could not be flushed is caught up with at the next opening.
    public func close() async {
        // Nothing was ever accepted; and no queue may hold the store, which can be opened for writing as soon as the last
        // reference to it has gone.
        if isReadOnly { return }
        let tables = tables
        let writing = files.writing
        await committer.close {
            tables.stopHashing()
            do { try tables.flushAll() } catch {
                // The log has everything; the next opening scans from the checkpoint.
            }
            writing?.rest()
        }
    }

    /// Appends events, all of them or none, and returns their receipts in order when they are durable.
    ///
    /// Concurrent appends share one sync. Events that name unknown spaces or images, or break another rule, are refused
    /// before anything is written. An event whose ``NewEvent/eventID`` and content are in the log already is not
    /// written again: its first receipt is returned.
    ///
    /// - Parameters:
    ///   - events: What happened, in order.
    ///   - expectation: What must hold for the append to happen; checked in the log's own order, unless every event is a
    ///     repeat.
    public func append(
        _ events: [NewEvent], expecting expectation: AppendCondition? = nil
    ) async throws(StoreError) -> [Receipt] {
        try await submit(.events(NamedEvents(events), expectation))
    }

    /// Appends one event; see ``append(_:expecting:)``.
    public func append(_ event: NewEvent) async throws(StoreError) -> Receipt {
        try await append([event])[0]
    }

    /// How far the clocks of machines that take turns in writing may differ before somebody should be told.
    public static let toleratedClockLag: Duration = .seconds(60)

    /// The number of appends that wait for a commit.
    public var queueDepth: Int { committer.queueDepth }

    /// Appends a request, recorded at a past time when a history is imported.
    func submit(_ request: StoreRequest, at time: Timestamp? = nil) async throws(StoreError) -> [Receipt] {
        guard !isReadOnly else { throw .storage(.readOnly(path: path)) }
        return try await committer.append(
            TimedRequest(request: request, time: time), byteCost: request.byteCost,
            waitsForFolds: request.waitsForFolds)
    }
}

/// Keeps a code for a version: its hash, its canonical bytes, and how many symbols of the hash the code shows at least. Gives
/// how many it shows.
package typealias CodeReservation =
    @Sendable (SHA256Digest, [UInt8], Int) async throws(StoreError) -> Int

/// What one group commit did.
public struct CommitReport: Sendable {
    /// The number of appends that shared the commit.
    public let requestCount: Int
    /// The number of events written.
    public let eventCount: Int
    /// From the beginning of the transaction until it was durable.
    public let duration: Duration
    /// How far the wall clock was behind the last recorded time, which the events got then; zero when it was not. More than
    /// ``Store/toleratedClockLag`` says that a clock is wrong, or was when an earlier event was recorded.
    public let clockLag: Duration

    init(_ report: GroupReport) {
        requestCount = report.requestCount
        eventCount = report.recordCount
        duration = report.duration
        clockLag = report.clockLag
    }
}
