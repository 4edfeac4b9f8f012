internal import CLMDB
internal import Glibc

/// What a scrub overwrote.
package struct ScrubReport: Equatable, Sendable {
    /// Pages that belonged to nothing any more and held something.
    package internal(set) var pageCount = 0
    /// Pages in use whose unused room held something.
    package internal(set) var partialPageCount = 0
    /// Bytes overwritten with zeros.
    package internal(set) var byteCount = 0
    /// Bytes of the file that were looked at.
    package internal(set) var scannedByteCount = 0
}

/// A reader that still sees an earlier commit, so that its pages must stay.
package struct LingeringReader: Hashable, Sendable {
    /// The process.
    package let holder: LockHolder
    /// How many commits ago its transaction began.
    package let lag: Int
}

extension Environment {
    /// Overwrites with zeros whatever the data file holds besides the last commit: pages that are free, the room between
    /// the nodes of pages in use, what follows the last value of a page of large values, and the end of the file.
    ///
    /// LMDB leaves in all of these what was deleted or replaced. The last two commits are kept, since LMDB may fall back to
    /// the one before the last: two commits that change nothing else are made first, so that neither has what was deleted
    /// before this was called. Nobody writes meanwhile.
    ///
    /// Readers of earlier commits are waited for as long as `limit` says: without the writer's lock for those that began
    /// before this was called, and then, so that appends do not make earlier ones of them again and again, with the lock for
    /// a few seconds. Whoever reads for longer than that is waited for without the lock again, and is given twice the time
    /// the next time.
    ///
    /// Where commits are not flushed one by one, the last is made durable first (``WriteGuardian/settle(holding:)``), and
    /// what is kept beside the environment is overwritten at the end; other processes then clear their memory before they
    /// write anything (``washRecycledPages(in:)``).
    ///
    /// What is overwritten is on disk when this returns. The file never changes in a way that a reader or a recovery could
    /// notice, also when the process is killed in the middle: call it again then.
    ///
    /// Throws ``LMDBError/readersLinger(_:)`` with the readers when there are still some in the end.
    ///
    /// - Parameters:
    ///   - limit: How long to wait for readers; nil for ever.
    ///   - touch: Changes something, twice, each time in a transaction of its own.
    ///   - onWait: Called with the readers whenever others linger than before.
    /// Cost: reads the whole file twice.
    package func scrub(
        waitingAtMost limit: Duration?,
        touch: (inout WriteTransaction) throws(LMDBError) -> Void,
        onWait: ([LingeringReader]) -> Void = { _ in }
    ) throws(LMDBError) -> ScrubReport {
        let deadline = limit.map { ContinuousClock.now + $0 }
        do {
            let transaction = try beginWrite()
            try washRecycledPages(in: transaction)
        }
        for _ in 0..<2 {
            var transaction = try beginWrite()
            try touch(&transaction)
            try transaction.commit()
        }
        // Who has a checkpoint pinned lets go of it once it is replaced.
        try settle()
        var first = information.lastTransactionID
        var patience = Self.firstPatience
        var known: [LingeringReader] = []
        while true {
            _ = try clearStaleReaders()
            var readers = try lingeringReaders(before: first)
            if readers.isEmpty {
                // Held to the end: nobody commits, so that a reader that begins meanwhile sees the last commit.
                let transaction = try beginWrite(changes: false)
                if let writeGuardian, try !writeGuardian.settle(holding: transaction) {
                    throw LMDBError.readersLinger(["a process that was killed while it appended, until the next append"]
                    )
                }
                first = transaction.transactionID - 1
                let end = ContinuousClock.now + patience
                readers = try awaitReaders(before: first, until: deadline.map { min($0, end) } ?? end)
                if readers.isEmpty {
                    let report = try scrub(holding: transaction)
                    try writeGuardian?.scrub(holding: transaction)
                    return report
                }
                patience *= 2
            }
            if readers.map(\.holder) != known.map(\.holder) { onWait(readers) }
            known = readers
            if let deadline, ContinuousClock.now >= deadline { throw .readersLinger(known.map(\.holder.description)) }
            usleep(Self.pollMicroseconds)
        }
    }

    /// Waits for the readers of commits before one, and returns those that are still there in the end.
    private func awaitReaders(
        before first: UInt64, until end: ContinuousClock.Instant
    ) throws(LMDBError) -> [LingeringReader] {
        while true {
            let readers = try lingeringReaders(before: first)
            if readers.isEmpty || ContinuousClock.now >= end { return readers }
            usleep(Self.pollMicroseconds)
            _ = try clearStaleReaders()
        }
    }

    /// How long writers are kept waiting for readers at first: another process lets go of its checkpoint within a second.
    private static var firstPatience: Duration { .seconds(2) }

    /// Fills with zeros the memory in which LMDB prepares pages.
    ///
    /// LMDB keeps that of one transaction for the next and does not clear it (`me_dpages`), so that the unused room of a page
    /// that is written later may hold what an earlier page held. A transaction within the given one, which has changed nothing
    /// yet, fills more pages than any has had, and is not committed: that leaves zeros there. Each process has memory of its
    /// own.
    func washRecycledPages(in transaction: borrowing WriteTransaction) throws(LMDBError) {
        // Nothing that it prepares reaches the file, but it takes pages off the list of free ones.
        try checkPagesBeforeChange(transactionID: transaction.transactionID)
        var inner: OpaquePointer?
        let code = mdb_txn_begin(handle, transaction.open, 0, &inner)
        guard code == 0, let inner else { throw LMDBError(code: code, "clearing pages in memory", environment: handle) }
        defer { mdb_txn_abort(inner) }
        var zeros = [UInt8](repeating: 0, count: information.pageByteCount - TreePage.headerByteCount)
        for number in 0..<Self.washedPageCount {
            var key = Array("zeros \(number)".utf8)
            let code: Int32 = key.withUnsafeMutableBytes { key in
                zeros.withUnsafeMutableBytes { zeros in
                    var name = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
                    var value = MDB_val(mv_size: zeros.count, mv_data: zeros.baseAddress)
                    return mdb_put(inner, Self.mainTable, &name, &value, 0)
                }
            }
            switch code {
            case 0: continue
            // No transaction could have had more pages than the map has room for.
            case MDB_MAP_FULL: return
            default: throw LMDBError(code: code, "clearing pages in memory", environment: handle)
            }
        }
    }

