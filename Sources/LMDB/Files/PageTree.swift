/// Reads one of LMDB's B-trees from the file itself, page by page, without the map.
struct PageTree: ~Copyable {
    let file: DataFile
    let pageByteCount: Int
    let lastPage: UInt64

    /// LMDB's own limit of depth, without which a loop of pages would not end.
    static let depthLimit = 32

    init(file: consuming DataFile, meta: MetaPage) {
        self.file = file
        pageByteCount = meta.pageByteCount
        lastPage = meta.lastPage
    }

    /// Calls `body` with each leaf node, in key order.
    ///
    /// A page that comes twice is damage: a tree of which many branches share pages would take for ever.
    func forEachNode(under root: UInt64, _ body: (TreeNode) throws(LMDBError) -> Void) throws(LMDBError) {
        var visited: Set<UInt64> = []
        try visit(root, depth: 0, visited: &visited, body)
    }

    private func visit(
        _ number: UInt64, depth: Int, visited: inout Set<UInt64>, _ body: (TreeNode) throws(LMDBError) -> Void
    ) throws(LMDBError) {
        guard depth < Self.depthLimit, visited.insert(number).inserted,
            let page = TreePage(try read(number, count: 1), number: number)
        else { throw damaged(number) }
        for index in 0..<page.nodeCount {
            guard let node = page.node(at: index) else { throw damaged(number) }
            if page.isLeaf {
                try body(node)
            } else {
                try visit(node.child, depth: depth + 1, visited: &visited, body)
            }
        }
    }

    /// The integer key and the value of the last leaf node.
    func lastEntry(under root: UInt64) throws(LMDBError) -> (key: UInt64, value: [UInt8]) {
        var number = root
        for _ in 0..<Self.depthLimit {
            guard let page = TreePage(try read(number, count: 1), number: number),
                let node = page.node(at: page.nodeCount - 1)
            else { throw damaged(number) }
            if page.isLeaf {
                guard let key = node.integerKey else { throw damaged(number) }
                return (key, try value(of: node))
            }
            number = node.child
        }
        throw damaged(root)
    }

    private func value(of node: TreeNode) throws(LMDBError) -> [UInt8] {
        guard let first = node.valuePage else {
            return Array(node.page.bytes.bytes.dropFirst(node.valueOffset).prefix(node.valueByteCount))
        }
        let byteCount = TreePage.headerByteCount + node.valueByteCount
        let pages = try read(first, count: (byteCount + pageByteCount - 1) / pageByteCount)
        return Array(pages.bytes.dropFirst(TreePage.headerByteCount).prefix(node.valueByteCount))
    }

    /// The page with this number and those after it.
    func read(_ number: UInt64, count: Int) throws(LMDBError) -> FileBytes {
        // The file's length bounds what is read: a damaged count must not take gigabytes.
        guard number >= 2, number <= lastPage, UInt64(count) <= lastPage - number + 1,
            count <= (try file.byteCount()) / pageByteCount,
            let page = try file.read(byteCount: count * pageByteCount, at: number * UInt64(pageByteCount))
        else { throw damaged(number) }
        return page
    }

    private func damaged(_ number: UInt64) -> LMDBError {
        .corrupted("page \(number) of \(file.path), read before the file is mapped, is missing or damaged")
    }
}
