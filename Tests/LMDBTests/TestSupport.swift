import Glibc
import LMDB

/// A directory of its own for one test, removed with everything in it at the end.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("\(Self.root)/lmdb-tests-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "a temporary directory can be made")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    /// Where a store may go; not there yet.
    var store: String { path + "/store" }

    private static var root: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

    private static func remove(_ path: String) {
        nftw(path, { name, _, _, _ in name.map { Glibc.remove($0) } ?? 0 }, 16, FTW_DEPTH | FTW_PHYS)
    }
}

extension RawSpan {
    /// A copy of the bytes.
    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// Written as another module would write it: reads through whichever transaction it is given.
func bytes(
    _ table: Table, _ key: UInt64, in transaction: borrowing some Transaction & ~Copyable
) throws(LMDBError) -> [UInt8]? {
    guard let span = try transaction.get(table, integerKey: key) else { return nil }
    return span.array
}

/// As ``bytes(_:_:in:)-(_,UInt64,_)``, for byte keys.
func bytes(
    _ table: Table, _ key: String, in transaction: borrowing some Transaction & ~Copyable
) throws(LMDBError) -> [UInt8]? {
    let key = Array(key.utf8)
    guard let span = try transaction.get(table, key: key.span.bytes) else { return nil }
    return span.array
}

/// The bytes as a key or value.
extension Environment {
    /// Stores one entry and commits it.
    func store(_ table: Table, _ key: UInt64, _ value: [UInt8]) throws(LMDBError) {
        var transaction = try beginWrite()
        try transaction.put(table, integerKey: key, value: value.span.bytes)
        try transaction.commit()
    }

    /// Reads one entry in a transaction of its own.
    func load(_ table: Table, _ key: UInt64) throws(LMDBError) -> [UInt8]? {
        let transaction = try beginRead()
        return try bytes(table, key, in: transaction)
    }
}
