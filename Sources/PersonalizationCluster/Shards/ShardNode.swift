internal import ByteCoding
internal import EventLog
internal import Glibc
internal import LMDB
internal import PersonalizationStore
internal import Projections
internal import Synchronization

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A node's copy of one shard: a store whose groups a database makes durable, followed and, after a fork, undone.
final class ShardNode: Sendable {
    let shard: Int
    let path: String
    /// Where the shard's log is.
    let server: ShardServer
    private let options: Store.Options
    private let groups: GroupTable
    private let durability: ShardDurability
    private let state: Mutex<State>
    /// Where the records that an undo removes are saved.
    private let forkFolder: String
    private let node: String

    private struct State {
        var store: Store
        /// Whether the copy is being completed, and whether there may be more since that began.
        var isFollowing = false
        var isBehind = false
        var isUndoing = false
        var isClosed = false
        /// How many callers are having the copy completed.
        var completionCount = 0
        var isErasing = false
        /// How many erasures had been met when it was last looked whether one is to be carried out.
        var erasuresSeen: UInt64?
        /// How many forks were undone since the node was opened.
        var forkCount = 0
        /// Why the copy could not be completed the last time.
        var failure: StorageError?
        /// Up to when the copy is known to have everything: a moment before it was last completed.
        var completeAt: ContinuousClock.Instant?
    }

    /// How a node's copies are opened.
    struct Opening: Sendable {
        let node: String
        let identity: ClusterIdentity
        /// The cluster's secret, for a copy that is made; nil where all are there.
        let secret: StoreSecret?
        /// The folder of all copies of the node.
        let folder: String
        var limits = ShardDurability.Limits()
        var store = Store.Options()
        /// Called with a shard's number after a group of this node was appended.
        var didAppend: @Sendable (Int) -> Void = { _ in }
    }

    /// Opens the copy of a shard, or makes an empty one.
    init(shard: Int, server: ShardServer, opening: Opening) throws(OpenError) {
        self.shard = shard
        self.server = server
        node = opening.node
        path = "\(opening.folder)/\(Self.folderName(of: shard, in: opening.identity))"
        forkFolder = "\(opening.folder)/forks"
        let made = Mutex<(ShardDurability, GroupTable)?>(nil)
        var options = opening.store
        options.groupByteLimit = 512 << 10
        let (limits, didAppend) = (opening.limits, opening.didAppend)
        options.shard = ShardOpening(identity: opening.identity.shard(shard)) {
            (environment, log) throws(StorageError) in
            let groups = try GroupTable.open(in: environment)
            let durability = ShardDurability(
                shard: shard, log: log, groups: groups, server: server, limits: limits,
                didAppend: { didAppend(shard) })
            made.withLock { $0 = (durability, groups) }
            return durability
        }
        let store: Store
        if FileManager.default.fileExists(atPath: path) {
            store = try Store.open(at: path, options: options)
        } else if let secret = opening.secret {
            store = try Store.create(at: path, secret: secret, options: options)
        } else {
            throw .storage(.shard(.misconfigured("a copy of a shard that is not there yet needs the cluster's secret")))
        }
        guard let (durability, groups) = made.withLock({ $0 }) else {
            preconditionFailure("a copy that was opened has a durability")
        }
        (self.durability, self.groups, self.options) = (durability, groups, options)
        state = Mutex(State(store: store))
    }

    /// `catalogue`, or `shard-` and the number.
    static func folderName(of shard: Int, in identity: ClusterIdentity) -> String {
        shard == identity.catalogueShard ? "catalogue" : "shard-\(shard)"
    }

    /// The store, which an undo replaces by another instance: ask for it anew for each request.
    var store: Store { state.withLock { $0.store } }

    /// How many forks were met.
    var forkCount: Int { state.withLock { $0.forkCount } }

    /// Why the copy could not be completed the last time; nil when it was.
    var failure: StorageError? { state.withLock { $0.failure } }

    /// A moment at which the copy had everything that was durable; nil before the first.
    var completeAt: ContinuousClock.Instant? { state.withLock { $0.completeAt } }

    /// Refuses to complete the copy from now on, and closes it when what is under way has ended: that may put another
    /// instance in the store's place, or write once more, after which the copy would not be at rest.
    func close() async {
        state.withLock { $0.isClosed = true }
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline,
            state.withLock({ $0.completionCount > 0 || $0.isUndoing || $0.isErasing })
        {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { await Task.yield() }
        }
        await store.close()
    }

    /// The shard's log is at another server now.
    func moved(to pool: ConnectionPool) {
        server.pool = pool
        durability.expectMore()
    }

    /// Whether a standby is known to have everything up to a position.
    func isConfirmed(_ position: UInt64) -> Bool { durability.isConfirmed(position) }

