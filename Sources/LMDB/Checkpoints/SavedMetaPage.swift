/// A copy of the meta page of one transaction: what finds all pages of the environment as of that commit.
///
/// LMDB overwrites its two meta pages in turn, so two commits later the file itself has no trace of this one, though with
/// a ``PinnedSnapshot`` of it every page is still there.
package struct SavedMetaPage: Equatable, Sendable {
    /// The part of a meta page that LMDB uses: page header and `MDB_meta`.
    package static let byteCount = 152

    /// The page's bytes, as they stand in the file.
    package let bytes: [UInt8]
    /// The transaction that it is of.
    package let transactionID: UInt64
    /// The size of a page in bytes.
    let pageByteCount: Int

    /// A saved page, or nil when the bytes are none of LMDB 0.9's meta pages.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount,
            let page = try? MetaPage(FileBytes(bytes: bytes), of: "the checkpoint file"), page.strayRoot == nil
        else { return nil }
        self.bytes = bytes
        transactionID = page.transactionID
        pageByteCount = page.pageByteCount
    }

    /// The meta page of a transaction, read from the file of an environment.
    ///
    /// The caller holds the writer's lock, and the transaction is the last one committed: its page stands still.
    init(of transactionID: UInt64, in directory: String) throws(LMDBError) {
        let path = StorePaths(directory: directory).data
        guard let file = try DataFile.open(path) else { throw .notFound(path: path) }
        let first = try MetaPage(file, at: 0)
        let offset = UInt64(first.pageByteCount) * (transactionID & 1)
        guard let page = try file.read(byteCount: Self.byteCount, at: offset),
            let saved = SavedMetaPage(bytes: page.bytes), saved.transactionID == transactionID
        else { throw .corrupted("\(path) has no meta page of its last transaction, \(transactionID)") }
        self = saved
    }

    /// The bytes for one of the two slots: LMDB wants each page's own number in it, and takes the greater transaction.
    func bytes(forSlot slot: UInt64) -> [UInt8] {
        var page = bytes
        Self.store(slot, at: 0, in: &page)
        if slot != transactionID & 1 { Self.store(transactionID - 1, at: 144, in: &page) }
        return page
    }

    private static func store(_ value: UInt64, at offset: Int, in bytes: inout [UInt8]) {
        for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
}
