internal import EventLog
internal import Glibc
internal import LMDB

/// What a store's folder holds, opened: an environment, and when it is for writing, whose commits are not flushed, the
/// journal and the checkpoints that make them durable all the same.
struct StoreFiles {
    let environment: Environment
    let meta: MetaTable
    let log: LogTable
    let secret: StoreSecret
    /// The checkpoint file, open as long as the store is, since its locks say so; nil for a copy that is only read.
    let checkpointFile: CheckpointFile?
    /// Which shard of a cluster the store is a copy of; nil for a store of its own, which has a journal.
    let shard: ShardIdentity?
    /// What makes groups durable; nil when the store is open for reading only.
    let writing: Writing?

    /// The writer's parts.
    struct Writing {
        let keeper: CheckpointKeeper
        let durability: any GroupDurability

        /// Does what makes the next opening quick, as far as it can be done.
        func rest() {
            durability.rest()
            // What is not at rest is recovered at the next opening.
            try? keeper.rest()
        }
    }

    /// What is in the folder besides LMDB's files.
    static var namesBesideEnvironment: [String] { [CheckpointFile.name] + JournalFiles.names }
}

// MARK: Opening for writing

extension StoreFiles {
    /// Opens a store's files for writing.
    ///
    /// The first process to open a store that was not closed brings it back: the data file to its last checkpoint, always,
    /// since nothing tells for sure whether the machine went down meanwhile, and then every group of the journal after it.
    /// It refuses what does not fit, and changes nothing then.
    ///
    /// Cost: after a clean closing, a few reads; otherwise as much as appending what the journal holds.
    static func open(at path: String, options: Store.Options) throws(StorageError) -> StoreFiles {
        let hasCheckpointFile = try StorageError.wrap { () throws(LMDBError) in
            try CheckpointFile.exists(directory: path)
        }
        if !hasCheckpointFile { try makeCheckpointFile(at: path) }
        var attempts = 0
        while true {
            do throws(StorageError) { return try openOnce(at: path, options: options) } catch {
                // Another process, or another thread of this one, may be about to close what failed.
                guard case .database(let failure) = error, failure == CheckpointKeeper.flushFailed(path), attempts < 20
                else { throw error }
            }
            attempts += 1
            usleep(100_000)
        }
    }

    private static func openOnce(at path: String, options: Store.Options) throws(StorageError) -> StoreFiles {
        let file = try StorageError.wrap { () throws(LMDBError) in
            try CheckpointFile.open(directory: path, create: false)
        }
        var result: Result<StoreFiles, StorageError>?
        try StorageError.wrap { () throws(LMDBError) in
            try file.whileOpening(atMost: options.lockTimeout) {
                do throws(StorageError) {
                    result = .success(try open(at: path, with: file, options: options))
                } catch {
                    result = .failure(error)
                }
            }
        }
        guard let result else { preconditionFailure("opening ends with a store or an error") }
        return try result.get()
    }

    /// Nobody else is opening the store meanwhile.
    private static func open(
        at path: String, with file: CheckpointFile, options: Store.Options
    ) throws(StorageError) -> StoreFiles {
        let wallClock = options.now
        let now: @Sendable () -> Int64 = { wallClock().microseconds }
        let (isAlone, slot, recovery, environment) = try StorageError.wrap { () throws(LMDBError) in
            let (isAlone, slot, recovery) = try restore(path, with: file)
            return (isAlone, slot, recovery, try openEnvironment(at: path, options: options))
        }
        let (meta, log, secret) = try openTables(of: environment, path: path)
        let shard = try shard(of: environment, meta)
        if let wanted = options.shard?.identity { try require(wanted, shard, path: path) }
        let writing: Writing
        if let shard {
            let keeper = try shardKeeper(
                of: environment, meta, isAlone: isAlone, file: file, restoredTo: slot, path: path, options: options)
            let durability: any GroupDurability =
                try options.shard?.makeDurability(environment, log) ?? RefusingDurability(path: path, identity: shard)
            writing = Writing(keeper: keeper, durability: durability)
        } else if let keeper = environment.writeGuardian as? CheckpointKeeper,
            let journal = keeper.companion as? Journal
        {
            // This process has the store open already.
            writing = Writing(keeper: keeper, durability: JournaledCommits(keeper: keeper, journal: journal))
        } else {
            let storeID = try joinedJournal(of: environment, meta, isAlone: isAlone, file: file, path: path, now: now)
            try recovery?.replay(into: environment, log, file: file, now: now())
            let files = try StorageError.wrap { () throws(LMDBError) in try JournalFiles(directory: path) }
            let journal = Journal(files: files, log: log, checkpointAfter: options.checkpointAfter)
            let keeper = CheckpointKeeper(
                of: environment, file: file, companion: journal, storeID: storeID, restAfter: options.restAfter,
                pins: options.pinsCheckpoints, now: now)
            environment.guardWrites(by: keeper)
            writing = Writing(keeper: keeper, durability: JournaledCommits(keeper: keeper, journal: journal))
        }
        try StorageError.wrap { () throws(LMDBError) in try file.share() }
        return StoreFiles(
            environment: environment, meta: meta, log: log, secret: secret, checkpointFile: file, shard: shard,
            writing: writing)
    }

