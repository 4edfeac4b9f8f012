internal import Dispatch
package import LMDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Appends to the log: gathers concurrent requests into groups and commits each group with one flush.
///
/// A caller resumes when its records are durable (its ``GroupDurability`` says so, or without one LMDB's commit), in the order of the log. One
/// group is at work at a time; requests that arrive meanwhile form the next. Write transactions live on the writer's
/// queue only and never across a suspension, since LMDB ties them to a thread.
///
/// After a failed commit every append is refused until the store is reopened: what reached the disk is unknown then.
package final class GroupCommitter<Planner: AppendPlanner>: Sendable {
    package typealias Failure = Planner.Failure
    private typealias Outcome = Result<Planner.Answer, Failure>
    private typealias Pending = PendingRequest<Planner.Request, Outcome>

    private let environment: Environment
    private let log: LogTable
    private let planner: Planner
    /// What makes groups durable before they are committed; nil when LMDB's own commits are durable.
    private let durability: (any GroupDurability)?
    private let now: @Sendable () -> Timestamp
    private let makeSalt: @Sendable () -> RecordSalt
    private let observe: @Sendable (GroupReport) -> Void
    /// How long a group may wait for more requests, in steps; zero: not at all.
    private let gatherLimit: Duration
    private let state: Mutex<CommitterState>
    /// How many callers are computing what they will append patiently.
    private let foldsInFlight = Atomic<Int>(0)
    private let lookout = WriterLookout()
    private let writer = DispatchQueue(label: "personalization-store.writer", qos: .userInitiated)

    /// A committer for the log in an environment.
    ///
    /// - Parameters:
    ///   - durability: What makes groups durable, in an environment whose commits do not; nil when LMDB's own do.
    ///   - groupByteLimit: The size of the largest group, estimated from the requests; bounds a commit's duration.
    ///   - gatherLimit: How long a group waits for more requests while they keep coming: for a durability to which a small
    ///     group costs as much as a large one.
    ///   - now: The wall clock, passed in so that tests can set it.
    ///   - makeSalt: Draws the salts of records that have one, passed in so that tests are repeatable.
    ///   - observe: Called on the writer's queue after each group, with its figures.
    package init(
        environment: Environment, log: LogTable, planner: Planner, durability: (any GroupDurability)? = nil,
        groupByteLimit: Int = 4 << 20, gatherLimit: Duration = .zero, now: @escaping @Sendable () -> Timestamp,
        makeSalt: @escaping @Sendable () -> RecordSalt = RecordSalt.random,
        observe: @escaping @Sendable (GroupReport) -> Void = { _ in }
    ) {
        self.environment = environment
        self.log = log
        self.planner = planner
        self.durability = durability
        self.now = now
        self.makeSalt = makeSalt
        self.observe = observe
        self.gatherLimit = gatherLimit
        state = Mutex(CommitterState(queue: CommitQueue(groupByteLimit: groupByteLimit)))
    }

    /// Appends one request, all of it or nothing, and returns when it is durable.
    ///
    /// - Parameters:
    ///   - byteCost: About how many bytes the request adds to the log; groups are bounded by it.
    ///   - waitsForFolds: Whether the commit may wait a moment for what others are preparing (see ``withFoldInFlight(_:)``).
    package func append(
        _ request: Planner.Request, byteCost: Int, waitsForFolds: Bool = false
    ) async throws(Failure) -> Planner.Answer {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enqueue(
                    Pending(request, continuation, waitsForFolds: waitsForFolds), ticket: ticket, byteCost: byteCost)
            }
        } onCancel: {
            let cancelled = state.withLock { $0.queue.cancel(ticket: ticket) }
            if let cancelled { self.pending(cancelled).continuation.resume(returning: .failure(.cancelled)) }
        }
        return try outcome.get()
    }

    /// Computes what is to be appended patiently. Commits of patient requests wait for it, for a moment: many who compute
    /// at once then share few commits, while somebody alone waits for nobody.
    package func withFoldInFlight<Result, Failure: Error>(_ compute: () throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        foldsInFlight.wrappingAdd(1, ordering: .relaxed)
        defer { foldsInFlight.wrappingSubtract(1, ordering: .relaxed) }
        return try compute()
    }

    /// The number of requests that wait for a group.
    package var queueDepth: Int { state.withLock { $0.queue.count } }

    /// Refuses new requests and returns when every accepted one has its answer and `last` has run on the writer's queue.
    package func close(_ last: @escaping @Sendable () -> Void) async {
        state.withLock { $0.refusal = $0.refusal ?? .closed }
        await withCheckedContinuation { continuation in
            writer.async {
                // An append that was accepted may not have got round to starting the writer yet.
                self.drain()
                last()
                continuation.resume()
            }
        }
    }

    /// Runs `body` on the writer's queue, between two groups.
    package func perform<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            writer.async { continuation.resume(returning: body()) }
        }
    }

    private func enqueue(_ pending: Pending, ticket: UInt64, byteCost: Int) {
        if Task.isCancelled {
            pending.continuation.resume(returning: .failure(.cancelled))
            return
        }
        let refusalOrAction: Result<CommitQueue<QueuedRequest>.EnqueueAction, StorageError> = state.withLock { state in
            if let refusal = state.refusal { return .failure(refusal) }
            return .success(state.queue.enqueue(pending, ticket: ticket, byteCost: byteCost))
        }
        switch refusalOrAction {
        case .failure(let refusal): pending.continuation.resume(returning: .failure(.storage(refusal)))
        case .success(.startWriter): writer.async { self.drain() }
        case .success(.none): break
        }
    }

    private func pending(_ request: QueuedRequest) -> Pending { unsafeDowncast(request, to: Pending.self) }

    private func drain() {
        lookout.writerWoke()
        while true {
            if state.withLock({ $0.queue.first?.waitsForFolds ?? false }) { awaitPreparations() }
            if gatherLimit > .zero { gather() }
            let group = state.withLock { $0.queue.takeGroup() }
            if group.isEmpty { return }
            commit(group)
            lookout.awaitRequest { queueDepth > 0 }
        }
    }

    /// Waits while others are preparing, but not for long.
    private func awaitPreparations() {
        var polls = 0
        while polls < Self.largestPollCount, foldsInFlight.load(ordering: .relaxed) > 0 {
            usleep(Self.pollMicroseconds)
            polls += 1
        }
    }

    /// Waits for more requests as long as some come in every step, but not for long: whoever appends alone waits for one step.
    private func gather() {
        let deadline = ContinuousClock.now + gatherLimit
        var count = queueDepth
        while count > 0, ContinuousClock.now < deadline {
            usleep(Self.gatherMicroseconds)
            let now = queueDepth
            if now == count { return }
            count = now
        }
    }

    private static var gatherMicroseconds: UInt32 { 200 }

    /// Together about as long as a commit on a fast disk.
    private static var largestPollCount: Int { 4 }
    private static var pollMicroseconds: UInt32 { 100 }

    /// Commits a group, answers its callers, and does what could wait until then.
    private func commit(_ requests: [QueuedRequest]) {
        let start = ContinuousClock.now
        do throws(StorageError) {
            var outcomes: [Outcome] = []
            outcomes.reserveCapacity(requests.count)
            let records = try write(requests, into: &outcomes)
            observe(
                GroupReport(
                    requestCount: requests.count, recordCount: records.count, duration: ContinuousClock.now - start,
                    clockLag: records.clockLag))
            for index in requests.indices {
                pending(requests[index]).continuation.resume(returning: outcomes[index])
            }
            planner.afterReplies(records)
        } catch {
            planner.didFinish(.abandoned)
            for request in requests { pending(request).continuation.resume(returning: .failure(.storage(error))) }
        }
    }

    private func write(_ requests: [QueuedRequest], into outcomes: inout [Outcome]) throws(StorageError) -> RecordGroup
    {
        while true {
            do throws(StorageError) {
                if let group = try attempt(requests, into: &outcomes) { return group }
            } catch {
                durability?.abandon()
                throw error
            }
            // Somebody else's group came first: what these requests mean may be another thing after it.
            durability?.abandon()
            planner.didFinish(.abandoned)
            outcomes.removeAll(keepingCapacity: true)
        }
    }

    /// Plans and commits a group, or returns nil when its place was taken.
    private func attempt(
        _ requests: [QueuedRequest], into outcomes: inout [Outcome]
    ) throws(StorageError) -> RecordGroup? {
        var transaction = try beginWithWholeLog(for: .appending)
        let head = try log.head(in: transaction)
        try planner.begin(transaction, head: head)
        var group = RecordGroup(after: head, now: now(), makeSalt: makeSalt)
        for request in requests {
            do throws(Failure) {
                outcomes.append(.success(try planner.plan(pending(request).request, in: transaction, into: &group)))
            } catch {
                if let failure = error.storageError { throw failure }
                outcomes.append(.failure(error))
            }
        }
        guard group.count > 0 else {
            // A repeat is acknowledged too.
            if outcomes.contains(where: { if case .success = $0 { true } else { false } }) {
                try durability?.confirm(holding: transaction)
            }
            durability?.abandon()
            planner.didFinish(.committed(upTo: head?.position))
            return group
        }
        // Whatever may refuse the group does so here, while it is neither durable nor readable.
        let hasRoomForUpkeep = durability == nil ? true : try reserve(for: group)
        try put(group, in: &transaction)
        if hasRoomForUpkeep { try planner.flushSlice(&transaction) }
        if case .placeTaken? = try durability?.persist(group, in: &transaction) { return nil }
        do throws(LMDBError) { try transaction.commit() } catch {
            let failure = outcome(ofFailedCommit: error)
            state.withLock { $0.refusal = failure }
            throw failure
        }
        planner.didFinish(.committed(upTo: group.nextPosition.previous))
        return group
    }

    /// What is durable already becomes readable by opening the store again, if its files are still there.
    private func outcome(ofFailedCommit error: LMDBError) -> StorageError {
        if durability == nil { return .database(error) }
        if case .filesReplaced = error { return .database(error) }
        return .durableButNotReadable(.database(error))
    }

    /// Begins a transaction whose log has everything that is durable: a process that was killed between its flush and its
    /// commit leaves a group to be appended first, and so do other machines.
    private func beginWithWholeLog(for purpose: CompletionPurpose) throws(StorageError) -> WriteTransaction {
        while true {
            var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
            guard let durability else { return transaction }
            let head = try log.headPosition(in: transaction)?.number ?? 0
            let missing = try durability.missing(after: head, for: purpose, holding: transaction)
            if missing.isEmpty { return transaction }
            for group in missing {
                try log.append(group, in: &transaction)
                try durability.note(group, in: &transaction)
            }
            do throws(LMDBError) { try transaction.commit() } catch { throw .database(error) }
        }
    }

    /// Appends what is durable and not in the log yet, which the next group would do otherwise.
    package func completeLog() throws(StorageError) {
        let transaction = try beginWithWholeLog(for: .following)
        _ = consume transaction
    }

    private func put(
        _ group: borrowing RecordGroup, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        do throws(LMDBError) {
            var cursor = try transaction.makeWriteCursor(log.table)
            try group.forEach { (position, bytes) throws(LMDBError) in
                try cursor.append(integerKey: position.number, value: bytes)
            }
        } catch {
            throw .database(error)
        }
    }

    /// Sees to it that a group that becomes durable also finds room in LMDB. False when there is room for its records, but
    /// not for the upkeep of derived tables, which can wait.
    private func reserve(for group: borrowing RecordGroup) throws(StorageError) -> Bool {
        // Values of half a page and more take up to a page each; and a commit writes the pages anew that lead to others.
        let byteCount = 2 * group.byteCount + group.byteCount / 16 + Self.reservedByteCount
        let upkeepByteCount = planner.upkeepByteCount
        do throws(LMDBError) {
            try environment.reserve(byteCount: byteCount + upkeepByteCount)
            return true
        } catch {
            guard upkeepByteCount > 0 else { throw .database(error) }
        }
        try StorageError.wrap { () throws(LMDBError) in try environment.reserve(byteCount: byteCount) }
        return false
    }

    private static var reservedByteCount: Int { 256 << 10 }
}

