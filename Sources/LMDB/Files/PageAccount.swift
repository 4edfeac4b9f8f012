/// Accounts for every page of a data file as of one transaction: it is in use once, or free once.
///
/// LMDB checks none of that. It writes over whatever its list of free pages names, frees whatever number a page's
/// header gives, and takes new pages from after what the meta page calls the last one: one flipped bit in any of them
/// lets a later commit destroy what is in use, without an error. Reads the file with plain reads, never through the map,
/// and finishes on any content: each page is visited once.
struct PageAccount: ~Copyable {
    /// How much is read.
    enum Extent {
        /// Every page in use, with the order of keys and the figures that LMDB keeps of each tree.
        case everything
        /// Every page in use, with the order of keys.
        case pages
        /// The free list, the tree of tables, and of each table the branch pages, which name the others, with the first
        /// and the last leaf: about a hundredth of the pages. Leaves that name pages of large values are read when a
        /// free page may be one of those.
        case branches
    }

    private let file: DataFile
    private let meta: MetaPage
    private let extent: Extent
    /// How many whole pages the file has; LMDB does not write free pages at its end.
    private let filePageCount: UInt64
    private var used: PageSet
    private var free: PageSet
    private var largeValueEnds: [UInt64: Int] = [:]
    private var largeValuePages: PageSet
    private var tables: [(name: String, record: TreeRecord)] = []
    private(set) var faults = FaultList()
    /// Entries of the tree of tables that are no tables: damage, but none for which a page would be written over.
    private(set) var strangeEntries = FaultList()
    /// Whether a page was met twice, and not read again.
    private(set) var sharesPages = false

    /// More pages than any transaction takes at the end of the file and leaves unused, which the file need not have.
    private static let unwrittenPageLimit: UInt64 = 1 << 20

    private init(_ file: consuming DataFile, meta: MetaPage, extent: Extent, filePageCount: UInt64) {
        self.file = file
        self.meta = meta
        self.extent = extent
        self.filePageCount = filePageCount
        used = PageSet(lastPage: meta.lastPage)
        free = PageSet(lastPage: meta.lastPage)
        largeValuePages = PageSet(lastPage: meta.lastPage)
    }

    /// Reads what the extent asks for of a file as of the transaction of a meta page, none of whose pages are written to
    /// meanwhile.
    static func of(_ file: consuming DataFile, meta: MetaPage, extent: Extent) throws(LMDBError) -> PageAccount {
        let filePageCount = UInt64(try file.byteCount()) / UInt64(meta.pageByteCount)
        guard meta.lastPage < filePageCount + unwrittenPageLimit else {
            throw .corrupted("the last page of \(file.path) is said to be \(meta.lastPage), far beyond its end")
        }
        var account = PageAccount(file, meta: meta, extent: extent, filePageCount: filePageCount)
        try account.run()
        return account
    }

    private mutating func run() throws(LMDBError) {
        if meta.freeList.flags != TreeRecord.integerKeys || meta.main.flags != 0 {
            faults.add("the meta page of transaction \(meta.transactionID) has other flags than LMDB gives it")
        }
        try walk("the list of free pages", .freeList, meta.freeList, readsLeaves: true)
        try walk("the tree of tables", .tables, meta.main, readsLeaves: true)
        var readsLeaves = extent != .branches
        if !readsLeaves { readsLeaves = try someFreePageMayHoldLargeValue() }
        for (name, record) in tables {
            let name = "the table '\(name)'"
            guard record.flags & ~TreeRecord.integerKeys == 0 else {
                faults.add("\(name) has unknown flags")
                continue
            }
            let readsItsLeaves = extent != .branches || (readsLeaves && record.overflowCount > 0)
            try walk(name, .table, record, readsLeaves: readsItsLeaves)
        }
    }

    /// Which pages are in use.
    var use: PageUse { PageUse(pages: used, largeValueEnds: largeValueEnds, wholePages: largeValuePages) }

    /// The number of pages in use and of free ones, the two meta pages left out.
    var figures: (used: UInt64, free: UInt64) { (used.count, free.count) }

