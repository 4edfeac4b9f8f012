internal import EventLog
public import PersonalizationStore

extension ClusterStore {
    /// Appends events of users of one shard, all of them or none, and returns their receipts in order when they are durable
    /// on the primary and a synchronous standby, and readable here.
    ///
    /// Positions are those of the users' shard. Images go to the catalogue, and not together with users' events. Spaces and
    /// images that the shard does not have yet are copied into it from the catalogue in the same group.
    ///
    /// Give events an id (``NewEvent/eventID``) when an append may be retried: after ``ShardFault/outcomeUnknown(shard:_:)``
    /// a retry writes them once, through whichever node.
    ///
    /// - Parameters:
    ///   - events: What happened, in order.
    ///   - expectation: What must hold of the shard's log, or of a profile's stream in it.
    public func append(
        _ events: [NewEvent], expecting expectation: AppendCondition? = nil
    ) async throws(StoreError) -> [Receipt] {
        let node = try node(of: events)
        do throws(StoreError) {
            return try await write(to: node) { (store) async throws(StoreError) in
                try await store.append(events, expecting: expectation)
            }
        } catch {
            guard error.isAboutCatalogue, node.shard != identity.catalogueShard else { throw error }
            let images = try await copy(CatalogueNames(in: events), to: node)
            return try await write(to: node) { (store) async throws(StoreError) in
                let receipts = try await store.append(images + events, expecting: expectation)
                return Array(receipts.dropFirst(images.count))
            }
        }
    }

    /// Appends one event; see ``append(_:expecting:)``.
    public func append(_ event: NewEvent) async throws(StoreError) -> Receipt { try await append([event])[0] }

    /// The shard that events go to.
    private func node(of events: [NewEvent]) throws(StoreError) -> ShardNode {
        var shards: Set<Int> = []
        for event in events { shards.insert(event.profile.map { shard(of: $0.user) } ?? identity.catalogueShard) }
        guard shards.count <= 1 else {
            throw .storage(
                .shard(
                    .acrossShards(
                        "the events are of users in different shards, or images beside users' events, and no append spans "
                            + "shards; append those of each user alone")))
        }
        return try node(shards.first ?? identity.catalogueShard)
    }

    /// Runs `body` with a user's shard, once more when the shard has been given what it lacked.
    func withShard<Result: Sendable>(
        of user: String, naming names: CatalogueNames, _ body: (Store) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        let node = try node(of: user)
        do throws(StoreError) { return try await write(to: node, body) } catch {
            guard error.isAboutCatalogue else { throw error }
        }
        let images = try await copy(names, to: node)
        if !images.isEmpty {
            _ = try await write(to: node) { (store) async throws(StoreError) in try await store.append(images) }
        }
        return try await write(to: node, body)
    }
}

extension StoreError {
    /// Whether something is not known that the catalogue may have.
    var isAboutCatalogue: Bool {
        switch self {
        case .event(_, .unknownSpace), .event(_, .unknownImage), .fault(.unknownSpace), .fault(.unknownImage),
            .fault(.unsupportedModel), .fault(.noDefaultModel):
            true
        default: false
        }
    }
}