    /// Puts the data file back to its checkpoint when the store was not closed and nobody has it open. Says whether nobody
    /// has, to which slot the file was put back, and what the journal has to be replayed by, if there is one.
    private static func restore(
        _ path: String, with file: CheckpointFile
    ) throws(LMDBError) -> (isAlone: Bool, slot: CheckpointSlot?, recovery: JournalRecovery?) {
        let isAlone = try file.takeAlone()
        let slot = try file.newestSlot()
        if !isAlone, slot?.state == .failed { throw CheckpointKeeper.flushFailed(path) }
        guard isAlone, let slot, slot.state != .clean else { return (isAlone, nil, nil) }
        // A copy of a shard keeps no journal: its checkpoints say nothing of one.
        if slot.note.isEmpty {
            try Environment.restore(slot.meta, directory: path)
            return (isAlone, slot, nil)
        }
        let recovery = try JournalRecovery(of: path, to: slot)
        try recovery.restore()
        return (isAlone, slot, recovery)
    }

    private static func openEnvironment(at path: String, options: Store.Options) throws(LMDBError) -> Environment {
        var environmentOptions = Store.environmentOptions(enlargingMapTo: options.mapByteCount)
        environmentOptions.durability = .checkpointed
        let environment = try Environment.open(directory: path, options: environmentOptions)
        if let limit = options.lockTimeout { try environment.waitForWriter(atMost: limit) }
        try environment.checkMetaPages(growingTable: LogTable.name)
        return environment
    }

    private static func openTables(
        of environment: Environment, path: String
    ) throws(StorageError) -> (MetaTable, LogTable, StoreSecret) {
        let meta = MetaTable(table: try openTable(MetaTable.name, keys: .bytes, of: environment, path: path))
        let log = LogTable(table: try openTable(LogTable.name, keys: .integer, of: environment, path: path))
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        return (meta, log, try meta.readSecret(in: transaction, path: path))
    }

    private static func openTable(
        _ name: String, keys: Table.Keys, of environment: Environment, path: String
    ) throws(StorageError) -> Table {
        do throws(LMDBError) { return try environment.openTable(name: name, keys: keys, create: false) } catch {
            if case .tableNotFound = error { throw .notAStore(path: path, "it has no table '\(name)'") }
            throw .database(error)
        }
    }

    /// Stores the size of an enlarged map, and makes the checkpoint clean: coming back to an older one would bring the
    /// smaller size back, which what was appended since need not fit into.
    func storeMapByteCount() throws(StorageError) {
        let isStored = try StorageError.wrap { () throws(LMDBError) in
            try meta.storeMapByteCount(of: environment)
        }
        if isStored { writing?.rest() }
    }
}

// MARK: Opening for reading

extension StoreFiles {
    /// Opens a store's files for reading only, and changes none of them.
    ///
    /// Throws `LMDBError.needsRecovery` when the store was not closed and no process has it open for writing: after a power
    /// loss its data file may be torn, and nothing in it tells.
    static func openForReading(at path: String) throws(StorageError) -> StoreFiles {
        let (environment, file) = try StorageError.wrap { () throws(LMDBError) in
            let file = try CheckpointFile.openForReading(directory: path)
            let environment = try Environment.open(directory: path, options: optionsForReading)
            try environment.checkMetaPagesUnlocked(growingTable: LogTable.name)
            return (environment, file)
        }
        let (meta, log, secret) = try openTables(of: environment, path: path)
        if file == nil { try requireCopy(meta, of: environment, path: path) }
        return StoreFiles(
            environment: environment, meta: meta, log: log, secret: secret, checkpointFile: file,
            shard: try shard(of: environment, meta), writing: nil)
    }

    private static var optionsForReading: Environment.Options {
        var options = Environment.Options()
        options.readOnly = true
        options.registersOnlyBesideOthers = true
        return options
    }

