internal import Dispatch
internal import Synchronization

/// A few connections to one server, each used by one caller at a time.
final class ConnectionPool: Sendable {
    /// The connection string of the server.
    let server: String
    private let idle: Mutex<[DatabaseConnection]>
    private let count: DispatchSemaphore

    /// A pool that connects as its connections are first used.
    init(server: String, checks: SessionChecks, size: Int) {
        precondition(size > 0, "a pool has a connection")
        self.server = server
        // Those that were used last are used next, so that few are connected when few are needed.
        idle = Mutex((0..<size).map { DatabaseConnection(server: server, checks: checks, name: "pstore-pq-\($0)") })
        count = DispatchSemaphore(value: 0)
        for _ in 0..<size { count.signal() }
    }

    /// A connection for the caller alone, until it is given back; nil when none is free in time. Blocks.
    func take(until deadline: ContinuousClock.Instant) -> DatabaseConnection? {
        let left = max(.zero, deadline - .now)
        guard count.wait(timeout: .now() + .nanoseconds(Int(left / .nanoseconds(1)))) == .success else { return nil }
        return idle.withLock { $0.removeLast() }
    }

    /// Lets others use a connection.
    func giveBack(_ connection: DatabaseConnection) {
        idle.withLock { $0.append(connection) }
        count.signal()
    }

    /// Runs `body` with a connection. Blocks.
    func run<Result: Sendable>(
        until deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable (DatabaseSession) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        guard let connection = take(until: deadline) else {
            var error = DatabaseError(.timedOut, "all connections are busy")
            error.isBeforeUse = true
            throw error
        }
        defer { giveBack(connection) }
        return try connection.run(until: deadline, body)
    }
}
