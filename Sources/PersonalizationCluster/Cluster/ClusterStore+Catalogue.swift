internal import ByteCoding
public import CodeRegistry
internal import EventLog
public import PersonalizationStore
internal import Synchronization

/// The catalogue: what concerns all users, appended to the one log that every node follows, and copied into a user's shard
/// when it is first used there.
extension ClusterStore {
    /// Defines a space from its catalogue of images; see ``Store/defineSpace(_:models:defaultModel:images:threshold:)``.
    @discardableResult
    public func defineSpace(
        _ name: String, models: [String] = [], defaultModel: String? = nil, images: [NewImage], threshold: Int = 40
    ) async throws(StoreError) -> (space: SpaceSummary, newImageCount: Int) {
        try await write(to: catalogueNode) { (store) async throws(StoreError) in
            try await store.defineSpace(
                name, models: models, defaultModel: defaultModel, images: images, threshold: threshold)
        }
    }

    /// Lets a space serve a generator model; see ``Store/assignModel(_:to:isDefault:)``. A user's shard learns of it at the
    /// user's next request on a node that has heard of it.
    @discardableResult
    public func assignModel(
        _ model: String, to space: String, isDefault: Bool = false
    ) async throws(StoreError) -> Receipt? {
        try await write(to: catalogueNode) { (store) async throws(StoreError) in
            try await store.assignModel(model, to: space, isDefault: isDefault)
        }
    }

    /// Every space of the cluster, in the order of definition.
    public func spaces() throws(StoreError) -> [SpaceSummary] { try catalogue.spaces() }

    /// Makes a code of another service mean a version in prompts of the version's space; see ``Store/alias(_:to:)``.
    @discardableResult
    public func alias(_ alias: String, to code: Code) async throws(StoreError) -> Receipt {
        let version = try await version(code)
        return try await write(to: catalogueNode) { (store) async throws(StoreError) in
            let known = try await store.adoptVersion(version.bytes)
            return try await store.alias(alias, to: Code(hash: known.hash))
        }
    }

    /// Makes an alias mean nothing any more; see ``Store/removeAlias(_:in:)``.
    @discardableResult
    public func removeAlias(_ alias: String, in space: String) async throws(StoreError) -> Receipt {
        try await write(to: catalogueNode) { (store) async throws(StoreError) in
            try await store.removeAlias(alias, in: space)
        }
    }

    /// Makes a version unusable in prompts, for everybody and in every shard, as an operator decides. Other nodes follow
    /// within their lag; a node that hears nothing of the catalogue refuses codes of other shards
    /// (``ClusterStore/Options/staleCatalogueLimit``).
    @discardableResult
    public func takeDown(_ code: Code) async throws(StoreError) -> Receipt {
        try await publish(isTakenDown: true, try await version(code).bytes)
    }

    /// Makes a version that was taken down usable again, unless its owner has revoked it.
    @discardableResult
    public func putBack(_ code: Code) async throws(StoreError) -> Receipt {
        try await publish(isTakenDown: false, try await version(code).bytes)
    }

    /// Adds a bundle's version to the space that it belongs to, for all shards; see ``Store/importBundle(_:)``.
    public func importBundle(_ bundle: [UInt8]) async throws(StoreError) -> Version {
        try await write(to: catalogueNode) { (store) async throws(StoreError) in try await store.importBundle(bundle) }
    }

    /// Says in the catalogue whether a version may be used.
    func publish(isTakenDown: Bool, _ version: [UInt8]) async throws(StoreError) -> Receipt {
        try await write(to: catalogueNode) { (store) async throws(StoreError) in
            let known = try await store.adoptVersion(version)
            let code = Code(hash: known.hash)
            return isTakenDown ? try await store.takeDown(code) : try await store.putBack(code)
        }
    }

    /// Whether the catalogue says that a version may not be used.
    func isTakenDown(_ hash: SHA256Digest) throws(StoreError) -> Bool {
        let catalogue = catalogue
        let head = try catalogue.head()?.position.number ?? 0
        let known = state.withLock { state in
            if state.takenDown.head != head { state.takenDown = (head, [:]) }
            return state.takenDown.verdicts[hash]
        }
        if let known { return known }
        let verdict = try catalogue.version(hash: hash)?.isRevoked ?? false
        state.withLock { state in
            if state.takenDown.head == head {
                if state.takenDown.verdicts.count > 1 << 16 { state.takenDown.verdicts.removeAll() }
                state.takenDown.verdicts[hash] = verdict
            }
        }
        return verdict
    }

