public import EventLog

/// How a cluster stands, as its databases say.
public struct ClusterStatus: Codable, Hashable, Sendable {
    /// A server that has shards.
    public struct Server: Codable, Hashable, Sendable {
        /// Its connection string, without the password.
        public let name: String
        /// How many shards it has.
        public let shardCount: Int
        /// What `synchronous_standby_names` says.
        public let synchronousStandbyNames: String
        /// The standbys that confirm commits now; empty when appends wait. Nil when the role may not see them.
        public let synchronousStandbys: [String]?
        /// Why the server could not be asked; nil when it could.
        public let failure: String?
    }

    /// One shard.
    public struct Shard: Codable, Hashable, Sendable {
        /// Its number; that of the catalogue is the number of user shards.
        public let number: Int
        /// The server that has it.
        public let server: String
        /// How many events it has.
        public let eventCount: UInt64
        /// Whether its log is closed at the server, in the middle of a move.
        public let isSealed: Bool
    }

    /// A node, as it last said itself.
    public struct Node: Codable, Hashable, Sendable {
        /// Its name.
        public let name: String
        /// How many seconds ago it was last heard of.
        public let seconds: Double
        /// How many shards it holds, the catalogue among them.
        public let shardCount: Int
        /// How many events its copies lacked together.
        public let lag: UInt64
        /// How many of its copies lacked any.
        public let laggingShardCount: Int
    }

    /// A fork that a node met: events that its copy had and the database did not.
    public struct Fork: Codable, Hashable, Sendable {
        /// The node.
        public let node: String
        /// The shard.
        public let shard: Int
        /// The last position that stayed.
        public let after: UInt64
        /// How many events were saved to a file and undone.
        public let removed: UInt64
        /// How many seconds ago.
        public let seconds: Double
    }

    /// How many shards users are spread over.
    public let shardCount: Int
    /// The servers, the home of the cluster's tables first.
    public let servers: [Server]
    /// All shards, the catalogue last.
    public let shards: [Shard]
    /// All nodes that were ever heard of.
    public let nodes: [Node]
    /// All forks.
    public let forks: [Fork]
    /// How many codes are in the directory.
    public let codeCount: Int
}

extension ClusterDatabase {
    /// How a cluster stands.
    ///
    /// Cost: some reads at each server, one of them for each shard.
    public static func status(of server: String) async throws(StorageError) -> ClusterStatus {
        let identity = try await identity(on: server)
        let home = try await run(on: server) { (session, deadline) throws(DatabaseError) in
            try HomeRows(session, until: deadline)
        }
        var byServer: [String: [Int]] = [:]
        for shard in 0...identity.catalogueShard { byServer[home.places[shard] ?? server, default: []].append(shard) }
        if byServer[server] == nil { byServer[server] = [] }
        var servers: [ClusterStatus.Server] = []
        var shards: [ClusterStatus.Shard] = []
        var heads: [Int: UInt64] = [:]
        for (name, numbers) in byServer.sorted(by: {
            ($0.key != server ? 1 : 0, $0.key) < ($1.key != server ? 1 : 0, $1.key)
        }) {
            let shown = withoutPassword(name)
            do throws(StorageError) {
                let rows = try await run(on: name, limit: .seconds(10)) { (session, deadline) throws(DatabaseError) in
                    try ServerRows(of: numbers, session, until: deadline)
                }
                servers.append(
                    ClusterStatus.Server(
                        name: shown, shardCount: numbers.count, synchronousStandbyNames: rows.standbyNames,
                        synchronousStandbys: rows.standbys, failure: nil))
                for number in numbers {
                    let head = rows.heads[number]
                    heads[number] = head?.last ?? 0
                    shards.append(
                        ClusterStatus.Shard(
                            number: number, server: shown, eventCount: head?.last ?? 0,
                            isSealed: head?.isSealed ?? false)
                    )
                }
            } catch {
                servers.append(
                    ClusterStatus.Server(
                        name: shown, shardCount: numbers.count, synchronousStandbyNames: "", synchronousStandbys: nil,
                        failure: error.description))
            }
        }
        return ClusterStatus(
            shardCount: identity.shardCount, servers: servers, shards: shards.sorted { $0.number < $1.number },
            nodes: home.nodes(heads), forks: home.forks, codeCount: home.codeCount)
    }

