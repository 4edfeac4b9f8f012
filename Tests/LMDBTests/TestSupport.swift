import Foundation
import LMDB

/// A directory of its own for one test, removed with everything in it at the end.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("lmdb-tests-\(UUID().uuidString)").path
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            preconditionFailure("a temporary directory can be made: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Where a store may go; not there yet.
    var store: String { path + "/store" }
}

extension RawSpan {
    /// A copy of the bytes.
    var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}

/// Spells an array literal as bytes: `[1].span.bytes` would be those of an `Int`.
func raw(_ bytes: [UInt8]) -> [UInt8] { bytes }

/// Written as another module would write it: reads through whichever transaction it is given.
func bytes(
    _ table: Table, _ key: UInt64, in transaction: borrowing some Transaction & ~Copyable
) throws(LMDBError) -> [UInt8]? {
    guard let span = try transaction.get(table, integerKey: key) else { return nil }
    return span.array
}

/// The same for byte keys.
func bytes(
    _ table: Table, _ key: String, in transaction: borrowing some Transaction & ~Copyable
) throws(LMDBError) -> [UInt8]? {
    let key = Array(key.utf8)
    guard let span = try transaction.get(table, key: key.span.bytes) else { return nil }
    return span.array
}

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
