import ByteCoding
import EventLog
import LMDB
import PersonalizationStore
import Projections
import SeededRandom
import TestSupport
import Testing
import TransparencyLog

/// The tree over a log of more records than a tile of level 1 has, flushed in small slices: roots and proofs are those that
/// the records themselves give, whoever computes them and from whatever is stored.
@Suite(.serialized) struct TreeTests {
    private let folder: TemporaryFolder
    private let path: String
    private let key: SigningKey
    private let options: Store.Options

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("store")
        key = try SigningKey(name: "example.com/taste", seed: Array(repeating: 7, count: 32))
        var options = Store.Options.small
        options.flushPolicy = .init(generationRecordCount: 9_000, sliceRowCount: 700)
        self.options = options
    }

    private func fill(_ store: Store, _ count: Int, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        for start in stride(from: 0, to: count, by: 1000) {
            let events = (start..<min(count, start + 1000)).map { _ in
                let winner = Int.random(in: 0..<47, using: &generator)
                return NewEvent.rank(
                    ProfileName(user: "user \(Int.random(in: 0..<9, using: &generator))", space: "v6"),
                    winner: "v6/\(winner)", loser: "v6/\(winner + 1)")
            }
            _ = try await store.append(events)
        }
    }

    private func makeStore(eventCount: Int) async throws -> Store {
        let store = try Store.create(at: path, signingKey: key, options: options)
        try await SyntheticSpace("v6").define(in: store)
        try await fill(store, eventCount, seed: 1)
        return store
    }

    /// The roots over the first records, by hashing each record in order.
    private func expectedRoots(_ sizes: [UInt64]) throws -> [UInt64: SHA256Digest] {
        var readOnly = Environment.Options()
        readOnly.readOnly = true
        let environment = try Environment.open(directory: path, options: readOnly)
        let log = LogTable(table: try #require(try environment.findTable(name: LogTable.name, keys: .integer)))
        let transaction = try environment.beginRead()
        var entries = TreeEntries(log: log)
        var frontier = MerkleFrontier()
        var roots: [UInt64: SHA256Digest] = [0: frontier.root]
        try log.scan(.first...Position(UInt64.max), in: transaction) { (record) throws(StorageError) in
            frontier.append(try entries.leaf(of: record, in: transaction))
            if sizes.contains(frontier.leafCount) { roots[frontier.leafCount] = frontier.root }
            return true
        }
        roots[frontier.leafCount] = frontier.root
        return roots
    }

    private func check(_ store: Store, seed: UInt64) throws {
        let size = try #require(try store.head()).position.number
        var generator = SeededGenerator(seed: seed)
        let sizes =
            [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, size].filter { $0 <= size }
            + (0..<6).map { _ in UInt64.random(in: 1...size, using: &generator) }
        let roots = try expectedRoots(sizes)
        for count in sizes {
            let root = try #require(roots[count])
            #expect(try store.treeHead(size: count).root == root, "size \(count), seed \(seed)")
            let earlier = SignedCheckpoint(size: count, root: root, signedBy: key)
            let proof = try store.consistencyProof(from: earlier)
            let read = try ConsistencyProof(parsing: proof.description, verifiedBy: key.verifierKey)
            #expect(read == proof && read.proves(from: earlier), "from \(count), seed \(seed)")
            #expect(read.checkpoint.root == roots[size])
        }
        for _ in 0..<20 {
            let position = Position(UInt64.random(in: 1...size, using: &generator))
            let proof = try store.proof(ofEventAt: position)
            let read = try EventProof(parsing: proof.text, verifiedBy: key.verifierKey)
            #expect(read == proof && read.position == position, "seed \(seed)")
            #expect(read.inclusion.checkpoint.root == roots[size])
        }
        let checkpoint = try store.signedCheckpoint()
        #expect(checkpoint.root == roots[size] && checkpoint.size == size)
    }

    @Test func `roots and proofs are those of the records, flushed, reopened, rebuilt, and for readers`() async throws {
        var store = try await makeStore(eventCount: 66_500)
        try check(store, seed: 1)
        await store.close()
        store = try Store.open(at: path, options: options)
        try check(store, seed: 2)
        let before = try store.signedCheckpoint()
        try store.rebuild()
        try await fill(store, 65_000, seed: 2)
        try check(store, seed: 3)
        let report = try store.verify(since: before)
        #expect(report.isClean, "\(report.findings)")
        await store.close()
        try checkReader(seed: 4)
        try damageTile()
        // Who only reads does without the damaged tile; who writes says what to do.
        try checkReader(seed: 5)
        let damaged = try Store.open(at: path, options: options)
        #expect(throws: ProofError.self) { try damaged.treeHead() }
        #expect(try damaged.verify().findings.contains { $0.contains("tree") })
        await damaged.close()
        try Store.rebuild(at: path, options: options)
        let mended = try Store.open(at: path, options: options)
        try check(mended, seed: 6)
        #expect(try mended.verify(since: before).isClean)
        await mended.close()
    }

    private func checkReader(seed: UInt64) throws { try check(try Store.openReadOnly(at: path), seed: seed) }

    @Test func `an empty store has a tree too`() async throws {
        let store = try Store.create(at: path, signingKey: key, options: options)
        let checkpoint = try store.signedCheckpoint()
        #expect(checkpoint.size == 0 && checkpoint.root == SHA256Digest(hashing: []))
        #expect(throws: ProofError.self) { try store.proof(ofEventAt: .first) }
        #expect(try store.verify(since: checkpoint).isClean)
        await store.close()
    }

    /// Turns a bit of the first stored tile.
    private func damageTile() throws {
        let environment = try Environment.open(directory: path)
        for slot in ["a", "b"] {
            let table = try environment.openTable(name: "tree.1.2.\(slot)", keys: .bytes, create: false)
            var transaction = try environment.beginWrite()
            let key: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0]
            var row: [UInt8]
            if let found = try transaction.get(table, key: key.span.bytes) {
                row = found.withUnsafeBytes { Array($0) }
            } else {
                continue
            }
            row[100] ^= 1
            try transaction.put(table, key: key.span.bytes, value: row.span.bytes)
            try transaction.commit()
        }
    }
}
