internal import EventLog
public import PersonalizationStore

extension ClusterStore {
    /// Makes readable here everything that is durable now in every shard that the node holds.
    ///
    /// Throws ``ShardFault/unavailable(shard:_:)`` when a server cannot be reached, and when it takes longer than `limit`.
    public func catchUp(atMost limit: Duration) async throws(StoreError) {
        let deadline = ContinuousClock.now + limit
        for node in allNodes {
            guard ContinuousClock.now < deadline else {
                throw .storage(.shard(.unavailable(shard: node.shard, "it took too long to fetch everything")))
            }
            try await StoreError.storing { () async throws(StorageError) in try await node.complete() }
        }
    }

    /// How many events the node's copies have together.
    public func eventCount() throws(StoreError) -> UInt64 {
        var count: UInt64 = 0
        for node in allNodes { count += try node.store.head()?.position.number ?? 0 }
        return count
    }

    /// How many forks this node has met since it was opened, each of which was undone.
    public var forkCount: Int { allNodes.reduce(0) { $0 + $1.forkCount } }

    /// How long ago the node's copy of the catalogue was known to have everything; nil before the first time.
    public var catalogueAge: Duration? { catalogueNode.completeAt.map { ContinuousClock.now - $0 } }
}