    /// The pages that are neither in use nor free, at most so many; they are lost until a compacting copy.
    func lostPages(limit: Int) -> (count: UInt64, first: [UInt64]) {
        var count: UInt64 = 0
        var first: [UInt64] = []
        var number: UInt64 = 2
        while number <= meta.lastPage {
            if !used.contains(number), !free.contains(number) {
                count += 1
                if first.count < limit { first.append(number) }
            }
            number += 1
        }
        return (count, first)
    }
}

// MARK: Trees

extension PageAccount {
    private enum TreeKind {
        case freeList
        case tables
        case table
    }

    /// What a walk of a tree carries along and counts.
    private struct Walk {
        let name: String
        let kind: TreeKind
        let readsLeaves: Bool
        let hasIntegerKeys: Bool
        /// The number of levels, as the tree's left edge has it.
        var depth = 0
        var branchCount: UInt64 = 0
        var leafCount: UInt64 = 0
        var overflowCount: UInt64 = 0
        var entryCount: UInt64 = 0
        /// The last key that was met, which the next is to come after.
        var lastKey: TreeKey?
        /// Whether a page could not be read, so that the counts mean nothing.
        var isCutShort = false
    }

    private mutating func walk(
        _ name: String, _ kind: TreeKind, _ record: TreeRecord, readsLeaves: Bool
    ) throws(LMDBError) {
        guard record.root != MetaPage.noPage else { return }
        var walk = Walk(
            name: name, kind: kind, readsLeaves: readsLeaves,
            hasIntegerKeys: record.flags & TreeRecord.integerKeys != 0)
        try visit(record.root, level: 1, isEdge: true, from: nil, in: &walk)
        guard extent == .everything, !walk.isCutShort else { return }
        let counted = [walk.branchCount, walk.leafCount, walk.overflowCount, walk.entryCount, UInt64(walk.depth)]
        let stated = [
            record.branchCount, record.leafCount, record.overflowCount, record.entryCount, UInt64(record.depth),
        ]
        if counted != stated {
            faults.add(
                "\(name) has \(counted) branch pages, leaf pages, pages of large values, entries, and levels, where its "
                    + "root says \(stated)")
        }
    }

    /// - Parameters:
    ///   - isEdge: Whether the page is the first or the last of its level.
    ///   - separator: The least key that the page may have, as its parent says.
    private mutating func visit(
        _ number: UInt64, level: Int, isEdge: Bool, from separator: TreeKey?, in walk: inout Walk
    ) throws(LMDBError) {
        guard use(number, by: walk.name) else {
            walk.isCutShort = true
            return
        }
        if level == walk.depth, !walk.readsLeaves, !isEdge {
            walk.leafCount += 1
            return
        }
        guard level <= PageTree.depthLimit, let page = try treePage(number),
            walk.depth == 0 || page.isLeaf == (level == walk.depth)
        else {
            faults.add("page \(number), of \(walk.name), is damaged")
            walk.isCutShort = true
            return
        }
        if page.isLeaf {
            walk.depth = level
            walk.leafCount += 1
            try readLeaf(page, from: separator, in: &walk)
        } else {
            walk.branchCount += 1
            try readBranch(page, level: level, isEdge: isEdge, from: separator, in: &walk)
        }
    }

    private mutating func readBranch(
        _ page: TreePage, level: Int, isEdge: Bool, from separator: TreeKey?, in walk: inout Walk
    ) throws(LMDBError) {
        var byteCount = 0
        for index in 0..<page.nodeCount {
            guard let node = page.node(at: index) else {
                fault("a node of page \(page.number), of \(walk.name), is misplaced", in: &walk)
                return
            }
            byteCount += node.byteCount
            // LMDB never reads the first key of a branch page: everything less than the second is below it.
            var least = separator
            if index > 0 {
                guard let key = TreeKey(of: node, isInteger: walk.hasIntegerKeys) else {
                    fault("a key of page \(page.number), of \(walk.name), is damaged", in: &walk)
                    return
                }
                if let last = walk.lastKey, !(last < key) { reportOrder(page, in: &walk) }
                least = key
            }
            let childIsEdge = isEdge && (index == 0 || index == page.nodeCount - 1)
            try visit(node.child, level: level + 1, isEdge: childIsEdge, from: least, in: &walk)
        }
        requireFull(page, byteCount, in: &walk)
    }

