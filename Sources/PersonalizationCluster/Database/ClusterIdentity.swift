internal import ByteCoding
internal import EventLog
internal import PersonalizationStore

/// What a server says of the cluster that it belongs to, for ever the same.
struct ClusterIdentity: Hashable, Sendable {
    /// Sixteen random bytes.
    let id: [UInt8]
    /// How many user shards there are; the catalogue's shard has this number.
    let shardCount: Int
    /// HMAC-SHA-256 of the cluster's bytes under the store secret, by which a node with another secret is found.
    let secretCheck: [UInt8]

    /// The number of the shard that all nodes follow.
    var catalogueShard: Int { shardCount }

    /// A new cluster's.
    static func make(shardCount: Int, secret: StoreSecret) -> ClusterIdentity {
        let id = (0..<ShardIdentity.clusterByteCount).map { _ in UInt8.random(in: .min ... .max) }
        return ClusterIdentity(id: id, shardCount: shardCount, secretCheck: check(of: secret, for: id))
    }

    /// Whether a secret is the cluster's.
    func accepts(_ secret: StoreSecret) -> Bool { Self.check(of: secret, for: id) == secretCheck }

    private static func check(of secret: StoreSecret, for id: [UInt8]) -> [UInt8] {
        SHA256Digest(authenticating: Array("pstore.cluster".utf8) + id, key: secret.bytes).bytes
    }

    /// The identity of one of its shards.
    func shard(_ shard: Int) -> ShardIdentity { ShardIdentity(cluster: id, shard: shard, shardCount: shardCount) }

    /// What the server's one row says; nil when there is no cluster. Refuses a schema that is newer than what is known.
    static func read(
        in session: DatabaseSession, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) -> ClusterIdentity? {
        let exists = try session.run(
            Statement("select to_regclass('pstore.cluster') is not null"), until: deadline)
        guard exists.bool(0, 0) else { return nil }
        let row = try session.run(
            Statement("select schema, shards, id, secret_check from pstore.cluster"), until: deadline)
        guard row.rowCount == 1 else { return nil }
        let version = Int(row.integer(0, 0))
        guard version <= ClusterSchema.version else {
            throw DatabaseError(
                .refused,
                "the database has version \(version) of the cluster's tables, newer than \(ClusterSchema.version), which this "
                    + "release knows; use a newer release")
        }
        let (shardCount, id) = (Int(row.integer(0, 1)), row.bytes(0, 2))
        guard (1...1 << 16).contains(shardCount), id.count == ShardIdentity.clusterByteCount else {
            throw DatabaseError(.refused, "the row of pstore.cluster is damaged")
        }
        return ClusterIdentity(id: id, shardCount: shardCount, secretCheck: row.bytes(0, 3))
    }
}