    /// The table of tables (`MAIN_DBI`).
    private static var mainTable: MDB_dbi { 1 }

    /// More pages than a commit or a slice of a rebuild changes: 64 MiB of memory.
    private static var washedPageCount: Int { 1 << 14 }

    private static var pollMicroseconds: UInt32 { 10_000 }

    private func lingeringReaders(before last: UInt64) throws(LMDBError) -> [LingeringReader] {
        try readers().compactMap { reader in
            guard let transactionID = reader.transactionID, transactionID < last else { return nil }
            return LingeringReader(holder: LockHolder(processID: reader.processID), lag: Int(last - transactionID))
        }
    }

    private func scrub(holding transaction: borrowing WriteTransaction) throws(LMDBError) -> ScrubReport {
        let last = transaction.transactionID - 1
        var kept: [PageUse] = []
        for transactionID in [last, last - 1] {
            guard let snapshot = try fileSnapshot(of: transactionID) else {
                throw .corrupted("no meta page of \(paths.data) is of transaction \(transactionID)")
            }
            let account = try PageAccount.of(snapshot.file, meta: snapshot.meta, extent: .pages)
            if let fault = account.faults.texts.first { throw .corrupted("nothing is overwritten: \(fault)") }
            kept.append(account.use)
        }
        var scrubber = try PageScrubber(path: paths.data, pageByteCount: information.pageByteCount, kept: kept)
        return try scrubber.run()
    }
}

/// Which pages of a file a commit uses, and where its large values are.
struct PageUse {
    let pages: PageSet
    /// Where a large value ends in its last page, by the number of that page.
    let largeValueEnds: [UInt64: Int]
    /// Pages of large values that are not their last.
    let wholePages: PageSet
}

/// Overwrites what no kept commit uses.
private struct PageScrubber: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private let pageByteCount: Int
    private let kept: [PageUse]
    private var report = ScrubReport()

    /// How many pages are read at a time.
    private static let pagesPerRead = 256

    init(path: String, pageByteCount: Int, kept: [PageUse]) throws(LMDBError) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw LMDBError(errorNumber: errno, "opening \(path)", path: path) }
        self.path = path
        self.descriptor = descriptor
        self.pageByteCount = pageByteCount
        self.kept = kept
    }

    deinit { close(descriptor) }

    mutating func run() throws(LMDBError) -> ScrubReport {
        var buffer = [UInt8](repeating: 0, count: Self.pagesPerRead * pageByteCount)
        // The first two are the meta pages.
        var first: UInt64 = 2
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(first) * off_t(pageByteCount))
            guard count >= 0 else { throw LMDBError(errorNumber: errno, "reading \(path)", path: path) }
            if count == 0 { break }
            report.scannedByteCount += count
            for index in 0..<(count + pageByteCount - 1) / pageByteCount {
                let start = index * pageByteCount
                let bytes = buffer[start..<min(count, start + pageByteCount)]
                try scrub(bytes, page: first + UInt64(index))
            }
            first += UInt64(Self.pagesPerRead)
        }
        guard fdatasync(descriptor) == 0 else { throw LMDBError(errorNumber: errno, "flushing \(path)", path: path) }
        return report
    }

    private mutating func scrub(_ bytes: ArraySlice<UInt8>, page number: UInt64) throws(LMDBError) {
        guard kept.contains(where: { $0.pages.contains(number) }) else {
            if try overwrite(bytes, of: number, from: 0, to: bytes.count) { report.pageCount += 1 }
            return
        }
        guard let (lower, upper) = unusedRoom(of: bytes, page: number) else { return }
        if try overwrite(bytes, of: number, from: lower, to: upper) { report.partialPageCount += 1 }
    }

    /// What of a page in use holds nothing; nil when all may. A page is the same in both commits that use it.
    private func unusedRoom(of bytes: ArraySlice<UInt8>, page number: UInt64) -> (lower: Int, upper: Int)? {
        for use in kept {
            if let end = use.largeValueEnds[number] { return (end, bytes.count) }
            // It may look like a page of a tree.
            if use.wholePages.contains(number) { return nil }
        }
        let page = FileBytes(bytes: Array(bytes))
        guard bytes.count == pageByteCount, let tree = TreePage(page, number: number) else { return nil }
        return (TreePage.headerByteCount + 2 * tree.nodeCount, bytes.count - tree.nodeByteCount)
    }

    /// Whether there was anything but zeros.
    private mutating func overwrite(
        _ bytes: ArraySlice<UInt8>, of page: UInt64, from lower: Int, to upper: Int
    ) throws(LMDBError) -> Bool {
        guard lower < upper, bytes.dropFirst(lower).prefix(upper - lower).contains(where: { $0 != 0 }) else {
            return false
        }
        let zeros = [UInt8](repeating: 0, count: upper - lower)
        let offset = off_t(page) * off_t(pageByteCount) + off_t(lower)
        guard pwrite(descriptor, zeros, zeros.count, offset) == zeros.count else {
            throw LMDBError(errorNumber: errno, "overwriting \(path)", path: path)
        }
        report.byteCount += zeros.count
        return true
    }
}