    /// Refuses a data file that lacks the checkpoint and journal files which belong to it.
    private static func requireCopy(
        _ meta: MetaTable, of environment: Environment, path: String
    ) throws(StorageError) {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        guard try meta.journal(in: transaction) == nil else {
            throw .database(
                .unrecoverable(
                    "the checkpoint and journal files of \(path) are missing: they belong to data.mdb, so copy the whole "
                        + "folder of a closed store, or make a copy with 'storectl backup'"))
        }
    }

    /// The commits whose readers are long on purpose: they pin checkpoints.
    func pinnedTransactionIDs() throws(LMDBError) -> Set<UInt64> {
        if let writing { return try writing.keeper.pinnedTransactionIDs() }
        guard let slot = try checkpointFile?.newestSlot(), slot.state == .inUse else { return [] }
        return [slot.meta.transactionID]
    }
}

// MARK: Making files

extension StoreFiles {
    /// Makes the files of a new store, whose environment is flushed and open nowhere else.
    static func make(
        at path: String, storeID: UInt64, for environment: Environment, hasJournal: Bool, now: Int64
    ) throws(LMDBError) {
        let file = try CheckpointFile.open(directory: path, create: true)
        if hasJournal {
            try makeJournal(of: environment, storeID: storeID, file: file, path: path, now: now)
        } else {
            try makeCheckpoint(of: environment, storeID: storeID, file: file, path: path, now: now)
        }
    }

    /// A copy of a store's data file gets an empty checkpoint file: it has no slot yet.
    private static func makeCheckpointFile(at path: String) throws(StorageError) {
        // What is no store gets no file.
        let environment = try StorageError.wrap { () throws(LMDBError) in
            try Environment.open(directory: path, options: optionsForReading)
        }
        let (meta, _, _) = try openTables(of: environment, path: path)
        try requireCopy(meta, of: environment, path: path)
        _ = try StorageError.wrap { () throws(LMDBError) in try CheckpointFile.open(directory: path, create: true) }
    }

    /// The number of the store's journal; a copy without one gets it, and of a shard's copy a checkpoint alone.
    static func joinedJournal(
        of environment: Environment, _ meta: MetaTable, hasJournal: Bool = true, isAlone: Bool, file: CheckpointFile,
        path: String, now: @Sendable () -> Int64
    ) throws(StorageError) -> UInt64 {
        if let joined = try journal(of: environment, meta) {
            let slot = try StorageError.wrap { () throws(LMDBError) in try file.newestSlot() }
            guard slot?.storeID == joined else {
                throw .database(
                    .unrecoverable("the checkpoint file in \(path) belongs to another store, or has never been written")
                )
            }
            return joined
        }
        guard isAlone else {
            throw .database(
                .conflictingOpen(path: path, "by a process that reads it or is about to make its journal"))
        }
        return try StorageError.wrap { () throws(LMDBError) in
            let storeID = UInt64.random(in: 1 ... .max)
            // The slot comes first: it is clean, so until the store has joined it says nothing.
            if hasJournal {
                try makeJournal(of: environment, storeID: storeID, file: file, path: path, now: now())
            } else {
                try makeCheckpoint(of: environment, storeID: storeID, file: file, path: path, now: now())
            }
            var transaction = try environment.beginWrite()
            try meta.join(journal: storeID, in: &transaction)
            try transaction.commitSyncing()
            return storeID
        }
    }

    private static func journal(of environment: Environment, _ meta: MetaTable) throws(StorageError) -> UInt64? {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        return try meta.journal(in: transaction)
    }

    private static func makeJournal(
        of environment: Environment, storeID: UInt64, file: CheckpointFile, path: String, now: Int64
    ) throws(LMDBError) {
        _ = try JournalFiles(directory: path, create: true)
        let log = try environment.openTable(name: LogTable.name, keys: .integer, create: false)
        let transaction = try environment.beginWrite(changes: false)
        let head = try transaction.lastIntegerKey(in: log) ?? 0
        try file.initialize()
        try file.writeFirst(
            storeID: storeID, of: environment, holding: transaction, note: JournalCursor.beginning(after: head).note,
            now: now)
        try Environment.syncDirectory(path)
    }

    private static func makeCheckpoint(
        of environment: Environment, storeID: UInt64, file: CheckpointFile, path: String, now: Int64
    ) throws(LMDBError) {
        let transaction = try environment.beginWrite(changes: false)
        try file.initialize()
        try file.writeFirst(storeID: storeID, of: environment, holding: transaction, note: [], now: now)
        try Environment.syncDirectory(path)
    }
}
