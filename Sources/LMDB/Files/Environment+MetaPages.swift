extension Environment {
    /// Checks that the two meta pages belong to consecutive transactions, and that the later one is the one with more.
    ///
    /// LMDB takes the meta page with the greater transaction number and has no checksum over it: one flipped bit there
    /// would silently bring the transaction before the last one back. Numbers must differ by one, even in the first
    /// page and odd in the second; where a flip leaves them so, a table that only ever grows tells which is later. Both
    /// transactions' pages are whole, since LMDB reuses no page of the one before the last.
    ///
    /// Waits for the writer's lock, so that no commit is under way meanwhile.
    ///
    /// - Parameter table: The name of a table that no transaction takes entries from.
    public func checkMetaPages(growingTable table: String) throws(LMDBError) {
        let transaction = try beginWrite()
        try checkMetaPages(growingTable: table, holding: transaction)
    }

    private func checkMetaPages(
        growingTable table: String, holding _: borrowing WriteTransaction
    ) throws(LMDBError) {
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
        let tree = PageTree(file: file, meta: older.lastPage > newer.lastPage ? older : newer)
        let before = try entryCount(of: table, in: tree, root: older.mainRoot)
        let after = try entryCount(of: table, in: tree, root: newer.mainRoot)
        guard before <= after else {
            throw .corrupted(
                "the newest meta page of \(path) has \(after) entries of '\(table)', fewer than the \(before) before it"
            )
        }
    }

    /// The number of entries of a named table, 0 when there is none: a node of the main tree holds the table's `MDB_db`.
    private func entryCount(
        of table: String, in tree: borrowing PageTree, root: UInt64
    ) throws(LMDBError) -> UInt64 {
        guard root != MetaPage.noPage else { return 0 }
        let name = Array(table.utf8)
        var count: UInt64 = 0
        try tree.forEachNode(under: root) { (page, node) in
            let keyByteCount = Int(page.load(node + 6, UInt16.self))
            let key = page.bytes.dropFirst(node + 8).prefix(keyByteCount)
            if key.elementsEqual(name) { count = page.load(node + 8 + keyByteCount + 32, UInt64.self) }
        }
        return count
    }
}