    private mutating func readLeaf(
        _ page: TreePage, from separator: TreeKey?, in walk: inout Walk
    ) throws(LMDBError) {
        var byteCount = 0
        for index in 0..<page.nodeCount {
            guard let node = page.node(at: index), node.isPlain || walk.kind == .tables,
                let key = TreeKey(of: node, isInteger: walk.hasIntegerKeys)
            else {
                fault("an entry of page \(page.number), of \(walk.name), is damaged", in: &walk)
                return
            }
            byteCount += node.byteCount
            walk.entryCount += 1
            if let last = walk.lastKey, !(last < key) { reportOrder(page, in: &walk) }
            if index == 0, let separator, key < separator { reportOrder(page, in: &walk) }
            walk.lastKey = key
            try readValue(of: node, in: &walk)
        }
        requireFull(page, byteCount, in: &walk)
    }

    private mutating func readValue(of node: TreeNode, in walk: inout Walk) throws(LMDBError) {
        var holder = node.page.bytes
        if let first = node.valuePage {
            guard
                let pages = try useOverflow(
                    first, ofValue: node.valueByteCount, readsAll: walk.kind == .freeList, in: &walk)
            else { return }
            holder = pages
        }
        if walk.kind == .freeList { takeFree(node, in: holder, &walk) }
        guard walk.kind == .tables else { return }
        let name = String(decoding: node.key, as: UTF8.self)
        if let table = node.table {
            tables.append((name, table))
        } else {
            strangeEntries.add("the entry '\(name)' of the tree of tables is no table")
        }
    }

    /// The nodes of a page fill it from its upper bound to its end: no two overlap.
    private mutating func requireFull(_ page: TreePage, _ byteCount: Int, in walk: inout Walk) {
        if byteCount != page.nodeByteCount {
            fault("the nodes of page \(page.number), of \(walk.name), overlap", in: &walk)
        }
    }

    private mutating func reportOrder(_ page: TreePage, in walk: inout Walk) {
        fault("the keys of page \(page.number), of \(walk.name), are out of order", in: &walk)
    }

    private mutating func fault(_ text: String, in walk: inout Walk) {
        faults.add(text)
        walk.isCutShort = true
    }
}

// MARK: Pages

extension PageAccount {
    /// Notes that a page is in use; false when it cannot be.
    private mutating func use(_ number: UInt64, by user: String) -> Bool {
        guard number >= 2, number <= meta.lastPage, number < filePageCount else {
            faults.add("\(user) refers to page \(number), which the file does not have")
            return false
        }
        guard used.insert(number) else {
            sharesPages = true
            faults.add("page \(number) is in use twice, the second time by \(user)")
            return false
        }
        if free.contains(number) { faults.add("page \(number), of \(user), is in the list of free pages") }
        return true
    }

    private func treePage(_ number: UInt64) throws(LMDBError) -> TreePage? {
        guard let bytes = try file.read(byteCount: meta.pageByteCount, at: number * UInt64(meta.pageByteCount)) else {
            return nil
        }
        return TreePage(bytes, number: number)
    }

    /// Notes the pages of a large value, and returns the first or all of them; nil when they cannot be what they are to.
    private mutating func useOverflow(
        _ first: UInt64, ofValue byteCount: Int, readsAll: Bool, in walk: inout Walk
    ) throws(LMDBError) -> FileBytes? {
        let count = OverflowPages.count(ofValue: byteCount, pageByteCount: meta.pageByteCount)
        guard first >= 2, first <= meta.lastPage, UInt64(count) <= meta.lastPage - first + 1,
            first + UInt64(count) <= filePageCount,
            let pages = try readOverflow(first, count: count, readsAll: readsAll)
        else {
            fault("page \(first), with a large value of \(walk.name), is missing or damaged", in: &walk)
            return nil
        }
        for number in first..<first + UInt64(count) where !use(number, by: walk.name) { walk.isCutShort = true }
        for number in first..<first + UInt64(count) - 1 { _ = largeValuePages.insert(number) }
        largeValueEnds[first + UInt64(count) - 1] =
            TreePage.headerByteCount + byteCount - (count - 1) * meta.pageByteCount
        walk.overflowCount += UInt64(count)
        return pages
    }

