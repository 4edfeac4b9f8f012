/// A branch or leaf page of one of LMDB's B-trees, read from the file: its header holds together and names the page.
struct TreePage {
    let number: UInt64
    let bytes: FileBytes
    let isLeaf: Bool
    let nodeCount: Int
    private let upper: Int

    private enum Flag {
        static let branch: UInt16 = 0x01
        static let leaf: UInt16 = 0x02
    }
    /// The size of a page's header, after which the nodes' offsets come.
    static let headerByteCount = 16

    /// Nil when the bytes are no such page: no other flags are ever on disk, since tables here have no duplicates.
    init?(_ bytes: FileBytes, number: UInt64) {
        let flags = bytes.load(10, UInt16.self)
        let lower = Int(bytes.load(12, UInt16.self))
        upper = Int(bytes.load(14, UInt16.self))
        guard bytes.load(0, UInt64.self) == number, flags == Flag.branch || flags == Flag.leaf,
            lower > Self.headerByteCount, lower % 2 == 0, lower <= upper, upper <= bytes.bytes.count
        else { return nil }
        self.number = number
        self.bytes = bytes
        isLeaf = flags == Flag.leaf
        nodeCount = (lower - Self.headerByteCount) / 2
    }

    /// What the page's nodes take of it together, since there is no gap between them.
    var nodeByteCount: Int { bytes.bytes.count - upper }

    /// The node at an index, or nil when it does not lie within the page.
    func node(at index: Int) -> TreeNode? {
        let offset = Int(bytes.load(Self.headerByteCount + 2 * index, UInt16.self))
        guard offset >= upper, offset % 2 == 0 else { return nil }
        let node = TreeNode(page: self, offset: offset)
        return node.end <= bytes.bytes.count ? node : nil
    }
}

/// A node of a page: `MDB_node` with its key, and in a leaf its value.
struct TreeNode {
    let page: TreePage
    let offset: Int

    private enum Flag {
        static let ownPages: UInt16 = 0x01
        static let table: UInt16 = 0x02
    }
    private static let headerByteCount = 8

    private var flags: UInt16 { page.bytes.load(offset + 4, UInt16.self) }
    private var keyByteCount: Int { Int(page.bytes.load(offset + 6, UInt16.self)) }

    var key: ArraySlice<UInt8> {
        page.bytes.bytes.dropFirst(offset + Self.headerByteCount).prefix(keyByteCount)
    }

    /// The key as a number, or nil when it does not have eight bytes.
    var integerKey: UInt64? {
        keyByteCount == 8 ? page.bytes.load(offset + Self.headerByteCount, UInt64.self) : nil
    }

    /// The page below a branch's node.
    var child: UInt64 { UInt64(page.bytes.load(offset, UInt32.self)) | UInt64(flags) << 32 }

    /// The size of a leaf node's value.
    var valueByteCount: Int { Int(page.bytes.load(offset, UInt32.self)) }

    /// Where the value is in the page, or else the number of the first page of its own.
    var valueOffset: Int { offset + Self.headerByteCount + keyByteCount }

    /// The first of the pages that a large value has to itself (`F_BIGDATA`).
    var valuePage: UInt64? { flags & Flag.ownPages != 0 ? page.bytes.load(valueOffset, UInt64.self) : nil }

    /// The table's B-tree, when the node of the main tree is a table's and no plain entry.
    var table: TreeRecord? {
        guard flags == Flag.table, valueByteCount == TreeRecord.byteCount else { return nil }
        return TreeRecord(page.bytes, at: valueOffset)
    }

    /// Whether the flags are those of an entry that is no table.
    var isPlain: Bool { flags == 0 || flags == Flag.ownPages }

    /// Where the node ends in its page, with what pads it to an even size.
    fileprivate var end: Int {
        let value = page.isLeaf ? (flags & Flag.ownPages != 0 ? 8 : valueByteCount) : 0
        let size = Self.headerByteCount + keyByteCount + value
        return offset + size + size % 2
    }

    /// What the node takes of its page.
    var byteCount: Int { end - offset }
}

/// What LMDB keeps of a B-tree (`MDB_db`): in a meta page, or as a value of the main tree.
struct TreeRecord {
    let flags: UInt16
    let depth: Int
    let branchCount: UInt64
    let leafCount: UInt64
    let overflowCount: UInt64
    let entryCount: UInt64
    let root: UInt64

    static let byteCount = 48
    static let integerKeys: UInt16 = 0x08

    init(_ bytes: FileBytes, at offset: Int) {
        flags = bytes.load(offset + 4, UInt16.self)
        depth = Int(bytes.load(offset + 6, UInt16.self))
        branchCount = bytes.load(offset + 8, UInt64.self)
        leafCount = bytes.load(offset + 16, UInt64.self)
        overflowCount = bytes.load(offset + 24, UInt64.self)
        entryCount = bytes.load(offset + 32, UInt64.self)
        root = bytes.load(offset + 40, UInt64.self)
    }
}

/// A large value's pages: a header on the first, then the bytes.
enum OverflowPages {
    static let flag: UInt16 = 0x04

    /// How many pages a value takes.
    static func count(ofValue byteCount: Int, pageByteCount: Int) -> Int {
        (TreePage.headerByteCount + byteCount + pageByteCount - 1) / pageByteCount
    }
}
