internal import ByteCoding
internal import EventLog
internal import LMDB

/// Which shard of which cluster a store is a node's copy of: part of what the store knows of itself.
package struct ShardIdentity: Hashable, Sendable {
    /// The cluster's sixteen random bytes.
    package let cluster: [UInt8]
    /// The shard's number; that of the catalogue is the number of user shards.
    package let shard: Int
    /// How many user shards the cluster has, for ever.
    package let shardCount: Int

    /// The size of a cluster's bytes.
    package static let clusterByteCount = 16

    /// Describes a shard.
    ///
    /// - Precondition: The cluster has 16 bytes, and the shard is one of it.
    package init(cluster: [UInt8], shard: Int, shardCount: Int) {
        precondition(cluster.count == Self.clusterByteCount, "a cluster is named by 16 bytes")
        precondition(
            shardCount > 0 && shardCount <= 1 << 16 && (0...shardCount).contains(shard), "no shard of the cluster")
        self.cluster = cluster
        self.shard = shard
        self.shardCount = shardCount
    }

    /// The bytes under which a store keeps it (docs/format.md, section 1).
    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: Self.clusterByteCount + 8)
        writer.write(bytes: cluster)
        writer.write(UInt32(shard))
        writer.write(UInt32(shardCount))
        return writer.bytes
    }

    /// What such bytes say, or nil.
    init?(bytes: [UInt8]) {
        do throws(ByteCodingError) {
            var reader = ByteReader(bytes.span.bytes)
            let cluster = try reader.readBytes(Self.clusterByteCount).withUnsafeBytes { Array($0) }
            let shard = try reader.read(UInt32.self)
            let count = try reader.read(UInt32.self)
            try reader.finish()
            guard count > 0, count <= 1 << 16, shard <= count else { return nil }
            self.init(cluster: cluster, shard: Int(shard), shardCount: Int(count))
        } catch {
            return nil
        }
    }
}

/// The durability of a copy of a shard that is opened without its cluster, for reading and for upkeep: it takes no event.
final class RefusingDurability: GroupDurability {
    private let fault: ShardFault

    init(path: String, identity: ShardIdentity) { fault = .copyOfShard(path: path, shard: identity.shard) }

    func missing(
        after head: UInt64, for purpose: CompletionPurpose, holding transaction: borrowing WriteTransaction
    ) throws(StorageError) -> [DurableGroup] {
        if case .appending = purpose { throw .shard(fault) }
        return []
    }

    func persist(
        _ group: borrowing RecordGroup, in transaction: inout WriteTransaction
    ) throws(StorageError) -> GroupPersistence {
        throw .shard(fault)
    }

    func rest() {}
}
