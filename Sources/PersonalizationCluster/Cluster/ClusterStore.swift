internal import ByteCoding
internal import CodeRegistry
public import EventLog
internal import LMDB
public import PersonalizationStore
internal import Synchronization

/// A node of a cluster: a personalization store whose users are spread over shards, each with a log in PostgreSQL and a copy
/// on every node that holds it (docs/cluster.md).
///
/// A user's events, codes and settings are in one shard, named by a hash of the user's name; spaces, images, models, aliases
/// and revocations that concern everybody are in the catalogue, which all nodes follow, and are copied into a user's shard
/// when they are first used there. Reading asks the node's own copies and no server. What an append returns is durable on the
/// primary and a synchronous standby, and readable here; on other nodes it is a moment later (``waitForPosition(_:of:atMost:)``).
///
/// Within a shard appends are linearizable, in one gapless order; between shards there is no order and no transaction.
/// Several nodes may append to one shard at the same time.
public final class ClusterStore: Sendable {
    /// The node's folder: a copy for each shard that it holds, and one of the catalogue.
    public let path: String
    let options: Options
    let identity: ClusterIdentity
    let nodes: [Int: ShardNode]
    let catalogueNode: ShardNode
    let home: ConnectionPool
    let directory: CodeDirectory
    private let notifier: Notifier
    let checks: SessionChecks
    let state: Mutex<State>

    struct State {
        /// The servers that have shards, by their connection strings.
        var pools: [String: ConnectionPool] = [:]
        var followers: [String: ShardFollower] = [:]
        /// Of each shard, the catalogue's head as of which its spaces were compared with the catalogue's.
        var synced: [Int: UInt64] = [:]
        /// Verdicts about versions, as of a head of the catalogue.
        var takenDown: (head: UInt64, verdicts: [SHA256Digest: Bool]) = (0, [:])
        /// In which shard codes were found that are not of the user's who named them.
        var shardsOfCodes: [Code: Int] = [:]
        var isClosed = false
    }

    /// How a node is opened.
    public struct Options: Sendable {
        /// A connection string of libpq for the server that has the cluster's tables: all its hosts, of which the primary is
        /// found. Unless all of them are this machine, certificates are verified (`sslmode=verify-full`).
        public var server: String
        /// The node's name, different from every other node's.
        public var node: String
        /// What makes the cluster's codes its own; needed when the folder is made, and kept in it afterwards.
        public var secret: StoreSecret?
        /// The shards that the node holds; nil for all of them.
        public var shards: Set<Int>?
        /// How many connections append, for each server.
        public var connectionCount = 4
        /// How long a lost notification of others' appends goes unnoticed.
        public var pollInterval = Duration.milliseconds(200)
        /// How long a group commit waits for more appends while they keep coming; one that comes alone waits for a tenth of it.
        public var gatherLimit = Duration.milliseconds(2)
        /// How old the node's copy of the catalogue may be for codes of other shards to be answered, since one of them may
        /// have been revoked meanwhile.
        public var staleCatalogueLimit = Duration.seconds(5)
        /// How long an append tries before it throws.
        public var appendTimeout = Duration.seconds(10)
        /// How long opening waits for the copies to have everything.
        public var openingTimeout = Duration.seconds(5)
        /// How much each copy can grow to, in bytes; costs address space only.
        public var mapByteCount = 64 << 30
        /// How the copies are opened as stores: the clock, what is called after commits.
        public var store = Store.Options()

        /// The usual options.
        public init(server: String, node: String) {
            self.server = server
            self.node = node
        }
    }

