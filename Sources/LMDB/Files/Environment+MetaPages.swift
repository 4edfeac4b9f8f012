/// How a store's two meta pages stand to each other.
package enum MetaPageOrder: Equatable, Sendable {
    /// The later transaction's page has at least as much in it.
    case sound
    /// The earlier transaction's page has more entries of the growing table: either a commit failed while it wrote that
    /// page, and was never acknowledged, or the page's transaction number is damaged.
    case earlierHasMore(earlier: UInt64, later: UInt64)
    /// The earlier transaction's page refers to a page that was not there then: a commit failed while it wrote that page,
    /// and was never acknowledged, or the page, which nothing reads, is damaged.
    case earlierIsAstray(root: UInt64, lastPage: UInt64)
}

extension Environment {
    /// Checks that the two meta pages belong to consecutive transactions, and says whether the later has the more.
    ///
    /// LMDB takes the meta page with the greater transaction number and has no checksum over it: one flipped bit there
    /// would silently bring the transaction before the last one back. Numbers must differ by one, even in the first
    /// page and odd in the second; anything else throws ``LMDBError/corrupted(_:)``. Where a flip leaves them so, a table
    /// that only ever grows tells which is later. It cannot tell a flip from a commit that failed with an I/O error on the
    /// meta page, after which LMDB puts the old number over the new content, so that case is returned. Both
    /// transactions' pages are whole, since LMDB reuses no page of the one before the last.
    ///
    /// Waits for the writer's lock, so that no commit is under way meanwhile.
    ///
    /// - Parameter table: The name of a table that no transaction takes entries from.
    @discardableResult
    package func checkMetaPages(growingTable table: String) throws(LMDBError) -> MetaPageOrder {
        let transaction = try beginWrite(changes: false)
        return try checkMetaPages(growingTable: table, holding: transaction)
    }

    /// The same without the writer's lock: for an environment that is only read, beside a writer that may be at work, or
    /// stopped.
    ///
    /// What a commit changed meanwhile is looked at again. When two commits have come since the first look, both meta pages
    /// have been written anew, and there is nothing old to judge.
    @discardableResult
    package func checkMetaPagesUnlocked(growingTable table: String) throws(LMDBError) -> MetaPageOrder {
        let start = try transactionIDs()
        while true {
            let before = try transactionIDs()
            let outcome: Result<MetaPageOrder, LMDBError>
            do throws(LMDBError) { outcome = .success(try judgeMetaPages(growingTable: table)) } catch {
                outcome = .failure(error)
            }
            let after = try transactionIDs()
            if before == after { return try outcome.get() }
            if let newest = after.max(), let oldest = start.max(), newest >= oldest + 2 { return .sound }
        }
    }

    private func transactionIDs() throws(LMDBError) -> [UInt64] {
        let path = StorePaths(directory: files.directory).data
        guard let file = try DataFile.open(path) else { throw .notFound(path: path) }
        let first = try MetaPage(file, at: 0)
        return [first.transactionID, try MetaPage(file, at: UInt64(first.pageByteCount)).transactionID]
    }

    private func checkMetaPages(
        growingTable table: String, holding _: borrowing WriteTransaction
    ) throws(LMDBError) -> MetaPageOrder {
        try judgeMetaPages(growingTable: table)
    }

    private func judgeMetaPages(growingTable table: String) throws(LMDBError) -> MetaPageOrder {
        let path = StorePaths(directory: files.directory).data
        guard let file = try DataFile.open(path) else { throw .notFound(path: path) }
        let first = try MetaPage(file, at: 0)
        let second = try MetaPage(file, at: UInt64(first.pageByteCount))
        let (older, newer) =
            first.transactionID < second.transactionID ? (first, second) : (second, first)
        let isConsecutive =
            first.transactionID % 2 == 0 && second.transactionID % 2 == 1
            && newer.transactionID - older.transactionID == 1
        guard isConsecutive || newer.transactionID == 0 else {
            throw .corrupted(
                "the meta pages of \(path) have the transactions \(first.transactionID) and "
                    + "\(second.transactionID), which do not follow each other")
        }
        try newer.checkRoots(of: path)
        if let root = older.strayRoot { return .earlierIsAstray(root: root, lastPage: older.lastPage) }
        let tree = PageTree(file: file, meta: older.lastPage > newer.lastPage ? older : newer)
        let before = try Self.entryCount(of: table, in: tree, root: older.mainRoot)
        let after = try Self.entryCount(of: table, in: tree, root: newer.mainRoot)
        return before <= after ? .sound : .earlierHasMore(earlier: before, later: after)
    }

    /// The number of entries of a named table, 0 when there is none: a node of the main tree holds the table's `MDB_db`.
    static func entryCount(
        of table: String, in tree: borrowing PageTree, root: UInt64
    ) throws(LMDBError) -> UInt64 {
        guard root != MetaPage.noPage else { return 0 }
        let name = Array(table.utf8)
        var count: UInt64 = 0
        try tree.forEachNode(under: root) { (node) in
            if node.key.elementsEqual(name) { count = node.table?.entryCount ?? 0 }
        }
        return count
    }
}
