import PersonalizationStore
import SeededRandom
import TestSupport
import Testing

/// Which pairs to ask next: new ones, of the right images, the same for the same state and seed.
@Suite struct PairsTests {
    private let ada = ProfileName(user: "ada", space: "v6")

    private static func images(_ count: Int, prefix: String = "i", seed: UInt64 = 3) throws -> [NewImage] {
        var random = SeededGenerator(seed: seed)
        return try (0..<count).map {
            NewImage(
                id: "\(prefix)/\($0)",
                embedding: try Embedding(
                    canonicalizing: (0..<12).map { _ in Double.random(in: -1...1, using: &random) }))
        }
    }

    @Test func `every pair is asked once, whatever is answered, and then none is left`() async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"), options: .small)
        try await store.defineSpace("v6", images: try Self.images(9))
        var asked: Set<Set<String>> = []
        var random = SeededGenerator(seed: 8)
        while true {
            let pairs = try store.pairs(for: ada, count: 3, seed: random.next())
            for pair in pairs {
                #expect(pair.first != pair.second)
                #expect(asked.insert([pair.first, pair.second]).inserted, "\(pair) was asked before")
                switch random.below(4) {
                case 0: _ = try await store.append(.skip(ada, shown: [pair.first, pair.second]))
                case 1:
                    _ = try await store.append(.pick(ada, chosen: [pair.second], shown: [pair.first, pair.second]))
                case 2:
                    let receipt = try await store.append(.rank(ada, winner: pair.first, loser: pair.second))
                    try await store.retract(receipt.position, of: ada)
                default: _ = try await store.append(.rank(ada, winner: pair.second, loser: pair.first))
                }
            }
            if random.below(5) == 0, try store.streamHead(of: ada) != nil { try await store.reset(ada) }
            if pairs.isEmpty { break }
        }
        #expect(asked.count == 36)
        await store.close()
    }

    @Test func `the same state and seed give the same pairs in every process`() async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"), options: .small)
        try await store.defineSpace("v6", images: try Self.images(300))
        // Another space's images stand between those of this one: they are drawn past.
        try await store.defineSpace("niji", images: try Self.images(300, prefix: "other", seed: 4))
        _ = try await store.append(
            try Self.images(300, prefix: "late", seed: 5).map { NewEvent(.image(space: "v6", $0)) })
        let other = try Store.open(at: folder.file("store"), options: .small)
        var before: [ImagePair] = []
        for round in 0..<4 {
            let pairs = try store.pairs(for: ada, count: 8, seed: 42)
            #expect(pairs.count == 8 && Set(pairs).count == 8)
            #expect(pairs.allSatisfy { !$0.first.hasPrefix("other") && !$0.second.hasPrefix("other") })
            #expect(try other.pairs(for: ada, count: 8, seed: 42) == pairs)
            #expect(try store.pairs(for: ada, count: 8, seed: 43) != pairs)
            #expect(pairs != before, "an answer changes the state, in round \(round)")
            before = pairs
            _ = try await store.append(.rank(ada, winner: pairs[0].first, loser: pairs[0].second))
        }
        await other.close()
        await store.close()
    }

    @Test func `only the images that are named are asked about`() async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"), options: .small)
        try await store.defineSpace("v6", images: try Self.images(40))
        let named = ["i/3", "i/7", "i/9"]
        let pairs = try store.pairs(for: ada, count: 64, from: named + ["i/3"])
        #expect(Set(pairs.map { Set([$0.first, $0.second]) }) == [["i/3", "i/7"], ["i/3", "i/9"], ["i/7", "i/9"]])
        #expect(try store.pairs(for: ada, from: ["i/3"]).isEmpty)
        func fault(_ body: () throws -> Void) -> CodeFault? {
            do { try body() } catch StoreError.fault(let fault) { return fault } catch {}
            return nil
        }
        #expect(fault { _ = try store.pairs(for: ada, from: ["x"]) } == .unknownImage(space: "v6", id: "x"))
        #expect(fault { _ = try store.pairs(for: ada, count: 0) } == .pairCount(0))
        #expect(fault { _ = try store.pairs(for: ada, count: 65) } == .pairCount(65))
        let nowhere = ProfileName(user: "ada", space: "nowhere")
        #expect(fault { _ = try store.pairs(for: nowhere) } == .unknownSpace("nowhere"))
        await store.close()
    }

    @Test func `a catalogue far between other events is asked about too`() async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"), options: .small)
        try await store.defineSpace("v6", images: try Self.images(250))
        let events = (0..<6000).map { NewEvent.like(ada, image: "i/\($0 % 250)") }
        _ = try await store.append(events)
        _ = try await store.append(NewEvent(.image(space: "v6", try Self.images(1, prefix: "last")[0])))
        #expect(try store.pairs(for: ada, count: 4, seed: 1).count == 4)
        await store.close()
    }
}
