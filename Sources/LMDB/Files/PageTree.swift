/// Reads one of LMDB's B-trees from the file itself, page by page, without the map.
struct PageTree: ~Copyable {
    let file: DataFile
    let pageByteCount: Int
    let lastPage: UInt64

    init(file: consuming DataFile, meta: MetaPage) {
        self.file = file
        pageByteCount = meta.pageByteCount
        lastPage = meta.lastPage
    }

    /// Calls `body` with each leaf node, in key order: its page and its offset there.
    func forEachNode(
        under root: UInt64, _ body: (FileBytes, Int) throws(LMDBError) -> Void
    ) throws(LMDBError) {
        try visit(root, depth: 0, body)
    }

    private func visit(
        _ number: UInt64, depth: Int, _ body: (FileBytes, Int) throws(LMDBError) -> Void
    ) throws(LMDBError) {
        let page = try read(number, count: 1)
        let flags = page.load(10, UInt16.self)
        let nodeCount = (Int(page.load(12, UInt16.self)) - 16) / 2
        // LMDB's own limit of depth, without which a loop of pages would not end.
        guard depth < 32, nodeCount > 0, flags & 0x03 != 0 else { throw damaged(number) }
        for index in 0..<nodeCount {
            let node = Int(page.load(16 + 2 * index, UInt16.self))
            guard node >= 16 + 2 * nodeCount, node + 8 <= pageByteCount else { throw damaged(number) }
            if flags & 0x01 != 0 {
                let child = UInt64(page.load(node, UInt32.self)) | UInt64(page.load(node + 4, UInt16.self)) << 32
                try visit(child, depth: depth + 1, body)
            } else {
                try body(page, node)
            }
        }
    }

    /// The page with this number and those after it.
    func read(_ number: UInt64, count: Int) throws(LMDBError) -> FileBytes {
        guard number >= 2, number <= lastPage,
            let page = try file.read(byteCount: count * pageByteCount, at: number * UInt64(pageByteCount))
        else { throw damaged(number) }
        return page
    }

    private func damaged(_ number: UInt64) -> LMDBError {
        .corrupted("page \(number) of \(file.path), read before the file is mapped, is missing or damaged")
    }
}
