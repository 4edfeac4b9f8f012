internal import ByteCoding
internal import EventLog
internal import Glibc
internal import LMDB
internal import Synchronization

/// A database as the durability of a shard's groups: a group is durable when its row is committed on the primary and a
/// synchronous standby.
///
/// A group's slot, the position before it, is its key, and the insert checks that the group before is there with the
/// expected chain: whatever two nodes do at once, one of them gets the slot and the other plans again after it. The
/// shard's lock only sees to it that nodes take turns. What a node has is noted in its ``GroupTable`` in the transaction
/// that puts the records, so that nothing here needs to be remembered.
///
/// Called with LMDB's writer lock held, by the writer's thread, which waits for the database: nothing here may run on a
/// thread of Swift's pool.
final class ShardDurability: GroupDurability {
    let shard: Int
    private let server: ShardServer
    private let log: LogTable
    private let groups: GroupTable
    private let statements: ShardStatements
    private let limits: Limits
    /// Called after a group of this node was appended.
    private let didAppend: @Sendable () -> Void
    private let state: Mutex<State>

    /// How long things may take.
    struct Limits: Sendable {
        /// How long an append tries and waits before it gives up.
        var append: Duration = .seconds(10)
        /// How long a node takes the lock before it plans, after another one's group was met.
        var politeness: Duration = .milliseconds(200)
    }

    private struct State {
        /// Whether the database may have groups that the copy lacks.
        var needsFetch = true
        var politeUntil: ContinuousClock.Instant?
        /// A connection in a transaction that holds the shard's lock.
        var lease: Lease?
        /// What the database says of groups that were fetched and not noted yet, by their first positions.
        var fetched: [UInt64: ShardGroup] = [:]
        var chain: GroupChain
        /// Up to which position a standby is known to have everything: whatever was fetched after it may have been shown
        /// without that, by a commit whose wait was cancelled.
        var confirmedThrough: UInt64 = 0
        /// Set when the copy and the database differ; nothing is appended or fetched until that is undone.
        var fork: ShardFault?
    }

    private struct Lease: Sendable {
        let connection: DatabaseConnection
        let pool: ConnectionPool
    }

    /// The durability of a shard.
    ///
    /// - Parameters:
    ///   - groups: The table of groups beside the log.
    ///   - server: Where the shard's log is.
    ///   - limits: How long things may take.
    ///   - didAppend: Called after each group that was appended here.
    init(
        shard: Int, log: LogTable, groups: GroupTable, server: ShardServer, limits: Limits = Limits(),
        didAppend: @escaping @Sendable () -> Void = {}
    ) {
        self.shard = shard
        self.log = log
        self.groups = groups
        self.server = server
        self.limits = limits
        self.didAppend = didAppend
        statements = ShardStatements(shard: shard)
        state = Mutex(State(chain: GroupChain(log: log)))
    }

    /// Somebody else may have appended.
    func expectMore() { state.withLock { $0.needsFetch = true } }

    /// How the copy differs from the database, if it was found to.
    var fork: ShardFault? { state.withLock { $0.fork } }

    /// The copy was brought back to what the database has.
    func forgetFork() {
        state.withLock { state in
            state.fork = nil
            state.needsFetch = true
            state.confirmedThrough = 0
            state.fetched.removeAll()
            state.chain.forget(log: log)
        }
    }

    func rest() {}
}

// MARK: Fetching

extension ShardDurability {
    func missing(
        after head: UInt64, for purpose: CompletionPurpose, holding transaction: borrowing WriteTransaction
    ) throws(StorageError) -> [DurableGroup] {
        if let fork { throw .shard(fork) }
        let tail = try groups.tail(in: transaction)
        guard (tail?.last ?? 0) == head else {
            throw .database(
                .unrecoverable(
                    "the log of shard \(shard) ends at position \(head) and its groups at \(tail?.last ?? 0); discard this copy"
                ))
        }
        switch purpose {
        case .following:
            return try take(
                try fetch(after: tail, until: .now + limits.append, isPatient: false), after: tail, isSealedFault: false
            )
        case .appending: return try missingBeforeAppend(after: tail)
        }
    }