    /// Notes that a standby has everything up to a position.
    func noteConfirmed(through position: UInt64) { durability.noteConfirmed(through: position) }

    /// Waits until a standby has everything that the copy has.
    func confirm() async throws(StorageError) {
        guard let tail = try tail() else { return }
        let durability = durability
        try await onThread { () throws(StorageError) in
            try durability.confirm(tail, until: .now + .seconds(10))
        }
    }

    /// Where the copy ends.
    func tail() throws(StorageError) -> ShardGroup? {
        let environment = store.shardEnvironment
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        return try groups.tail(in: transaction)
    }

    /// The group that ends at a position of the copy.
    func group(endingAt last: UInt64) throws(StorageError) -> ShardGroup? {
        let environment = store.shardEnvironment
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        return try groups.group(endingAt: last, in: transaction)
    }

    /// Notes that the copy had everything at a moment, as whoever asked the database about all shards has found.
    func noteComplete(at moment: ContinuousClock.Instant) {
        state.withLock { state in
            state.completeAt = max(state.completeAt ?? moment, moment)
            state.failure = nil
        }
    }
}

// MARK: Following

extension ShardNode {
    /// Makes readable what others have appended. Several that ask at once share the work.
    func follow() async {
        let begins = state.withLock { state in
            if state.isFollowing {
                state.isBehind = true
                return false
            }
            state.isFollowing = true
            return true
        }
        guard begins else { return }
        while true {
            state.withLock { $0.isBehind = false }
            try? await complete()
            followErasures()
            let isDone = state.withLock { state in
                let isDone = !state.isBehind || state.isClosed
                if isDone { state.isFollowing = false }
                return isDone
            }
            if isDone { return }
        }
    }

    /// Has people whom another node has erased go from this copy too, which answers nothing of them already.
    private func followErasures() {
        // What cannot be told is looked at again with the next group, and when the copy is opened.
        let store = store
        guard (try? store.head()) != nil else { return }
        let seen = store.erasuresSeen
        if state.withLock({ $0.erasuresSeen == seen }) { return }
        guard let isDue = try? hasUnfinishedErasures() else { return }
        state.withLock { $0.erasuresSeen = seen }
        guard isDue else { return }
        let begins = state.withLock { state in
            guard !state.isErasing, !state.isClosed else { return false }
            state.isErasing = true
            return true
        }
        guard begins else { return }
        Task.detached(priority: .utility) { [self] in
            let isDone = (try? await carryOutErasures()) != nil
            state.withLock { state in
                state.isErasing = false
                if !isDone { state.erasuresSeen = nil }
            }
        }
    }

    /// Makes readable everything that was durable when this was called, or throws why it cannot.
    func complete() async throws(StorageError) {
        let begins = state.withLock { state in
            guard !state.isClosed else { return false }
            state.completionCount += 1
            return true
        }
        guard begins else { throw .closed }
        defer { state.withLock { $0.completionCount -= 1 } }
        let start = ContinuousClock.now
        do throws(StorageError) {
            try await store.completeLog()
        } catch {
            state.withLock { $0.failure = error }
            if durability.fork == nil { throw error }
            try await undoFork()
            try await store.completeLog()
        }
        noteComplete(at: start)
    }

    /// After an append has failed: undoes the fork if that is why, so that the next one finds it undone.
    func recover(from error: StorageError) async {
        if case .shard(.forked) = error { try? await undoFork() }
    }
}

// MARK: Undoing

extension ShardNode {
    /// Goes back to the last group that the database has too, saving what is removed to a file.
    private func undoFork() async throws(StorageError) {
        let begins = state.withLock { state in
            guard !state.isUndoing, !state.isClosed || state.completionCount > 0 else { return false }
            state.isUndoing = true
            return true
        }
        guard begins else { return }
        defer { state.withLock { $0.isUndoing = false } }
        guard durability.fork != nil else { return }
        let old = store
        guard var common = try await lastCommonGroup(in: old) else {
            // Everything would go: another database, or an emptied one. An operator decides.
            throw .shard(
                .misconfigured(
                    "the database has no group of this node's copy of shard \(shard); if it lost them, 'storecluster refill' "
                        + "puts them back; if this copy is to go, remove \(path)"))
        }
        let removed = try save(old, after: common.last)
        // What an erasure has replaced here stands in full in the database, as it did before.
        if removed.hasErasure { common = ShardGroup.none }
        let (groups, position) = (groups, common.last)
        let new = try await old.undoShard(after: position, options: options) {
            (transaction) throws(StorageError) in try groups.remove(after: position, in: &transaction)
        }
        durability.forgetFork()
        state.withLock { state in
            state.store = new
            state.forkCount += 1
        }
        await report(after: position, removed: removed.count)
    }

