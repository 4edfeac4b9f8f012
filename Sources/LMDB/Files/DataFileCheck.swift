internal import Glibc

/// Judges a data file by plain reads before LMDB maps it: what a map would answer with SIGBUS becomes an error.
///
/// Knows LMDB 0.9's data format 1. It finds foreign and truncated files, not damage inside of pages.
enum DataFileCheck {
    enum Result: Equatable {
        case absent
        /// The file may be mapped; it asks for a map of this size.
        case sound(mapByteCount: Int)
    }

    /// Checks the data file at a path; it is absent when it has no bytes, as LMDB itself sees it.
    ///
    /// Another process may be creating the file or committing, so what looks wrong is looked at again first.
    static func check(_ path: String) throws(LMDBError) -> Result {
        for pause: UInt32 in [1, 10] {
            if let result = try? checkOnce(path) { return result }
            FileSystem.pause(milliseconds: pause)
        }
        return try checkOnce(path)
    }

    private static func checkOnce(_ path: String) throws(LMDBError) -> Result {
        guard let file = try DataFile.open(path) else { return .absent }
        guard try file.byteCount() > 0 else { return .absent }
        let first = try MetaPage(file, at: 0)
        let second = try MetaPage(file, at: UInt64(first.pageByteCount))
        guard second.pageByteCount == first.pageByteCount else {
            throw .corrupted("the meta pages of \(path) disagree on the page size")
        }
        let newest = second.transactionID > first.transactionID ? second : first
        try newest.checkRoots(of: path)
        // Asked after the meta pages were read: the file has what they refer to, whoever has committed since.
        let pageCount = UInt64(try file.byteCount()) / UInt64(newest.pageByteCount)
        let sound = Result.sound(mapByteCount: newest.mapByteCount)
        guard newest.lastPage >= pageCount else { return sound }
        // Rightly so only when the missing pages are free: LMDB does not write pages that a transaction took and left.
        let list = FreePageList(file: file, meta: newest)
        guard try list.containsAll(pageCount...newest.lastPage) else {
            throw .corrupted("\(path) is truncated: it has \(pageCount) of \(newest.lastPage + 1) pages")
        }
        return sound
    }
}

/// What a meta page says, by LMDB 0.9's layout on 64-bit machines: a page header, then `MDB_meta`.
struct MetaPage {
    let mapByteCount: Int
    let pageByteCount: Int
    /// The list of free pages.
    let freeList: TreeRecord
    /// The tree of tables.
    let main: TreeRecord
    let lastPage: UInt64
    let transactionID: UInt64

    var freeListRoot: UInt64 { freeList.root }
    var mainRoot: UInt64 { main.root }

    static let noPage = UInt64.max

    init(_ file: borrowing DataFile, at offset: UInt64) throws(LMDBError) {
        guard let page = try file.read(byteCount: 152, at: offset) else {
            throw .notADatabase(path: file.path, "it is too short for two meta pages")
        }
        try self.init(page, of: file.path)
    }

    /// The page that these bytes are, which were read from the file at a path.
    init(_ page: FileBytes, of path: String) throws(LMDBError) {
        guard page.load(10, UInt16.self) & 0x08 != 0, page.load(16, UInt32.self) == 0xBEEF_C0DE else {
            throw .notADatabase(path: path, "it lacks LMDB's magic number")
        }
        let version = page.load(20, UInt32.self)
        guard version == 1 else { throw .versionMismatch(path: path, found: version) }
        mapByteCount = Int(truncatingIfNeeded: page.load(32, UInt64.self))
        pageByteCount = Int(page.load(40, UInt32.self))
        freeList = TreeRecord(page, at: 40)
        main = TreeRecord(page, at: 88)
        lastPage = page.load(136, UInt64.self)
        transactionID = page.load(144, UInt64.self)
        guard pageByteCount.nonzeroBitCount == 1, (256...65_536).contains(pageByteCount) else {
            throw .corrupted("a meta page of \(path) gives a page size of \(pageByteCount)")
        }
        // Beyond what any map holds, and sizes in bytes would not fit into an integer.
        guard lastPage >= 1, lastPage < 1 << 46 else {
            throw .corrupted("a meta page of \(path) gives \(lastPage) as the last page")
        }
    }

    /// The root that is none of the file's pages, if there is one.
    ///
    /// Damage in the page of the last commit. In the other page, which LMDB does not read, it may also be what a commit
    /// left that failed with an I/O error while it wrote that page: LMDB puts the old number and the old last page over
    /// the new content, whose roots may be where the file was about to grow.
    var strayRoot: UInt64? {
        [freeListRoot, mainRoot].first { $0 != Self.noPage && ($0 < 2 || $0 > lastPage) }
    }

    /// Refuses a page whose roots are none of the file's pages.
    func checkRoots(of path: String) throws(LMDBError) {
        guard let root = strayRoot else { return }
        throw .corrupted("a meta page of \(path) has its root at page \(root) of \(lastPage)")
    }
}