    /// Opens a node, or makes its folder when there is none, and begins to follow the cluster.
    ///
    /// Waits, where the server can be reached, until the copies have what is durable, but no longer than
    /// ``ClusterStore/Options/openingTimeout``: a node that was killed goes back to its copies' last checkpoints first.
    ///
    /// Once the folder is there no server need be reachable: reads answer what the copies have, and appends throw
    /// ``ShardFault/unavailable(shard:_:)``.
    public static func open(at path: String, options: Options) async throws(OpenError) -> ClusterStore {
        do throws(StorageError) {
            let identity: ClusterIdentity
            if let known = try NodeFile.read(in: path) {
                identity = known
            } else {
                identity = try await ClusterDatabase.identity(on: options.server)
                guard let secret = options.secret else {
                    throw .shard(.misconfigured("a new node needs the cluster's secret"))
                }
                guard identity.accepts(secret) else {
                    throw .shard(.misconfigured("the secret is not the one that the cluster was made with"))
                }
                try NodeFile.write(identity, in: path)
            }
            let cluster = try ClusterStore(path: path, options: options, identity: identity)
            await cluster.awaitFirstRound()
            return cluster
        } catch {
            throw .storage(error)
        }
    }

    private init(path: String, options: Options, identity: ClusterIdentity) throws(StorageError) {
        self.path = path
        self.options = options
        self.identity = identity
        var checks = SessionChecks(node: options.node, cluster: identity)
        let now = options.store.now
        checks.now = { now().microseconds }
        self.checks = checks
        let home = ConnectionPool(server: options.server, checks: checks, size: options.connectionCount)
        self.home = home
        let directory = CodeDirectory(pool: home)
        self.directory = directory
        let notifier = Notifier(server: options.server, checks: checks)
        self.notifier = notifier
        var storeOptions = options.store
        storeOptions.mapByteCount = options.mapByteCount
        storeOptions.gatherLimit = options.gatherLimit
        let held = (options.shards ?? Set(0..<identity.shardCount)).filter { (0..<identity.shardCount).contains($0) }
        var nodes: [Int: ShardNode] = [:]
        for shard in held.union([identity.catalogueShard]).sorted() {
            var shardOptions = storeOptions
            let appendTimeout = options.appendTimeout
            shardOptions.reserveCode = { (hash, version, fewest) async throws(StoreError) in
                try await directory.reserve(hash, version, shard: shard, fewest: fewest, limit: appendTimeout)
            }
            var opening = ShardNode.Opening(
                node: options.node, identity: identity, secret: options.secret, folder: path, store: shardOptions)
            opening.limits.append = appendTimeout
            opening.didAppend = { notifier.note($0) }
            do throws(OpenError) {
                nodes[shard] = try ShardNode(shard: shard, server: ShardServer(home), opening: opening)
            } catch {
                throw error.storageError ?? .shard(.otherShard(path: path, error.description))
            }
        }
        guard let catalogue = nodes.removeValue(forKey: identity.catalogueShard) else {
            preconditionFailure("every node holds the catalogue")
        }
        self.nodes = nodes
        catalogueNode = catalogue
        state = Mutex(State(pools: [options.server: home]))
        follow(server: options.server)
    }

    /// Returns when every copy has had everything once, or it cannot be told.
    private func awaitFirstRound() async {
        let deadline = ContinuousClock.now + options.openingTimeout
        while ContinuousClock.now < deadline {
            if allNodes.allSatisfy({ $0.completeAt != nil }) { return }
            if state.withLock({ $0.followers.values.contains { $0.failure != nil } }) { return }
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
        }
    }

    deinit {
        for follower in state.withLock({ Array($0.followers.values) }) { follower.stop() }
    }

    /// Refuses new appends, waits for those that were accepted, and makes every copy quick to open again.
    public func close() async {
        let followers = state.withLock { state in
            state.isClosed = true
            return Array(state.followers.values)
        }
        for follower in followers { follower.stop() }
        for node in nodes.values { await node.close() }
        await catalogueNode.close()
    }

    // MARK: Shards

    /// How many shards users are spread over.
    public var shardCount: Int { identity.shardCount }

    /// The shard that a user is in: the first bytes of SHA-256("pstore.shard" ‖ user), modulo the number of shards. The same
    /// for ever, on every node.
    public func shard(of user: String) -> Int { Self.shard(of: user, among: identity.shardCount) }