    /// Fetches what there may be, and takes the shard's lock first where others append too.
    private func missingBeforeAppend(after tail: ShardGroup?) throws(StorageError) -> [DurableGroup] {
        let deadline = ContinuousClock.now + limits.append
        let (needsFetch, isPolite, hasLease) = state.withLock { state in
            (state.needsFetch, state.politeUntil.map { $0 > .now } ?? false, state.lease != nil)
        }
        if hasLease { return [] }
        if needsFetch {
            let found = try take(
                try fetch(after: tail, until: deadline, isPatient: true), after: tail, isSealedFault: true)
            if !found.isEmpty {
                state.withLock { $0.politeUntil = .now + limits.politeness }
                return found
            }
            state.withLock { $0.needsFetch = false }
        }
        guard isPolite else { return [] }
        return try take(try lockAndFetch(after: tail, until: deadline), after: tail, isSealedFault: true)
    }

    /// The rows from the copy's last group on.
    ///
    /// - Parameter isPatient: Whether to try again, on new connections, until the deadline.
    private func fetch(
        after tail: ShardGroup?, until deadline: ContinuousClock.Instant, isPatient: Bool
    ) throws(StorageError) -> [ShardRow?] {
        let statement = statements.fetch(from: tail?.after ?? 0)
        while true {
            do throws(DatabaseError) {
                return try server.pool.run(until: deadline) { (session) throws(DatabaseError) in
                    ShardRow.rows(of: try session.run(statement, until: deadline))
                }
            } catch {
                guard isPatient, error.cause != .refused, ContinuousClock.now < deadline else {
                    throw .shard(unavailable(error))
                }
            }
            pause()
        }
    }

    /// The same within a transaction that holds the shard's lock, which ``persist(_:in:)`` or ``abandon()`` ends. Without
    /// the lock when another holds it for too long.
    private func lockAndFetch(
        after tail: ShardGroup?, until deadline: ContinuousClock.Instant
    ) throws(StorageError) -> [ShardRow?] {
        let pool = server.pool
        guard let connection = pool.take(until: deadline) else {
            return try fetch(after: tail, until: deadline, isPatient: true)
        }
        let (lock, fetch) = (statements.lock, statements.fetch(from: tail?.after ?? 0))
        do throws(DatabaseError) {
            let rows = try connection.run(until: deadline) { (session) throws(DatabaseError) in
                let results = try session.run([Statement("begin"), lock, fetch], until: deadline)
                return ShardRow.rows(of: results[2])
            }
            state.withLock { $0.lease = Lease(connection: connection, pool: pool) }
            return rows
        } catch {
            pool.giveBack(connection)
            return try self.fetch(after: tail, until: deadline, isPatient: true)
        }
    }

    /// What rows mean for the copy: its own last group comes first, and the same, or the copy has forked.
    private func take(
        _ rows: [ShardRow?], after tail: ShardGroup?, isSealedFault: Bool
    ) throws(StorageError) -> [DurableGroup] {
        var rows = rows[...]
        if let tail {
            guard let own = rows.popFirst() else { throw noteFork(after: tail.after) }
            guard let own, own.group == tail, !own.seals else { throw noteFork(after: tail.after) }
        }
        var last = tail?.last ?? 0
        var groups: [DurableGroup] = []
        for row in rows {
            guard let row, row.group.after == last else {
                throw damaged(after: last, "it does not follow the one before")
            }
            if row.seals {
                if isSealedFault, groups.isEmpty { throw .shard(.sealed(shard: shard)) }
                break
            }
            guard let group = GroupBytes.decode(row.records, after: last, last: row.group.last) else {
                throw damaged(after: last, "the lengths of its records do not add up")
            }
            state.withLock { $0.fetched[group.first] = row.group }
            groups.append(group)
            last = row.group.last
        }
        return groups
    }

    private func noteFork(after position: UInt64) -> StorageError {
        let fault = ShardFault.forked(shard: shard, after: position)
        state.withLock { $0.fork = fault }
        return .shard(fault)
    }

    private func damaged(after position: UInt64, _ detail: String) -> StorageError {
        .shard(.damagedGroup(shard: shard, after: position, detail))
    }

    func note(_ group: DurableGroup, in transaction: inout WriteTransaction) throws(StorageError) {
        guard let expected = state.withLock({ $0.fetched.removeValue(forKey: group.first) }) else {
            preconditionFailure("a group that was fetched is known")
        }
        let tail = try groups.tail(in: transaction)
        let chain = try nextChain(
            after: tail?.chain ?? GroupChain.start, position: expected.after, last: expected.last, in: transaction)
        guard chain == expected.chain else {
            forgetSalts()
            throw damaged(after: expected.after, "its chain is wrong")
        }
        try groups.append(expected, in: &transaction)
    }

