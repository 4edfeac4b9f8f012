public import EventLog
internal import LMDB
internal import Projections

/// Figures of a store, as of one moment.
public struct StoreStatistics: Sendable {
    /// The number of events, which is the last position.
    public let eventCount: Int
    /// When the last event was recorded.
    public let lastRecordedAt: Timestamp?
    /// How far the wall clock is behind it; zero when it is not. See ``CommitReport/clockLag``.
    public let clockLag: Duration
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
    /// The journal and the checkpoint that opening would begin at; nil for a copy that has not been opened for writing yet.
    public let journal: JournalStatistics?
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
    public func statistics() throws(StoreError) -> StoreStatistics {
        let spaces = try self.spaces()
        // Asked first, so that the reading below does not count itself.
        let oldestReadAge = environment.oldestReadTransactionAge
        let information = environment.information
        let (readers, journal, freePages) = try StoreError.wrapDatabase { () throws(LMDBError) in
            let pinned = try files.pinnedTransactionIDs()
            var readers = try environment.readers()
            for commit in pinned {
                if let index = readers.firstIndex(where: { $0.transactionID == commit }) { readers.remove(at: index) }
            }
            return (readers, try journalStatistics(), try environment.freePageCount())
        }
        return try read { (view) throws(StoreError) in
            let head = try view.logHead()
            return StoreStatistics(
                eventCount: Int(head?.position.number ?? 0), lastRecordedAt: head?.recordedAt,
                clockLag: head.map { clock().lag(behind: $0.recordedAt) } ?? .zero, spaces: spaces,
                profileCount: try view.keyCount(Profiles.self),
                imageCount: try view.keyCount(Images.self),
                versionCount: try view.keyCount(Versions.self),
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
    }

    /// Frees reader slots that killed processes left behind; returns how many.
    @discardableResult
    public func clearStaleReaders() throws(StoreError) -> Int {
        guard !isReadOnly else { throw .storage(.readOnly(path: path)) }
        return try StoreError.wrapDatabase { () throws(LMDBError) in try environment.clearStaleReaders() }
    }

    /// Builds every derived table anew from the log while the store is in use, and swaps them in; afterwards all answers
    /// are the same. Of several rebuilds at once the last to begin goes on; the others stop with an error.
    ///
    /// Damage that keeps a store from being opened is mended by ``rebuild(at:options:onProgress:)``.
    ///
    /// - Parameter onProgress: Called now and then with how many events have been applied.
    public func rebuild(
        onProgress: @Sendable (OperationProgress) -> Void = { _ in }
    ) throws(StoreError) {
        guard !isReadOnly else { throw .storage(.readOnly(path: path)) }
        try StoreError.wrap { () throws(StorageError) in
            try tables.rebuild { done, head in
                onProgress(OperationProgress(.rebuildingTables, done: Int(done.number), of: Int(head.number)))
            }
        }
    }
}
