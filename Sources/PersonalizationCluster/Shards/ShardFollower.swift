internal import ByteCoding
internal import EventLog
internal import Glibc
internal import Synchronization

/// Has a node's copies follow one server: waits for notifications, and asks about all shards once an interval, since
/// notifications may be lost. A thread and a connection of its own.
final class ShardFollower: Sendable {
    private let server: String
    private let node: String
    private let nodes: @Sendable () -> [ShardNode]
    private let connection: DatabaseConnection
    private let checks: SessionChecks
    private let pollInterval: Duration
    /// Told where shards are that have been moved, when this is the server that knows.
    private let didReadPlaces: (@Sendable ([Int: String]) -> Void)?
    private let thread = WorkerThread(name: "pstore-follow")
    private let state = Mutex(State())

    private struct State {
        var isStopped = false
        /// What the database was last told of the copies' ends, and when.
        var reported: [Int: UInt64] = [:]
        var reportedAt: ContinuousClock.Instant?
        /// Why the server could not be asked the last time.
        var failure: DatabaseError?
    }

    /// A follower of a server, once it is started.
    ///
    /// - Parameters:
    ///   - pollInterval: How long a lost notification goes unnoticed.
    ///   - didReadPlaces: Told once an interval where shards are that have been moved; nil where the server does not know.
    ///   - nodes: The node's copies whose shards are at the server now.
    init(
        server: String, node: String, checks: SessionChecks, pollInterval: Duration,
        didReadPlaces: (@Sendable ([Int: String]) -> Void)? = nil,
        nodes: @escaping @Sendable () -> [ShardNode]
    ) {
        self.server = server
        self.node = node
        self.nodes = nodes
        self.pollInterval = pollInterval
        self.didReadPlaces = didReadPlaces
        self.checks = checks
        connection = DatabaseConnection(server: server, checks: checks, name: "pstore-listen")
    }

    func start() { thread.submit { [weak self] in Self.work { self } } }

    /// Ends the follower; it may still be at work for a moment.
    func stop() {
        state.withLock { $0.isStopped = true }
        connection.wake()
        thread.stop()
    }

    /// Why the server could not be asked the last time; nil when it could.
    var failure: DatabaseError? { state.withLock { $0.failure } }

    private static func work(_ follower: () -> ShardFollower?) {
        while let follower = follower(), !follower.state.withLock({ $0.isStopped }) {
            do throws(DatabaseError) {
                try follower.poll()
                follower.state.withLock { $0.failure = nil }
                try follower.listen()
            } catch {
                follower.state.withLock { $0.failure = error }
                usleep(100_000)
            }
        }
    }

    // MARK: Polling

    /// Asks which shards have groups after the copies' ends, and has those copies followed.
    private func poll() throws(DatabaseError) {
        let start = ContinuousClock.now
        var tails: [Int: ShardGroup] = [:]
        let nodes = nodes()
        // A copy that cannot be read is met by whoever reads it.
        for node in nodes { if let tail = try? node.tail() ?? ShardGroup.none { tails[node.shard] = tail } }
        let ask = Self.question(about: tails)
        let report = report(tails.mapValues(\.last))
        let deadline = start + .seconds(5)
        let readsPlaces = didReadPlaces != nil
        let (changed, places) = try connection.run(until: deadline) { (session) throws(DatabaseError) in
            let locations = readsPlaces ? [Statement("select shard, server from pstore.place")] : []
            let results = try session.run([Statement("listen pstore"), ask] + locations + report, until: deadline)
            let changed = Set((0..<results[1].rowCount).map { Int(results[1].integer($0, 0)) })
            var places: [Int: String] = [:]
            if readsPlaces {
                for row in 0..<results[2].rowCount {
                    places[Int(results[2].integer(row, 0))] = results[2].text(row, 1)
                }
            }
            return (changed, places)
        }
        didReadPlaces?(places)
        for node in nodes where tails[node.shard] != nil {
            if changed.contains(node.shard) {
                Task { await node.follow() }
            } else {
                node.noteComplete(at: start)
            }
        }
        try confirm(nodes.filter { !changed.contains($0.shard) }, tails)
    }

