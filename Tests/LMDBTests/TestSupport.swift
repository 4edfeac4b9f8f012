import Foundation
import LMDB
import Synchronization
import Testing

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

/// Descriptors of this process, by the file that each is open on.
func openDescriptors(of path: String) throws -> [Int32] {
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { name in
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
        return target == real ? Int32(name) : nil
    }
}

/// A clock that stands still until it is moved.
final class ManualClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let offset = Mutex(Duration.zero)

    var now: Instant { Instant(offset: offset.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func advance(by duration: Duration) { offset.withLock { $0 += duration } }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}

/// Sets how long a file of this process may become, or any length with nil; writes beyond fail as on a bad disk. For
/// processes of their own only.
func limitFiles(to byteCount: UInt64?) throws {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    #expect(getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
    limit.rlim_cur = byteCount.map { rlim_t($0) } ?? limit.rlim_max
    #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
}
