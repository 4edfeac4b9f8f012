internal import Synchronization

/// A read transaction handle of LMDB with its slot in the reader table, reused through `mdb_txn_reset` and
/// `mdb_txn_renew` so that beginning a read takes no lock of the lock file.
final class PooledReader: Sendable {
    /// One ``ReadTransaction`` at a time uses it, or the pool; its slot belongs to the handle, not to a thread.
    nonisolated(unsafe) let pointer: OpaquePointer
    private let beganAt = Atomic<Int64>(idle)
    private static let idle = Int64.min

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// When the transaction that uses it began, in nanoseconds of the environment's clock, or nil when it is idle.
    var beginning: Int64? {
        let nanoseconds = beganAt.load(ordering: .relaxed)
        return nanoseconds == Self.idle ? nil : nanoseconds
    }

    func markBegun(at nanoseconds: Int64) { beganAt.store(nanoseconds, ordering: .relaxed) }
    func markIdle() { beganAt.store(Self.idle, ordering: .relaxed) }
}

/// The readers of an environment: those in use and those that wait for the next.
struct ReaderPool {
    private(set) var all: [PooledReader] = []
    private var idle: [PooledReader] = []

    mutating func takeIdle() -> PooledReader? { idle.popLast() }
    mutating func add(_ reader: PooledReader) { all.append(reader) }
    mutating func remove(_ reader: PooledReader) { all.removeAll { $0 === reader } }

    /// Keeps a reset reader for reuse unless enough wait already; idle ones take slots that other processes may need.
    mutating func keep(_ reader: PooledReader, limit: Int) -> Bool {
        guard idle.count < limit else {
            remove(reader)
            return false
        }
        idle.append(reader)
        return true
    }
}