    /// Has a standby confirm what others appended, so that nobody who asks for it has to wait: the server that was asked has
    /// all of it, and commits something after it.
    private func confirm(_ nodes: [ShardNode], _ tails: [Int: ShardGroup]) throws(DatabaseError) {
        let unconfirmed = nodes.filter { node in tails[node.shard].map { !node.isConfirmed($0.last) } ?? false }
        guard !unconfirmed.isEmpty else { return }
        let (checks, deadline) = (checks, ContinuousClock.now + .seconds(5))
        try connection.run(until: deadline) { (session) throws(DatabaseError) in
            try checks.commitBarrier(session, until: deadline)
        }
        for node in unconfirmed { if let tail = tails[node.shard] { node.noteConfirmed(through: tail.last) } }
    }

    /// Which shards have a group that begins at the copy's end, or lack the one that ends there: both concern the copy.
    private static func question(about tails: [Int: ShardGroup]) -> Statement {
        let groups = tails.sorted { $0.key < $1.key }
        return Statement(
            """
            select s.shard from unnest($1::int[], $2::bigint[], $3::bigint[], $4::bytea[]) as s (shard, after, last, chain) \
            where exists (select 1 from pstore.log l where l.shard = s.shard and l.after = s.last and not l.seals) \
            or (s.last > 0 and not exists (select 1 from pstore.log l where l.shard = s.shard and l.after = s.after \
            and l.last = s.last and l.chain = s.chain))
            """,
            [
                .integers(groups.map { Int32($0.key) }), .bigints(groups.map { Int64(clamping: $0.value.after) }),
                .bigints(groups.map { Int64(clamping: $0.value.last) }),
                .byteArrays(groups.map { $0.value.chain.bytes }),
            ], name: "poll")
    }

    /// Tells the database once a second how far the copies are, for whoever looks at the cluster.
    private func report(_ tails: [Int: UInt64]) -> [Statement] {
        let changed: [Int: UInt64]? = state.withLock { state in
            if let last = state.reportedAt, ContinuousClock.now - last < .seconds(1) { return nil }
            let changed = tails.filter { state.reported[$0.key] != $0.value }
            state.reported = tails
            state.reportedAt = .now
            return changed
        }
        guard let changed else { return [] }
        let shards = changed.keys.sorted()
        return [
            Statement("begin"), Statement("set local synchronous_commit = off"),
            Statement(
                """
                insert into pstore.node (name, seen_at) values ($1, now()) \
                on conflict (name) do update set seen_at = excluded.seen_at
                """, [.text(node)]),
            Statement(
                """
                insert into pstore.node_position (node, shard, last, at) \
                select $1, s.shard, s.last, now() from unnest($2::int[], $3::bigint[]) as s (shard, last) \
                on conflict (node, shard) do update set last = excluded.last, at = excluded.at
                """,
                [
                    .text(node), .integers(shards.map { Int32($0) }),
                    .bigints(shards.map { Int64(clamping: changed[$0] ?? 0) }),
                ]),
            Statement("commit"),
        ]
    }

    // MARK: Listening

    /// Has the copies followed that others tell of, until it is time to ask about all.
    private func listen() throws(DatabaseError) {
        let end = ContinuousClock.now + pollInterval
        while ContinuousClock.now < end, !state.withLock({ $0.isStopped }) {
            let payloads = try connection.run(until: end + .seconds(1)) { (session) throws(DatabaseError) in
                try session.notifications(until: end)
            }
            let shards = Set(payloads.compactMap { Int($0) })
            for node in nodes() where shards.contains(node.shard) { Task { await node.follow() } }
        }
    }
}
