internal import ByteCoding
internal import CodeRegistry
public import EventLog
internal import LMDB
public import PersonalizationStore
internal import Synchronization

/// Erasing people: in the user's shard, in the catalogue, and wherever else something of the person is; in the node's copies
/// and in the databases' rows.
extension ClusterStore {
    /// Erases a person everywhere in the cluster; see ``Store/erase(user:waitingAtMost:onProgress:)``.
    ///
    /// When this returns, the event that erases the person is durable in every shard that has anything of the person, this
    /// node's copies and the databases' rows are rewritten, and the person's codes are gone from the directory. Other nodes do
    /// the same to their copies as they follow. Rows' old contents are in the databases' files until vacuumed, and in their
    /// write-ahead logs and backups until those are removed: docs/cluster.md.
    ///
    /// The node must hold all shards. Cost: reads all logs.
    public func erase(
        user: String, onProgress: @escaping @Sendable (OperationProgress) -> Void = { _ in }
    ) async throws(ErasureError) -> ErasureReport {
        for shard in 0..<identity.shardCount where nodes[shard] == nil {
            throw .append(.storage(.shard(.notHere(shard: shard))))
        }
        let own = shard(of: user)
        let (profiles, hashes): ([String], [SHA256Digest])
        do throws(StoreError) { (profiles, hashes) = try await belongings(of: user) } catch { throw .append(error) }
        var report: ErasureReport?
        // The catalogue last: until then it tells all nodes of the person's revocations.
        let order = allNodes.sorted { ($0.shard == own ? 0 : 1, $0.shard) < ($1.shard == own ? 0 : 1, $1.shard) }
        for node in order {
            do throws(ErasureError) {
                onProgress(OperationProgress(.shard(node.shard)))
                let done = try await node.store.erase(user: user, profiles: profiles, onProgress: onProgress)
                if node.shard == own || report == nil { report = done }
            } catch {
                guard case .append(.event(_, .unknownPerson)) = error else { throw error }
            }
        }
        do throws(StoreError) {
            try await directory.forget(hashes, limit: options.appendTimeout)
            state.withLock { $0.shardsOfCodes.removeAll() }
            for node in order { try await rewriteErasedGroups(of: node) }
        } catch {
            throw .append(error)
        }
        guard let report else { throw .append(.event(index: 0, .unknownPerson(user))) }
        return report
    }

    /// Says that a person will be erased at a time; see ``Store/scheduleErasure(of:at:)``.
    @discardableResult
    public func scheduleErasure(of user: String, at due: Timestamp) async throws(StoreError) -> Receipt {
        try await write(to: try node(of: user)) { (store) async throws(StoreError) in
            try await store.scheduleErasure(of: user, at: due)
        }
    }

    /// Takes back that a person will be erased; see ``Store/cancelErasure(of:)``.
    @discardableResult
    public func cancelErasure(of user: String) async throws(StoreError) -> Receipt {
        try await write(to: try node(of: user)) { (store) async throws(StoreError) in
            try await store.cancelErasure(of: user)
        }
    }

    /// Erases everybody whose time has come, in all shards, and goes on with erasures that were not finished, also those of
    /// other nodes. For a timer, on one node.
    ///
    /// - Returns: How many people were erased.
    public func eraseDue(onProgress: @escaping @Sendable (OperationProgress) -> Void = { _ in })
        async throws(ErasureError) -> Int
    {
        var users: [String] = []
        let now = options.store.now()
        for node in allNodes {
            do throws(StoreError) {
                users += try node.store.scheduledErasures().filter { $0.due <= now }.map(\.user)
            } catch {
                throw .append(error)
            }
        }
        for user in users { _ = try await erase(user: user, onProgress: onProgress) }
        for node in allNodes {
            do throws(StorageError) { try await node.carryOutErasures() } catch { throw .unfinished(error) }
        }
        return users.count
    }

    /// The names of a user's profiles, and the hashes of everything that they have minted.
    private func belongings(of user: String) async throws(StoreError) -> ([String], [SHA256Digest]) {
        let node = try node(of: user)
        // What another node has just appended counts too.
        try await StoreError.storing { () async throws(StorageError) in try await node.complete() }
        let store = node.store
        let profiles = try store.profiles(of: user, includesArchived: true)
        var hashes: [SHA256Digest] = []
        for profile in profiles {
            hashes += try store.codes(of: profile.name, limit: .max).map(\.version.hash)
        }
        return (profiles.map(\.name.profile), hashes)
    }

    /// Has the database replace, in its rows, what is erased in this node's copy: the newest group first, so that whoever
    /// fetches meanwhile never lacks a salt that it needs.
    private func rewriteErasedGroups(of node: ShardNode) async throws(StoreError) {
        try await StoreError.storing { () async throws(StorageError) in
            try await node.rewriteErasedGroups()
        }
    }
}

extension ShardNode {
    /// Carries out, in this copy and in the database's rows, erasures that are not finished, whoever recorded them.
    func carryOutErasures() async throws(StorageError) {
        guard try hasUnfinishedErasures() else { return }
        _ = try await store.carryOutErasures(waitingAtMost: .seconds(10))
        try await rewriteErasedGroups()
    }

    func hasUnfinishedErasures() throws(StorageError) -> Bool {
        do throws(StoreError) { return try store.erasures().contains { !$0.isFinished } } catch {
            throw error.storageError ?? .damagedMeta(error.description)
        }
    }

    /// See `ClusterStore.rewriteErasedGroups(of:)`.
    func rewriteErasedGroups() async throws(StorageError) {
        var next = try tail()
        while let group = next {
            if let rewriting = try rewriting(of: group) { try await rewrite(group, rewriting) }
            next = group.after == 0 ? nil : try self.group(endingAt: group.after)
        }
    }

    /// What the database needs to check that a group was erased and not changed otherwise; nil where nothing of it is erased.
    private func rewriting(of group: ShardGroup) throws(StorageError) -> (records: [UInt8], entries: [UInt8])? {
        let store = store
        let environment = store.shardEnvironment
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        var hasErased = false
        var records = ByteWriter()
        try store.shardLog.scan(Position(group.after + 1)...Position(group.last), in: transaction) {
            (record) throws(StorageError) in
            if record.isErased { hasErased = true }
            GroupBytes.append(record.bytes, to: &records)
            return true
        }
        guard hasErased else { return nil }
        var chain = GroupChain(log: store.shardLog)
        let entries = try chain.framedEntries(
            after: group.after, last: group.last, in: transaction, log: store.shardLog)
        return (records.bytes, entries)
    }

    private func rewrite(
        _ group: ShardGroup, _ rewriting: (records: [UInt8], entries: [UInt8])
    ) async throws(StorageError) {
        let (shard, pool) = (shard, server.pool)
        let statement = Statement(
            "select pstore.rewrite_group($1, $2, $3, $4)",
            [
                .integer(Int32(shard)), .bigint(Int64(group.after)), .bytes(rewriting.records),
                .bytes(rewriting.entries),
            ], name: "rewrite")
        let deadline = ContinuousClock.now + .seconds(30)
        do throws(DatabaseError) {
            try await onThread { () throws(DatabaseError) in
                try pool.run(until: deadline) { (session) throws(DatabaseError) in
                    _ = try session.run(statement, until: deadline)
                }
            }
        } catch {
            throw .shard(.unavailable(shard: shard, error.description))
        }
    }
}
