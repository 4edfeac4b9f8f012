/// Reads LMDB's list of free pages from the file itself: a B-tree from transaction number to page numbers.
struct FreePageList: ~Copyable {
    private let file: DataFile
    private let meta: MetaPage

    init(file: consuming DataFile, meta: MetaPage) {
        self.file = file
        self.meta = meta
    }

    /// Whether all pages of a range are free.
    func containsAll(_ pages: ClosedRange<UInt64>) throws(LMDBError) -> Bool {
        guard meta.freeListRoot != MetaPage.noPage else { return false }
        var found: Set<UInt64> = []
        try collect(from: meta.freeListRoot, depth: 0) { page in
            if pages.contains(page) { found.insert(page) }
        }
        return UInt64(found.count) == pages.upperBound - pages.lowerBound + 1
    }

    private func collect(from number: UInt64, depth: Int, _ body: (UInt64) -> Void) throws(LMDBError) {
        let page = try read(number, count: 1)
        let flags = page.load(10, UInt16.self)
        let nodeCount = (Int(page.load(12, UInt16.self)) - 16) / 2
        // LMDB's own limit of depth, without which a loop of pages would not end.
        guard depth < 32, nodeCount > 0, flags & 0x03 != 0 else { throw damaged(number) }
        for index in 0..<nodeCount {
            let node = Int(page.load(16 + 2 * index, UInt16.self))
            guard node >= 16 + 2 * nodeCount, node + 8 <= meta.pageByteCount else { throw damaged(number) }
            if flags & 0x01 != 0 {
                let child = UInt64(page.load(node, UInt32.self)) | UInt64(page.load(node + 4, UInt16.self)) << 32
                try collect(from: child, depth: depth + 1, body)
            } else {
                try list(of: node, in: page, body)
            }
        }
    }

    /// An entry's value is a count and that many page numbers, on the page itself or (`F_BIGDATA`) on ones of its own.
    private func list(of node: Int, in page: FileBytes, _ body: (UInt64) -> Void) throws(LMDBError) {
        let byteCount = Int(page.load(node, UInt32.self))
        let isBig = page.load(node + 4, UInt16.self) & 0x01 != 0
        var offset = node + 8 + Int(page.load(node + 6, UInt16.self))
        var holder = page
        if isBig {
            let pageCount = (byteCount + 16 + meta.pageByteCount - 1) / meta.pageByteCount
            holder = try read(page.load(offset, UInt64.self), count: pageCount)
            offset = 16
        }
        let count = holder.load(offset, UInt64.self)
        guard byteCount >= 8, count <= UInt64(byteCount / 8 - 1), offset + byteCount <= holder.bytes.count else {
            throw .corrupted("an entry of the free list in \(file.path) is damaged")
        }
        for index in 0..<Int(count) { body(holder.load(offset + 8 * (index + 1), UInt64.self)) }
    }

    private func read(_ number: UInt64, count: Int) throws(LMDBError) -> FileBytes {
        guard number >= 2, number <= meta.lastPage,
            let page = try file.read(byteCount: count * meta.pageByteCount, at: number * UInt64(meta.pageByteCount))
        else { throw damaged(number) }
        return page
    }

    private func damaged(_ number: UInt64) -> LMDBError {
        .corrupted("page \(number) of the free list in \(file.path) is missing or damaged")
    }
}