/// What a committer's callers and its writer share.
private struct CommitterState {
    var queue: CommitQueue<QueuedRequest>
    var nextTicket: UInt64 = 0
    var refusal: StorageError?
}

/// What the queue sees of a request.
///
/// Without the planner's types: this module is compiled without knowing any planner, and a queue of values whose types
/// are looked up at run time takes ten microseconds a commit.
private class QueuedRequest: @unchecked Sendable {
    /// Whether a commit may wait a moment for others like it.
    let waitsForFolds: Bool

    init(waitsForFolds: Bool) { self.waitsForFolds = waitsForFolds }
}

/// A request and the caller who waits for its outcome. `@unchecked` in its base for the sake of inheritance only: all of
/// it is constant.
private final class PendingRequest<Request: Sendable, Outcome: Sendable>: QueuedRequest, @unchecked Sendable {
    let request: Request
    let continuation: CheckedContinuation<Outcome, Never>

    init(_ request: Request, _ continuation: CheckedContinuation<Outcome, Never>, waitsForFolds: Bool) {
        self.request = request
        self.continuation = continuation
        super.init(waitsForFolds: waitsForFolds)
    }
}

/// What one group commit did.
package struct GroupReport: Sendable {
    /// The number of requests in the group.
    package let requestCount: Int
    /// The number of records appended.
    package let recordCount: Int
    /// From the beginning of the transaction until it was durable.
    package let duration: Duration
    /// How far the wall clock was behind the last recorded time; zero when it was not.
    package let clockLag: Duration
}