    /// The last group that copy and database have in common; nil when there is none.
    private func lastCommonGroup(in store: Store) async throws(StorageError) -> ShardGroup? {
        var candidates: [ShardGroup] = []
        var before = UInt64.max
        repeat {
            candidates = try groupsBackward(from: before, limit: 256, of: store)
            let positions = candidates.map { Int64($0.after) }
            let found: Set<ShardGroup>
            do throws(DatabaseError) {
                found = Set(try await rows(at: positions))
            } catch {
                throw .shard(.unavailable(shard: shard, error.description))
            }
            if let common = candidates.first(where: { found.contains($0) }) { return common }
            before = candidates.last?.after ?? 0
        } while !candidates.isEmpty && before > 0
        return nil
    }

    private func rows(at positions: [Int64]) async throws(DatabaseError) -> [ShardGroup] {
        let (shard, pool) = (shard, server.pool)
        let deadline = ContinuousClock.now + .seconds(10)
        return try await onThread { () throws(DatabaseError) in
            try pool.run(until: deadline) { (session) throws(DatabaseError) in
                let rows = try session.run(
                    Statement(
                        """
                        select after, last, grp, chain, ''::bytea, seals from pstore.log \
                        where shard = $1 and after = any($2) and not seals
                        """, [.integer(Int32(shard)), .bigints(positions)]), until: deadline)
                return ShardRow.rows(of: rows).compactMap { $0?.group }
            }
        }
    }

    private func groupsBackward(
        from position: UInt64, limit: Int, of store: Store
    ) throws(StorageError) -> [ShardGroup] {
        let environment = store.shardEnvironment
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        var found: [ShardGroup] = []
        var next =
            position == .max ? try groups.tail(in: transaction) : try groups.group(endingAt: position, in: transaction)
        while let group = next, found.count < limit {
            found.append(group)
            next = group.after == 0 ? nil : try groups.group(endingAt: group.after, in: transaction)
        }
        return found
    }

    /// Saves the groups after a position: one JSON line each, with the bytes in hexadecimal.
    private func save(_ store: Store, after position: UInt64) throws(StorageError) -> (count: UInt64, hasErasure: Bool)
    {
        let environment = store.shardEnvironment
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        var hasErasure = false
        var lines = ""
        var start = position
        while let group = try groups.group(atOrAfter: start + 1, in: transaction) {
            let records = try Self.records(of: group, in: store.shardLog, transaction, &hasErasure)
            lines +=
                "{\"shard\": \(shard), \"after\": \(group.after), \"last\": \(group.last), "
                + "\"group\": \"\(Self.hex(group.id.bytes))\", \"chain\": \"\(group.chain)\", "
                + "\"records\": \"\(Self.hex(records))\"}\n"
            start = group.last
        }
        do {
            try FileManager.default.createDirectory(atPath: forkFolder, withIntermediateDirectories: true)
            let time = Timestamp.systemNow().microseconds
            let file = "\(forkFolder)/shard-\(shard)-after-\(position)-\(time).jsonl"
            try Data(lines.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw .database(.system(code: EIO, operation: "saving the records of a fork to \(forkFolder) (\(error))"))
        }
        return (start - position, hasErasure)
    }

    /// The framed records of a group of the copy.
    static func records(
        of group: ShardGroup, in log: LogTable, _ transaction: borrowing ReadTransaction, _ hasErasure: inout Bool
    ) throws(StorageError) -> [UInt8] {
        var writer = ByteWriter()
        var found = false
        try log.scan(Position(group.after + 1)...Position(group.last), in: transaction) {
            (record) throws(StorageError) in
            if record.header.kind == .personErased { found = true }
            GroupBytes.append(record.bytes, to: &writer)
            return true
        }
        hasErasure = hasErasure || found
        return writer.bytes
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Tells the database, so that `storecluster status` shows it; what cannot be told stands in the folder of forks.
    private func report(after position: UInt64, removed: UInt64) async {
        let (shard, pool, node) = (shard, server.pool, node)
        let deadline = ContinuousClock.now + .seconds(5)
        try? await onThread { () throws(DatabaseError) in
            try pool.run(until: deadline) { (session) throws(DatabaseError) in
                _ = try session.run(
                    Statement(
                        "insert into pstore.fork (node, shard, after, removed) values ($1, $2, $3, $4)",
                        [.text(node), .integer(Int32(shard)), .bigint(Int64(position)), .bigint(Int64(removed))]),
                    until: deadline)
            }
        }
    }
}

extension ShardGroup {
    /// What is before the first group.
    static var none: ShardGroup { ShardGroup(after: 0, last: 0, id: .random(), chain: GroupChain.start) }
}