    private func nextChain(
        after previous: SHA256Digest, position: UInt64, last: UInt64, in transaction: borrowing WriteTransaction
    ) throws(StorageError) -> SHA256Digest {
        // Not within the lock's closure, which cannot lend the transaction.
        var chain = state.withLock { state in
            let chain = state.chain
            return chain
        }
        let digest = try chain.next(after: previous, position: position, last: last, in: transaction, log: log)
        state.withLock { $0.chain = chain }
        return digest
    }

    /// A stream that was opened in a transaction that came to nothing has no salt.
    private func forgetSalts() { state.withLock { $0.chain.forget(log: log) } }
}

// MARK: Appending

extension ShardDurability {
    func persist(
        _ group: borrowing RecordGroup, in transaction: inout WriteTransaction
    ) throws(StorageError) -> GroupPersistence {
        let previous = try groups.tail(in: transaction)
        let after = previous?.last ?? 0
        let last = after + UInt64(group.count)
        precondition(group.nextPosition.number == last + 1, "the group is the log's next")
        let records = GroupBytes.encode(group)
        guard records.count <= GroupBytes.byteLimit else { throw .database(.transactionFull) }
        let chain = try nextChain(
            after: previous?.chain ?? GroupChain.start, position: after, last: last, in: transaction)
        let new = ShardGroup(after: after, last: last, id: .random(), chain: chain)
        let isAppended: Bool
        do throws(ShardFault) { isAppended = try append(new, records, after: previous) } catch {
            forgetSalts()
            state.withLock { $0.needsFetch = true }
            throw .shard(error)
        }
        guard isAppended else {
            forgetSalts()
            state.withLock { state in
                state.needsFetch = true
                state.politeUntil = .now + limits.politeness
            }
            return .placeTaken
        }
        try groups.append(new, in: &transaction)
        // The group before was there, so a standby has all of it.
        state.withLock { $0.confirmedThrough = last }
        didAppend()
        return .durable
    }

    /// What an attempt to append came to.
    private enum Attempt: Sendable {
        case appended
        /// The commit was not confirmed by a standby: it counts when one has confirmed something later.
        case unconfirmed
        /// Nothing was inserted.
        case refused
    }

    /// Appends a group; false when its slot is taken, or the group before it is not there.
    private func append(
        _ group: ShardGroup, _ records: [UInt8], after previous: ShardGroup?
    ) throws(ShardFault) -> Bool {
        let deadline = ContinuousClock.now + limits.append
        // Whether it may be in the database after an attempt of which nothing was heard.
        var mayBeThere = false
        var locks = true
        while true {
            do throws(DatabaseError) {
                let attempt =
                    mayBeThere
                    ? .refused : try self.attempt(group, records, after: previous, locks: locks, until: deadline)
                switch attempt {
                case .appended: return true
                case .unconfirmed:
                    mayBeThere = true
                    continue
                case .refused:
                    if let isAppended = try whyNot(group, after: previous, until: deadline) { return isAppended }
                    // The slot is free: the same bytes again, which wait for an old transaction that is still under way.
                    let again = try self.attempt(group, records, after: previous, locks: locks, until: deadline)
                    if case .appended = again { return true }
                    mayBeThere = true
                }
            } catch {
                // Without the shard's lock the insert may still wait for one that has the slot.
                if error.cause == .lockTimeout { locks = false }
                if error.leavesOutcomeUnknown { mayBeThere = true }
                if error.cause == .refused || ContinuousClock.now >= deadline {
                    throw mayBeThere ? .outcomeUnknown(shard: shard, error.description) : refusal(error)
                }
            }
            if ContinuousClock.now >= deadline {
                let detail = "the database gives no answer"
                throw mayBeThere ? .outcomeUnknown(shard: shard, detail) : .unavailable(shard: shard, detail)
            }
            pause()
        }
    }

    private func attempt(
        _ group: ShardGroup, _ records: [UInt8], after previous: ShardGroup?, locks: Bool,
        until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) -> Attempt {
        let lease = state.withLock { state in
            defer { state.lease = nil }
            return state.lease
        }
        // With a lease the lock is held already.
        let statement = statements.append(group, records, after: previous, locks: locks && lease == nil)
        let insert: @Sendable (DatabaseSession) throws(DatabaseError) -> Attempt = {
            (session) throws(DatabaseError) in
            let results = try session.run(
                lease == nil ? [statement] : [statement, Statement("commit")], until: deadline)
            if results[0].changedCount == 0 { return .refused }
            return session.warning == nil ? .appended : .unconfirmed
        }
        guard let lease else { return try server.pool.run(until: deadline, insert) }
        defer { lease.pool.giveBack(lease.connection) }
        return try lease.connection.run(until: deadline, insert)
    }

