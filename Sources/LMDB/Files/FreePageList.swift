/// Reads LMDB's list of free pages from the file itself: a B-tree from transaction number to page numbers.
struct FreePageList: ~Copyable {
    private let tree: PageTree
    private let root: UInt64

    init(file: consuming DataFile, meta: MetaPage) {
        tree = PageTree(file: file, meta: meta)
        root = meta.freeListRoot
    }

    /// Whether all pages of a range are free.
    func containsAll(_ pages: ClosedRange<UInt64>) throws(LMDBError) -> Bool {
        guard root != MetaPage.noPage else { return false }
        var found: Set<UInt64> = []
        try tree.forEachNode(under: root) { (page, node) throws(LMDBError) in
            try list(of: node, in: page) { number in
                if pages.contains(number) { found.insert(number) }
            }
        }
        return UInt64(found.count) == pages.upperBound - pages.lowerBound + 1
    }

    /// An entry's value is a count and that many page numbers, on the page itself or (`F_BIGDATA`) on ones of its own.
    private func list(of node: Int, in page: FileBytes, _ body: (UInt64) -> Void) throws(LMDBError) {
        let byteCount = Int(page.load(node, UInt32.self))
        let isBig = page.load(node + 4, UInt16.self) & 0x01 != 0
        var offset = node + 8 + Int(page.load(node + 6, UInt16.self))
        var holder = page
        if isBig {
            let pageCount = (byteCount + 16 + tree.pageByteCount - 1) / tree.pageByteCount
            holder = try tree.read(page.load(offset, UInt64.self), count: pageCount)
            offset = 16
        }
        let count = holder.load(offset, UInt64.self)
        guard byteCount >= 8, count <= UInt64(byteCount / 8 - 1), offset + byteCount <= holder.bytes.count else {
            throw .corrupted("an entry of the free list in \(tree.file.path) is damaged")
        }
        for index in 0..<Int(count) { body(holder.load(offset + 8 * (index + 1), UInt64.self)) }
    }
}
