internal import Synchronization

/// What a check of all pages found.
package struct PageReport: Sendable {
    /// What is wrong, a sentence each. Writing might destroy what is in use.
    package let faults: [String]
    /// The number of pages that are neither in use nor free. They do no harm, and never come about by themselves.
    package let lostPageCount: Int
    /// The first of those.
    package let lostPages: [UInt64]
    /// The number of pages in use, besides the two meta pages.
    package let usedPageCount: Int
    /// The number of free pages.
    package let freePageCount: Int
    /// Whether a page belongs to two trees, or twice to one: whoever walks that tree through the map may never end.
    package let sharesPages: Bool
    /// The sizes of the map that the two meta pages give, when they differ.
    package let mapByteCounts: [Int]
}

extension Environment {
    /// Accounts for every page of the file as of the last commit: it is in use once, or free once, within the file, and its
    /// header, nodes, keys and counts hold together. Writers go on meanwhile.
    ///
    /// Never traps and always ends, whatever the file holds. What the values are is not looked at.
    ///
    /// Cost: reads every page of every tree, of large values the first one; memory for two bits a page.
    package func checkPages() throws(LMDBError) -> PageReport {
        // The transaction keeps the pages of its moment from being written over.
        while true {
            let transaction = try beginRead()
            guard let snapshot = try fileSnapshot(of: transaction.transactionID) else { continue }
            return try report(snapshot, transaction)
        }
    }

    private func report(_ snapshot: consuming FileSnapshot, _: borrowing ReadTransaction) throws(LMDBError)
        -> PageReport
    {
        let mapByteCounts = [snapshot.meta.mapByteCount, snapshot.otherMeta.mapByteCount]
        let account = try PageAccount.of(snapshot.file, meta: snapshot.meta, extent: .everything)
        let lost = account.lostPages(limit: 5)
        let figures = account.figures
        return PageReport(
            faults: account.faults.all + account.strangeEntries.all, lostPageCount: Int(lost.count),
            lostPages: lost.first,
            usedPageCount: Int(figures.used), freePageCount: Int(figures.free), sharesPages: account.sharesPages,
            mapByteCounts: mapByteCounts[0] == mapByteCounts[1] ? [] : mapByteCounts)
    }

    /// Checks, once, what LMDB would trust blindly when it writes; the caller holds the writer's lock.
    ///
    /// Cost: all pages of a file of at most 16 MiB, of a larger one a hundredth of them.
    func checkPagesBeforeChange(transactionID: UInt64) throws(LMDBError) {
        let (refusal, isChecked) = trust.withLock { ($0.pagesRefusal, $0.pagesAreChecked) }
        if let refusal { throw refusal }
        if isChecked { return }
        do throws(LMDBError) { try checkPages(before: transactionID) } catch {
            if case .corrupted = error { trust.withLock { $0.pagesRefusal = error } }
            throw error
        }
        trust.withLock { $0.pagesAreChecked = true }
    }

    private func checkPages(before transactionID: UInt64) throws(LMDBError) {
        guard let snapshot = try fileSnapshot(of: transactionID - 1) else {
            throw .corrupted("no meta page of \(paths.data) is of transaction \(transactionID - 1)")
        }
        let isSmall = snapshot.meta.lastPage < Self.smallFilePageCount
        let account = try PageAccount.of(snapshot.file, meta: snapshot.meta, extent: isSmall ? .pages : .branches)
        if let fault = account.faults.texts.first { throw .corrupted("nothing is written: \(fault)") }
    }

    private static var smallFilePageCount: UInt64 { 4096 }

    /// The data file as of a transaction; nil when it has no meta page of that any more.
    func fileSnapshot(of transactionID: UInt64) throws(LMDBError) -> FileSnapshot? {
        guard let file = try DataFile.open(paths.data) else { throw .notFound(path: paths.data) }
        let first = try MetaPage(file, at: 0)
        let second = try MetaPage(file, at: UInt64(first.pageByteCount))
        if first.transactionID == transactionID { return FileSnapshot(file: file, meta: first, otherMeta: second) }
        if second.transactionID == transactionID { return FileSnapshot(file: file, meta: second, otherMeta: first) }
        return nil
    }
}

/// A data file, and the meta page of the transaction as of which it is read.
struct FileSnapshot: ~Copyable {
    let file: DataFile
    let meta: MetaPage
    let otherMeta: MetaPage
}
