package import EventLog
package import LMDB

/// How to open a node's copy of a shard.
package struct ShardOpening: Sendable {
    /// Which shard it is of.
    package let identity: ShardIdentity
    /// Makes what makes groups durable, for the environment and log of the opened store.
    package let makeDurability: @Sendable (Environment, LogTable) throws(StorageError) -> any GroupDurability

    /// Describes an opening.
    package init(
        identity: ShardIdentity,
        makeDurability: @escaping @Sendable (Environment, LogTable) throws(StorageError) -> any GroupDurability
    ) {
        self.identity = identity
        self.makeDurability = makeDurability
    }
}

/// A copy of a shard has checkpoints and no journal: what was committed after the last one is fetched again.
extension StoreFiles {
    static func shard(of environment: Environment, _ meta: MetaTable) throws(StorageError) -> ShardIdentity? {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        return try meta.shard(in: transaction)
    }

    static func require(_ wanted: ShardIdentity, _ found: ShardIdentity?, path: String) throws(StorageError) {
        guard let found else { throw .shard(.otherShard(path: path, "it is a store of its own")) }
        if found == wanted { return }
        let isSameCluster = found.cluster == wanted.cluster && found.shardCount == wanted.shardCount
        throw .shard(
            .otherShard(path: path, isSameCluster ? "it is of shard \(found.shard)" : "it is of another cluster"))
    }

    /// What keeps the checkpoints of the environment, which is back at the slot's commit when there is one.
    static func shardKeeper(
        of environment: Environment, _ meta: MetaTable, isAlone: Bool, file: CheckpointFile,
        restoredTo slot: CheckpointSlot?, path: String, options: Store.Options
    ) throws(StorageError) -> CheckpointKeeper {
        if let keeper = environment.writeGuardian as? CheckpointKeeper { return keeper }
        let wallClock = options.now
        let now: @Sendable () -> Int64 = { wallClock().microseconds }
        let storeID = try joinedJournal(
            of: environment, meta, hasJournal: false, isAlone: isAlone, file: file, path: path, now: now)
        if let slot {
            try StorageError.wrap { () throws(LMDBError) in
                try checkRestored(environment, to: slot, path: path)
                try file.writeClean(after: slot, of: environment, note: [], now: now())
            }
        }
        let keeper = CheckpointKeeper(
            of: environment, file: file, companion: CheckpointAlone(), storeID: storeID, restAfter: options.restAfter,
            pins: options.pinsCheckpoints, now: now)
        environment.guardWrites(by: keeper)
        return keeper
    }

    /// LMDB begins where the checkpoint is, unless something without our locks has the files open and remembers more.
    private static func checkRestored(
        _ environment: Environment, to slot: CheckpointSlot, path: String
    ) throws(LMDBError) {
        let transaction = try environment.beginWrite(changes: false)
        guard transaction.transactionID == slot.meta.transactionID + 1 else {
            throw .unrecoverable(
                "another program has \(path)/data.mdb open without the store's locks; end it and open the store again")
        }
    }
}