    /// Refuses where nothing was heard of the catalogue for too long.
    func requireFreshCatalogue() throws(StoreError) {
        let age = catalogueNode.completeAt.map { ContinuousClock.now - $0 }
        if let age, age <= options.staleCatalogueLimit { return }
        let milliseconds = age.map { Int($0 / .milliseconds(1)) } ?? Int(options.staleCatalogueLimit / .milliseconds(1))
        throw .storage(.shard(.staleCatalogue(milliseconds: milliseconds)))
    }
}

// MARK: Copying

extension ClusterStore {
    /// Gives a shard what it lacks of some names; images are returned, for the append that names them.
    ///
    /// What this node's catalogue does not have either is asked for once, since another node may just have appended it.
    func copy(_ names: CatalogueNames, to node: ShardNode) async throws(StoreError) -> [NewEvent] {
        var lacking = try node.store.lacking(names)
        if lacking.isEmpty { return [] }
        if try !catalogue.lacking(lacking).isEmpty { try? await catalogueNode.complete() }
        if !lacking.spaces.isEmpty {
            try await syncSpaces(of: node, adding: lacking.spaces)
            lacking = try node.store.lacking(names)
        }
        // Only of an image that somebody of the shard has made does it matter who that is: own likes count for nothing.
        let (count, shard) = (identity.shardCount, node.shard)
        return try catalogue.imageCopies(of: lacking) { Self.shard(of: $0, among: count) == shard }
    }

    /// Defines in a shard, as the catalogue has them, the spaces that it has, those that are to be added, and those that serve
    /// a model of it now.
    func syncSpaces(of node: ShardNode, adding wanted: Set<String> = []) async throws(StoreError) {
        let head = try catalogue.head()?.position.number ?? 0
        let copies = try catalogue.spaceCopies(of: Set(try catalogue.spaces().map(\.name)))
        let own = try node.store.spaceCopies(of: Set(try node.store.spaces().map(\.name)))
        let (ownNames, ownModels) = (Set(own.map(\.definition.name)), Set(own.flatMap(\.models)))
        let hasDefault = own.contains { $0.defaultModel != nil }
        for copy in copies {
            let isConcerned =
                ownNames.contains(copy.definition.name) || wanted.contains(copy.definition.name)
                || !ownModels.isDisjoint(with: copy.models) || (hasDefault && copy.defaultModel != nil)
            guard isConcerned else { continue }
            try await write(to: node) { (store) async throws(StoreError) in try await store.adopt(copy) }
        }
        state.withLock { $0.synced[node.shard] = head }
    }

    /// Compares a shard's spaces with the catalogue's when the catalogue has moved since that was last done.
    func syncSpacesIfMoved(of node: ShardNode) async throws(StoreError) {
        let head = try catalogue.head()?.position.number ?? 0
        if state.withLock({ $0.synced[node.shard] }) == head { return }
        do throws(StoreError) { try await syncSpaces(of: node) } catch {
            // A shard that takes no events now answers by what it has.
            guard case .storage(.shard) = error else { throw error }
        }
    }
}

// MARK: Writing

extension ClusterStore {
    /// Runs `body` with a shard's store, again after what can be mended: a fork that is undone, and a move.
    func write<Result: Sendable>(
        to node: ShardNode, _ body: (Store) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        var attempts = 0
        while true {
            let store = node.store
            do throws(StoreError) { return try await body(store) } catch {
                guard case .storage(let failure) = error, attempts < Self.largestAttemptCount else { throw error }
                switch failure {
                case .shard(.forked): await node.recover(from: failure)
                case .shard(.sealed): await readPlaces()
                // The instance is being replaced by an undo.
                case .closed where !state.withLock({ $0.isClosed }):
                    if attempts == Self.largestAttemptCount - 1 {
                        let detail = "its copy here is being brought back to what the database has"
                        throw .storage(.shard(.unavailable(shard: node.shard, detail)))
                    }
                default: throw error
                }
            }
            attempts += 1
            if attempts > 1 { do { try await Task.sleep(for: .milliseconds(50)) } catch { throw .cancelled } }
        }
    }

    private static var largestAttemptCount: Int { 20 }

    /// Asks where shards are now.
    func readPlaces() async {
        let home = home
        let deadline = ContinuousClock.now + .seconds(2)
        let places = try? await onThread { () throws(DatabaseError) in
            try home.run(until: deadline) { (session) throws(DatabaseError) in
                let rows = try session.run(Statement("select shard, server from pstore.place"), until: deadline)
                var places: [Int: String] = [:]
                for row in 0..<rows.rowCount { places[Int(rows.integer(row, 0))] = rows.text(row, 1) }
                return places
            }
        }
        if let places { take(places) }
    }
}
