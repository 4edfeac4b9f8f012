internal import Synchronization

/// Tells other nodes of new groups, on a connection of its own that waits for no standby. A notification that is lost costs
/// them one interval of polling.
final class Notifier: Sendable {
    private struct State {
        var shards: Set<Int> = []
        var isSending = false
    }

    private let connection: DatabaseConnection
    private let state = Mutex(State())

    init(server: String, checks: SessionChecks) {
        var checks = checks
        checks.isForAppends = false
        connection = DatabaseConnection(server: server, checks: checks, name: "pstore-notify")
    }

    /// Tells others of a shard, soon; returns at once.
    func note(_ shard: Int) {
        let begins = state.withLock { state in
            state.shards.insert(shard)
            defer { state.isSending = true }
            return !state.isSending
        }
        if begins { send() }
    }

    private func send() {
        let shards = state.withLock { state in
            defer { state.shards.removeAll() }
            return state.shards
        }
        let statements =
            [Statement("set synchronous_commit = off")]
            + shards.sorted().map { ShardStatements.notify(shard: $0) }
        let deadline = ContinuousClock.now + .seconds(2)
        connection.submit(until: deadline) { (session) throws(DatabaseError) in
            _ = try session.run(statements, until: deadline)
        } then: { [weak self] _ in
            guard let self else { return }
            let goesOn = self.state.withLock { state in
                state.isSending = !state.shards.isEmpty
                return state.isSending
            }
            if goesOn { self.send() }
        }
    }
}
