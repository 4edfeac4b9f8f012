public import EventLog
internal import LMDB
internal import Projections

/// Figures of a store, as of one moment.
public struct StoreStatistics: Sendable {
    /// The number of events, which is the last position.
    public let eventCount: Int
    /// When the last event was recorded.
    public let lastRecordedAt: Timestamp?
    /// The spaces.
    public let spaces: [SpaceSummary]
    /// The number of profiles.
    public let profileCount: Int
    /// The number of images of all spaces.
    public let imageCount: Int
    /// The number of versions, minted and imported.
    public let versionCount: Int
    /// The address space reserved for the map: what the file can grow to.
    public let mapByteCount: Int
    /// How much of it the file uses.
    public let usedByteCount: Int
    /// Bytes in pages that are free for reuse.
    public let freeByteCount: Int
    /// The number of events whose derived rows are in memory only.
    public let checkpointLag: Int
    /// The journal and the checkpoint that opening would begin at.
    public let journal: JournalStatistics
    /// The readers of all processes, but for those that pin a checkpoint.
    public let readers: [Reader]
    /// How many readers there can be.
    public let maximumReaders: Int
    /// The age of this process's oldest read transaction.
    public let oldestReadAge: Duration?

    /// A reader slot in use.
    public struct Reader: Hashable, Sendable {
        /// The process.
        public let processID: Int32
        /// How many transactions were committed since its snapshot began; nil when it is idle.
        public let lag: Int?
    }

    /// What an event costs on disk, derived tables included.
    public var bytesPerEvent: Double {
        eventCount == 0 ? 0 : Double(usedByteCount - freeByteCount) / Double(eventCount)
    }
}

extension Store {
    /// Figures for operators. Cost: counts entries and reads the list of free pages.
    public func statistics() throws(StorageError) -> StoreStatistics {
        let spaces = try spaceList()
        do {
            // Asked first, so that the reading below does not count itself.
            let oldestReadAge = environment.oldestReadTransactionAge
            let information = environment.information
            let pinned = try files.keeper.pinnedTransactionIDs()
            var readers = try environment.readers()
            for commit in pinned {
                if let index = readers.firstIndex(where: { $0.transactionID == commit }) { readers.remove(at: index) }
            }
            let journal = try journalStatistics()
            let freePages = try environment.freePageCount()
            return try read({ $0 }) { (view) throws(StorageError) in
                let head = try view.log.head(in: view.snapshot.transaction)
                return StoreStatistics(
                    eventCount: Int(head?.position.number ?? 0), lastRecordedAt: head?.recordedAt, spaces: spaces,
                    profileCount: try view.snapshot.keyCount(Profiles.self),
                    imageCount: try view.snapshot.keyCount(Images.self),
                    versionCount: try view.snapshot.keyCount(Versions.self),
                    mapByteCount: information.mapByteCount, usedByteCount: information.usedByteCount,
                    freeByteCount: freePages * information.pageByteCount,
                    checkpointLag: tables.lag(behind: head?.position), journal: journal,
                    readers: readers.map { reader in
                        StoreStatistics.Reader(
                            processID: reader.processID,
                            lag: reader.transactionID.map {
                                Int(information.lastTransactionID - min($0, information.lastTransactionID))
                            })
                    },
                    maximumReaders: information.maximumReaders, oldestReadAge: oldestReadAge)
            }
        } catch let error as LMDBError {
            throw .database(error)
        } catch let error as StorageError {
            throw error
        } catch {
            preconditionFailure("an untyped error: \(error)")
        }
    }

    /// Frees reader slots that killed processes left behind; returns how many.
    @discardableResult
    public func clearStaleReaders() throws(StorageError) -> Int {
        do throws(LMDBError) { return try environment.clearStaleReaders() } catch { throw .database(error) }
    }

    /// Writes a compacted copy of the data file to a new folder while the store is in use, syncs it, and opens it to check
    /// that it is whole. The copy is of one moment, whole without a journal, and becomes a store like any other when it is
    /// opened.
    public func backup(to path: String) throws(OpenError) -> LogHead? {
        do throws(LMDBError) { try environment.copyCompacting(toDirectory: path) } catch {
            throw .storage(.database(error))
        }
        do throws(StorageError) { return try Self.makeStoreOfItsOwn(ofCopyAt: path) } catch { throw .storage(error) }
    }

    /// Takes a copy's part in its original's journal away, and reads its head; it gets a journal when it is opened.
    private static func makeStoreOfItsOwn(ofCopyAt path: String) throws(StorageError) -> LogHead? {
        do {
            let environment = try Environment.open(directory: path)
            let meta = MetaTable(table: try environment.openTable(name: MetaTable.name, keys: .bytes, create: false))
            let log = LogTable(table: try environment.openTable(name: LogTable.name, keys: .integer, create: false))
            var transaction = try environment.beginWrite()
            try meta.leaveJournal(in: &transaction)
            try transaction.commit()
            try environment.checkMetaPages(growingTable: LogTable.name)
            return try log.head(in: try environment.beginRead())
        } catch let error as LMDBError {
            throw .database(error)
        } catch let error as StorageError {
            throw error
        } catch {
            preconditionFailure("an untyped error: \(error)")
        }
    }

    /// Builds every derived table anew from the log while the store is in use, and swaps them in; afterwards all answers
    /// are the same. Of several rebuilds at once the last to begin goes on; the others stop with an error.
    public func rebuild(
        onProgress: @escaping @Sendable (_ done: Position, _ head: Position) -> Void = { _, _ in }
    ) throws(StorageError) {
        try tables.rebuild(onProgress: onProgress)
    }
}
