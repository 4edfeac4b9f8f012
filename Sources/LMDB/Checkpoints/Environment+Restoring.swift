internal import Glibc

/// Bringing a data file back to a checkpoint, while no process has it open.
extension Environment {
    /// Puts a saved meta page back into both slots, durably: the environment then is what it was at that commit.
    ///
    /// Right only where every page of that commit is still on disk: it was flushed, and a reader has pinned it since. The
    /// same again after an interruption does no harm. Throws ``LMDBError/unrecoverable(_:)`` when the file cannot be the
    /// one that the page was saved from.
    ///
    /// - Precondition: No process has the environment open; the caller holds a lock that sees to it.
    package static func restore(_ saved: SavedMetaPage, directory: String) throws(LMDBError) {
        let path = StorePaths(directory: directory).data
        let newest = try newestMetaPage(path)
        guard newest.pageByteCount == saved.pageByteCount, newest.transactionID >= saved.transactionID,
            saved.transactionID > 0
        else {
            throw .unrecoverable(
                "\(path) is at transaction \(newest.transactionID) and the checkpoint at \(saved.transactionID), so it is "
                    + "not the file that the checkpoint is of")
        }
        let file = try RawFile.open(path)
        for slot in [saved.transactionID & 1, ~saved.transactionID & 1] {
            try file.write(saved.bytes(forSlot: slot), at: slot * UInt64(saved.pageByteCount))
        }
        try file.syncData()
    }

    /// The last entry of a named table with integer keys by the newest meta page, or nil when the pages do not tell.
    ///
    /// Reads the file itself, which may have been torn by a power loss, and then holds anything: what is found is no more
    /// than what its own checksum proves.
    package static func lastEntry(ofTable table: String, directory: String) -> (key: UInt64, value: [UInt8])? {
        let path = StorePaths(directory: directory).data
        do throws(LMDBError) {
            let newest = try newestMetaPage(path)
            guard let file = try DataFile.open(path), newest.strayRoot == nil, newest.mainRoot != MetaPage.noPage else {
                return nil
            }
            let tree = PageTree(file: file, meta: newest)
            let name = Array(table.utf8)
            var root = MetaPage.noPage
            try tree.forEachNode(under: newest.mainRoot) { (node) in
                if node.key.elementsEqual(name) { root = node.table?.root ?? MetaPage.noPage }
            }
            return root == MetaPage.noPage ? nil : try tree.lastEntry(under: root)
        } catch {
            return nil
        }
    }

    private static func newestMetaPage(_ path: String) throws(LMDBError) -> MetaPage {
        guard let file = try DataFile.open(path) else { throw .notFound(path: path) }
        let first = try MetaPage(file, at: 0)
        let second = try MetaPage(file, at: UInt64(first.pageByteCount))
        return first.transactionID < second.transactionID ? second : first
    }
}