    /// After nothing was inserted, or nothing is known: whether the group is there, and confirmed; nil when its slot is free.
    private func whyNot(
        _ group: ShardGroup, after previous: ShardGroup?, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) -> Bool? {
        let statement = statements.whyNot(group, after: previous)
        let (hasStandby, hasPrevious, slot) = try server.pool.run(until: deadline) { (session) throws(DatabaseError) in
            let row = try session.run(statement, until: deadline)
            let slot = row.isNull(0, 2) ? nil : row.bytes(0, 2)
            if slot == group.id.bytes { try self.confirm(session, until: deadline) }
            return (row.bool(0, 0), row.bool(0, 1), slot)
        }
        if let slot { return slot == group.id.bytes }
        if !hasPrevious { return false }
        guard hasStandby else {
            throw DatabaseError(
                .refused, "synchronous_standby_names is empty, so no standby would have the events; set it")
        }
        return nil
    }

    /// Waits until a standby has what this session sees.
    private func confirm(
        _ session: DatabaseSession, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) {
        try SessionChecks(node: "shard \(shard)", cluster: nil).commitBarrier(session, until: deadline)
    }

    func confirm(holding transaction: borrowing WriteTransaction) throws(StorageError) {
        guard let tail = try groups.tail(in: transaction) else { return }
        try confirm(tail, until: .now + limits.append)
    }

    /// Whether a standby is known to have everything up to a position.
    func isConfirmed(_ position: UInt64) -> Bool { state.withLock { $0.confirmedThrough >= position } }

    /// Notes that a standby has everything up to a position.
    func noteConfirmed(through position: UInt64) {
        state.withLock { $0.confirmedThrough = max($0.confirmedThrough, position) }
    }

    /// Waits until a standby has everything up to a group: the session that sees the group commits something after it.
    func confirm(_ tail: ShardGroup, until deadline: ContinuousClock.Instant) throws(StorageError) {
        if isConfirmed(tail.last) { return }
        let look = statements.fetch(from: tail.after, limit: 1)
        let found: ShardGroup? = try retrying(until: deadline) { (session) throws(DatabaseError) in
            let rows = ShardRow.rows(of: try session.run(look, until: deadline))
            try self.confirm(session, until: deadline)
            return rows.first??.group
        }
        guard found == tail else { throw noteFork(after: tail.after) }
        state.withLock { $0.confirmedThrough = max($0.confirmedThrough, tail.last) }
    }

    /// Asks until there is an answer. What is asked for again may be there and yet be lost, so nobody is told that it is not.
    private func retrying<Result: Sendable>(
        until deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable (DatabaseSession) throws(DatabaseError) -> Result
    ) throws(StorageError) -> Result {
        while true {
            do throws(DatabaseError) { return try server.pool.run(until: deadline, body) } catch {
                guard error.cause != .refused, ContinuousClock.now < deadline else {
                    throw .shard(.outcomeUnknown(shard: shard, error.description))
                }
            }
            pause()
        }
    }

    func abandon() {
        forgetSalts()
        let (lease, hadFetched) = state.withLock { state in
            defer { state.lease = nil }
            let hadFetched = !state.fetched.isEmpty
            state.fetched.removeAll()
            return (state.lease, hadFetched)
        }
        if hadFetched { state.withLock { $0.needsFetch = true } }
        guard let lease else { return }
        defer { lease.pool.giveBack(lease.connection) }
        // What fails here has ended the transaction too.
        _ = try? lease.connection.run(until: .now + .seconds(1)) { (session) throws(DatabaseError) in
            _ = try session.run(Statement("rollback"), until: .now + .seconds(1))
        }
    }

    private func pause() { usleep(20_000) }
}

// MARK: Faults

extension ShardDurability {
    private func unavailable(_ error: DatabaseError) -> ShardFault {
        error.cause == .refused ? refusal(error) : .unavailable(shard: shard, error.description)
    }

    /// A refusal by a server that says nothing by an SQLSTATE is one of the checks'.
    private func refusal(_ error: DatabaseError) -> ShardFault {
        if error.cause == .refused, error.state.isEmpty { return .misconfigured(error.message) }
        return .unavailable(shard: shard, error.description)
    }
}
