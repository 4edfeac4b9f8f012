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
        try tree.forEachNode(under: root) { (node) throws(LMDBError) in
            for number in try list(of: node) where pages.contains(number) { found.insert(number) }
        }
        return UInt64(found.count) == pages.upperBound - pages.lowerBound + 1
    }

    private func list(of node: TreeNode) throws(LMDBError) -> [UInt64] {
        var holder = node.page.bytes
        if let page = node.valuePage {
            let count = OverflowPages.count(ofValue: node.valueByteCount, pageByteCount: tree.pageByteCount)
            holder = try tree.read(page, count: count)
        }
        guard let list = Self.list(of: node, in: holder) else {
            throw .corrupted("an entry of the free list in \(tree.file.path) is damaged")
        }
        return list
    }

    /// The page numbers of an entry, whose value is a count and that many of them; nil when it does not hold the count.
    ///
    /// - Parameter holder: The node's page, or the pages that the value has to itself.
    static func list(of node: TreeNode, in holder: FileBytes) -> [UInt64]? {
        let offset = node.valuePage == nil ? node.valueOffset : TreePage.headerByteCount
        guard node.valueByteCount >= 8, offset + node.valueByteCount <= holder.bytes.count else { return nil }
        let count = holder.load(offset, UInt64.self)
        guard count <= UInt64(node.valueByteCount / 8 - 1) else { return nil }
        return (0..<Int(count)).map { holder.load(offset + 8 * ($0 + 1), UInt64.self) }
    }
}
