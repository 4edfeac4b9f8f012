import ByteCoding
import EventLog
import Foundation
import PersonalizationCluster
import PersonalizationStore
import Projections
import TasteFold
import TestSupport
import Testing

/// A cluster of few shards in a database of its own, and its nodes.
final class TestCluster {
    let database: PairDatabase
    let secret = StoreSecret.random()
    let folder: TemporaryFolder
    let shardCount: Int
    static let space = "v6"
    static let images = 24

    init(shards: Int = 4, database: PairDatabase? = nil) async throws {
        self.database = try database ?? PostgresPair.shared.get().makeDatabase()
        folder = try TemporaryFolder()
        shardCount = shards
        try await ClusterDatabase.initialize(
            self.database.owner, shardCount: shards, secret: secret, grantingTo: "node")
    }

    func options(_ name: String) -> ClusterStore.Options {
        var options = ClusterStore.Options(server: database.node, node: name)
        options.secret = secret
        options.pollInterval = .milliseconds(50)
        options.mapByteCount = 1 << 30
        options.store.flushPolicy = .init(generationRecordCount: 200, sliceRowCount: 20)
        return options
    }

    func node(_ name: String, _ change: (inout ClusterStore.Options) -> Void = { _ in }) async throws -> ClusterStore {
        var options = options(name)
        change(&options)
        return try await ClusterStore.open(at: folder.file(name), options: options)
    }

    static func embeddings() throws -> [NewImage] {
        try (0..<images).map { index in
            let components = (0..<8).map { (axis: Int) -> Double in
                let number = (index * 31 + axis * axis * 17 + index * axis) % 37
                return Double(number) - 18
            }
            return NewImage(id: "image\(index)", embedding: try Embedding(canonicalizing: components))
        }
    }

    static func define(in cluster: ClusterStore) async throws {
        _ = try await cluster.defineSpace(
            space, models: ["6"], defaultModel: "6", images: try embeddings(), threshold: 5)
    }

    static func profile(_ user: String) -> ProfileName { ProfileName(user: user, space: space) }

    /// A user's rankings, each with an id of its own.
    static func rankings(_ user: String, _ range: Range<Int>) -> [NewEvent] {
        range.map { index in
            let winner = (index * 5 + user.utf8.count) % images
            return NewEvent(
                .rank(profile(user), winner: "image\(winner)", loser: "image\((winner + 1 + index % 7) % images)"),
                eventID: id("\(user) \(index)"))
        }
    }

    /// An id that a text names.
    static func id(_ text: String) -> EventID {
        let digest = SHA256Digest(hashing: Array(text.utf8))
        return EventID(high: digest.words.0, low: digest.words.1)
    }

    /// Users of which each shard has one, by shard.
    func users() -> [Int: String] {
        var users: [Int: String] = [:]
        for number in 0..<1000 where users.count < shardCount {
            let user = "user\(number)"
            users[ClusterStore.shard(of: user, among: shardCount)] =
                users[ClusterStore.shard(of: user, among: shardCount)] ?? user
        }
        return users
    }

    /// The bytes of a node's copy: every record of its log.
    static func records(of store: Store) throws -> [[UInt8]] {
        let transaction = try store.shardEnvironment.beginRead()
        var records: [[UInt8]] = []
        guard let head = try store.shardLog.headPosition(in: transaction) else { return [] }
        try store.shardLog.scan(.first...head, in: transaction) { (record) throws(StorageError) in
            records.append(record.bytes.withUnsafeBytes { Array($0) })
            return true
        }
        return records
    }

    /// Waits until every node has what any of them has, and compares all copies.
    static func expectSameCopies(
        _ nodes: ClusterStore..., shards: Int, at location: SourceLocation = #_sourceLocation
    ) async throws {
        for shard in 0...shards {
            let heads = try nodes.compactMap { try $0.store(ofShard: shard).head()?.position }
            guard let last = heads.max() else { continue }
            for node in nodes { try await node.waitForPosition(last, ofShard: shard, atMost: .seconds(10)) }
            let copies = try nodes.map { try records(of: try $0.store(ofShard: shard)) }
            #expect(copies.allSatisfy { $0 == copies[0] }, "shard \(shard)", sourceLocation: location)
        }
    }
}
