internal import Synchronization

/// The server that has a shard's log now, which a move changes.
final class ShardServer: Sendable {
    private let current: Mutex<ConnectionPool>

    init(_ pool: ConnectionPool) { current = Mutex(pool) }

    var pool: ConnectionPool {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