    /// The shard that a user is in where there are so many.
    public static func shard(of user: String, among shardCount: Int) -> Int {
        let digest = SHA256Digest(hashing: Array("pstore.shard".utf8), Array(user.utf8))
        // With 256 shards this is the first byte.
        let number = shardCount <= 256 ? digest.words.0 >> 56 : digest.words.0 >> 48
        return Int(number % UInt64(shardCount))
    }

    /// The node's copy of the shard that a user is in, for everything that reads: it is a store like any other. An undo of a
    /// fork replaces it, so ask for it anew each time, and append by the methods of the cluster, which see to it that the
    /// shard has what an event names.
    public func store(of user: String) throws(StoreError) -> Store { try node(of: user).store }

    /// The node's copy of a shard.
    public func store(ofShard shard: Int) throws(StoreError) -> Store { try node(shard).store }

    /// The node's copy of the catalogue: spaces, images, models, aliases, and the versions that were revoked or taken down.
    public var catalogue: Store { catalogueNode.store }

    func node(of user: String) throws(StoreError) -> ShardNode { try node(shard(of: user)) }

    func node(_ shard: Int) throws(StoreError) -> ShardNode {
        if shard == identity.catalogueShard { return catalogueNode }
        guard let node = nodes[shard] else { throw .storage(.shard(.notHere(shard: shard))) }
        return node
    }

    var allNodes: [ShardNode] { [catalogueNode] + nodes.values.sorted { $0.shard < $1.shard } }

    /// Waits until the node's copy of a user's shard has a position that another node returned, so that what was written
    /// there can be read here.
    ///
    /// Throws ``ShardFault/unavailable(shard:_:)`` when it has not after `limit`.
    public func waitForPosition(_ position: Position, of user: String, atMost limit: Duration) async throws(StoreError)
    {
        try await waitForPosition(position, ofShard: shard(of: user), atMost: limit)
    }

    /// The same for a shard by its number.
    public func waitForPosition(
        _ position: Position, ofShard shard: Int, atMost limit: Duration
    ) async throws(StoreError) {
        let node = try node(shard)
        let deadline = ContinuousClock.now + limit
        while true {
            if let head = try node.store.head(), head.position >= position { return }
            guard ContinuousClock.now < deadline else {
                throw .storage(.shard(.unavailable(shard: shard, "position \(position) has not come here yet")))
            }
            await node.follow()
            if let head = try node.store.head(), head.position >= position { return }
            do { try await Task.sleep(for: .milliseconds(10)) } catch { throw .cancelled }
        }
    }

    // MARK: Servers

    /// The pool of connections to a server, made when it is first needed, with a follower of its own.
    func pool(of server: String) -> ConnectionPool {
        let (pool, isNew) = state.withLock { state in
            if let pool = state.pools[server] { return (pool, false) }
            let pool = ConnectionPool(server: server, checks: checks, size: options.connectionCount)
            state.pools[server] = pool
            return (pool, true)
        }
        if isNew { follow(server: server) }
        return pool
    }

    private func follow(server: String) {
        let take: @Sendable ([Int: String]) -> Void = { [weak self] places in self?.take(places) }
        let nodes: @Sendable () -> [ShardNode] = { [weak self] in
            guard let self else { return [] }
            return self.allNodes.filter { $0.server.pool.server == server }
        }
        let follower = ShardFollower(
            server: server, node: options.node, checks: checks, pollInterval: options.pollInterval,
            didReadPlaces: server == options.server ? take : nil, nodes: nodes)
        let begins = state.withLock { state in
            if state.isClosed { return false }
            state.followers[server] = follower
            return true
        }
        if begins { follower.start() }
    }

    /// Notes where shards are now: shards that nothing is said of are at home.
    func take(_ places: [Int: String]) {
        for node in allNodes {
            let server = places[node.shard] ?? options.server
            if node.server.pool.server != server { node.moved(to: pool(of: server)) }
        }
    }
}
