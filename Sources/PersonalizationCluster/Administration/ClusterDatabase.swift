public import EventLog
public import PersonalizationStore

/// What is done to a cluster's database as a whole.
public enum ClusterDatabase {
    /// Makes the tables of a new cluster in a database that has none.
    ///
    /// Durable when this returns, on a synchronous standby too.
    ///
    /// - Parameters:
    ///   - server: A connection string of libpq (docs/cluster.md), for a role that may make a schema.
    ///   - shardCount: How many shards users are spread over, for ever: 256 unless it is a test. 1 to 65,536.
    ///   - secret: What makes the cluster's codes its own; every node needs it.
    ///   - role: The role that nodes connect with, which gets what they need; nil when they connect as the owner.
    public static func initialize(
        _ server: String, shardCount: Int = 256, secret: StoreSecret, grantingTo role: String? = nil
    ) async throws(StorageError) {
        guard (1...1 << 16).contains(shardCount) else {
            throw .shard(.misconfigured("a cluster has 1 to 65,536 shards"))
        }
        let identity = ClusterIdentity.make(shardCount: shardCount, secret: secret)
        try await run(on: server) { (session, deadline) throws(DatabaseError) in
            if try ClusterIdentity.read(in: session, until: deadline) != nil {
                throw DatabaseError(.refused, "the database holds a cluster already")
            }
            let statements =
                Array(ClusterSchema.statements(for: identity).dropLast())
                + (role.map { ClusterSchema.grants(to: $0) } ?? []) + [Statement("commit")]
            _ = try session.run(statements, until: deadline)
            if let warning = session.warning { throw DatabaseError(.refused, warning) }
        }
    }

    /// Runs `body` on a connection that is closed afterwards.
    static func run<Result: Sendable>(
        on server: String, limit: Duration = .seconds(30),
        _ body: @escaping @Sendable (DatabaseSession, ContinuousClock.Instant) throws(DatabaseError) -> Result
    ) async throws(StorageError) -> Result {
        let checks = SessionChecks(node: "administration", cluster: nil, isForAppends: false)
        let connection = DatabaseConnection(server: server, checks: checks, name: "pstore-admin")
        let deadline = ContinuousClock.now + limit
        do throws(DatabaseError) {
            return try await connection.run(asyncUntil: deadline) { (session) throws(DatabaseError) in
                try body(session, deadline)
            }
        } catch {
            throw .shard(.misconfigured(error.description))
        }
    }

    /// What a server says of the cluster that it holds.
    static func identity(on server: String) async throws(StorageError) -> ClusterIdentity {
        let found = try await run(on: server) { (session, deadline) throws(DatabaseError) in
            try ClusterIdentity.read(in: session, until: deadline)
        }
        guard let found else {
            throw .shard(.misconfigured("the database holds no cluster; 'storecluster init' makes one"))
        }
        return found
    }
}