    /// A connection string as it may be shown.
    static func withoutPassword(_ server: String) -> String {
        server.split(separator: " ").filter { !$0.hasPrefix("password=") }.joined(separator: " ")
    }
}

/// What the home server says of places, nodes and forks.
private struct HomeRows: Sendable {
    var places: [Int: String] = [:]
    var seen: [String: Double] = [:]
    var positions: [String: [Int: UInt64]] = [:]
    var forks: [ClusterStatus.Fork] = []
    let codeCount: Int

    init(_ session: DatabaseSession, until deadline: ContinuousClock.Instant) throws(DatabaseError) {
        let results = try session.run(
            [
                Statement("select shard, server from pstore.place"),
                Statement("select name, (extract(epoch from now() - seen_at) * 1000)::bigint from pstore.node"),
                Statement("select node, shard, last from pstore.node_position"),
                Statement(
                    """
                    select node, shard, after, removed, (extract(epoch from now() - at) * 1000)::bigint \
                    from pstore.fork order by at
                    """),
                Statement("select count(*) from pstore.code"),
            ], until: deadline)
        for row in 0..<results[0].rowCount { places[Int(results[0].integer(row, 0))] = results[0].text(row, 1) }
        for row in 0..<results[1].rowCount {
            seen[results[1].text(row, 0)] = Double(results[1].integer(row, 1)) / 1000
        }
        for row in 0..<results[2].rowCount {
            positions[results[2].text(row, 0), default: [:]][Int(results[2].integer(row, 1))] =
                UInt64(clamping: results[2].integer(row, 2))
        }
        for row in 0..<results[3].rowCount {
            forks.append(
                ClusterStatus.Fork(
                    node: results[3].text(row, 0), shard: Int(results[3].integer(row, 1)),
                    after: UInt64(clamping: results[3].integer(row, 2)),
                    removed: UInt64(clamping: results[3].integer(row, 3)),
                    seconds: Double(results[3].integer(row, 4)) / 1000))
        }
        codeCount = Int(results[4].integer(0, 0))
    }

    func nodes(_ heads: [Int: UInt64]) -> [ClusterStatus.Node] {
        seen.keys.sorted().map { name in
            let lags = (positions[name] ?? [:]).map { shard, last in (heads[shard] ?? 0) - min(heads[shard] ?? 0, last)
            }
            return ClusterStatus.Node(
                name: name, seconds: seen[name] ?? 0, shardCount: lags.count, lag: lags.reduce(0, +),
                laggingShardCount: lags.count { $0 > 0 })
        }
    }
}

/// What a server says of its shards and standbys.
private struct ServerRows: Sendable {
    let standbyNames: String
    let standbys: [String]?
    var heads: [Int: (last: UInt64, isSealed: Bool)] = [:]

    init(
        of shards: [Int], _ session: DatabaseSession, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) {
        let results = try session.run(
            [
                Statement("select current_setting('synchronous_standby_names')"),
                Statement("select application_name, sync_state from pg_stat_replication"),
                Statement(
                    """
                    select s.shard, l.last, l.seals from unnest($1::int[]) as s (shard) cross join lateral \
                    (select last, seals from pstore.log where shard = s.shard order by after desc limit 1) l
                    """, [.integers(shards.map { Int32($0) })]),
            ], until: deadline)
        standbyNames = results[0].text(0, 0)
        let rows = (0..<results[1].rowCount).filter { !results[1].isNull($0, 1) }
        // Who may not see the state of standbys sees rows without it.
        standbys =
            rows.isEmpty && results[1].rowCount > 0
            ? nil : rows.filter { ["sync", "quorum"].contains(results[1].text($0, 1)) }.map { results[1].text($0, 0) }
        for row in 0..<results[2].rowCount {
            heads[Int(results[2].integer(row, 0))] = (
                UInt64(clamping: results[2].integer(row, 1)), results[2].bool(row, 2)
            )
        }
    }
}