    /// The header of a large value's pages, or all of them; nil when it is another header. Large files may have so many
    /// that not each is read before a change: a value that is never replaced cannot free a wrong page.
    private func readOverflow(_ first: UInt64, count: Int, readsAll: Bool) throws(LMDBError) -> FileBytes? {
        if extent == .branches, !readsAll { return FileBytes(bytes: []) }
        let byteCount = readsAll ? count * meta.pageByteCount : TreePage.headerByteCount
        guard let pages = try file.read(byteCount: byteCount, at: first * UInt64(meta.pageByteCount)),
            pages.load(0, UInt64.self) == first, pages.load(10, UInt16.self) == OverflowPages.flag,
            pages.load(12, UInt32.self) == UInt32(count)
        else { return nil }
        return pages
    }

    /// Takes in an entry of the free list: the transaction that freed the pages, and their numbers in descending order,
    /// as LMDB relies on when it merges them.
    private mutating func takeFree(_ node: TreeNode, in holder: FileBytes, _ walk: inout Walk) {
        guard case .integer(let transaction)? = TreeKey(of: node, isInteger: true), transaction > 0,
            transaction <= meta.transactionID
        else { return fault("the list of free pages has an entry of a transaction that was not", in: &walk) }
        guard let list = FreePageList.list(of: node, in: holder) else {
            return fault("the list of free pages has a damaged entry, of transaction \(transaction)", in: &walk)
        }
        var previous = UInt64.max
        for page in list {
            guard page >= 2, page <= meta.lastPage else {
                return fault("page \(page) is said to be free, and the file does not have it", in: &walk)
            }
            guard page < previous else {
                return fault(
                    "the list of free pages is out of order, in the entry of transaction \(transaction)", in: &walk)
            }
            previous = page
            if !free.insert(page) { faults.add("page \(page) is free twice") }
            if used.contains(page) { faults.add("page \(page) is in use and in the list of free pages") }
        }
    }

    /// Whether a free page is not plainly a former page of a tree: then it may be one of a large value, to which only
    /// leaves refer.
    private func someFreePageMayHoldLargeValue() throws(LMDBError) -> Bool {
        guard tables.contains(where: { $0.record.overflowCount > 0 }), free.count > 0 else { return false }
        for number in 2...meta.lastPage where free.contains(number) {
            // At the end of the file there may be pages that were never written.
            guard number < filePageCount else { continue }
            if try treePage(number) == nil { return true }
        }
        return false
    }
}

/// A key in its table's order.
enum TreeKey: Comparable {
    case integer(UInt64)
    case bytes(ArraySlice<UInt8>)

    /// Nil for an empty key, and when an integer does not have eight bytes.
    init?(of node: TreeNode, isInteger: Bool) {
        if isInteger {
            guard let number = node.integerKey else { return nil }
            self = .integer(number)
        } else {
            guard !node.key.isEmpty else { return nil }
            self = .bytes(node.key)
        }
    }

    static func < (left: TreeKey, right: TreeKey) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right
        case (.bytes(let left), .bytes(let right)): left.lexicographicallyPrecedes(right)
        case (.integer, .bytes): true
        case (.bytes, .integer): false
        }
    }
}

/// What is wrong, in the order found; only so many, since one damaged page may bring thousands.
struct FaultList {
    private(set) var texts: [String] = []
    private(set) var omittedCount = 0

    private static let limit = 100

    mutating func add(_ text: String) {
        if texts.count < Self.limit { texts.append(text) } else { omittedCount += 1 }
    }

    /// The faults, and how many more there are.
    var all: [String] { omittedCount == 0 ? texts : texts + ["and \(omittedCount) more faults of pages"] }
}
