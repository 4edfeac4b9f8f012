import PersonalizationStore
import SeededRandom
import TestSupport
import Testing

/// Choices of one space in another: what carries over, what drops out, and that it stays what it was.
@Suite struct GenerationTests {
    private let old = ProfileName(user: "ada", space: "old")
    private let new = ProfileName(user: "ada", space: "new")

    /// Two spaces with other embeddings of the same images, of which the newer one lacks some.
    private func withGenerations(_ body: (Store, [String]) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"), options: .small)
        var random = SeededGenerator(seed: 11)
        func images(_ numbers: Range<Int>, dimension: Int) throws -> [NewImage] {
            try numbers.map { number in
                NewImage(
                    id: "i/\(number)",
                    embedding: try Embedding(
                        canonicalizing: (0..<dimension).map { _ in Double.random(in: -1...1, using: &random) }))
            }
        }
        try await store.defineSpace("old", images: try images(0..<30, dimension: 10), threshold: 3)
        try await store.defineSpace("new", images: try images(10..<40, dimension: 14), threshold: 3)
        try await body(store, (0..<40).map { "i/\($0)" })
        await store.close()
    }

    /// Another user's profile in the new space who says these things directly.
    private func direct(_ events: [(ProfileName) -> NewEvent], in store: Store) async throws -> [Int16] {
        let profile = ProfileName(user: "ben", space: "new")
        for event in events { _ = try await store.append(event(profile)) }
        return try now(profile, in: store)
    }

    private func now(_ profile: ProfileName, in store: Store) throws -> [Int16] {
        let version = try #require(try store.streamHead(of: profile)).revision
        return try store.taste(of: profile, asOf: .revision(version)).taste.direction
    }

    @Test func `choices are folded with the other space's embeddings, and what it lacks drops out`() async throws {
        try await withGenerations { store, ids in
            _ = try await store.append([
                .rank(old, winner: ids[12], loser: ids[20]), .rank(old, winner: ids[3], loser: ids[20]),
                .rank(old, winner: ids[20], loser: ids[3]), .like(old, image: ids[1]), .like(old, image: ids[15]),
                .pick(old, chosen: [ids[25]], shown: [ids[11], ids[25], ids[2]]),
            ])
            let taste = try store.taste(of: old, in: "new")
            #expect(taste.rankings == 2 && taste.likes == 1 && taste.dropped == 3)
            let expected = try await direct(
                [
                    { .rank($0, winner: ids[12], loser: ids[20]) }, { .like($0, image: ids[15]) },
                    { .rank($0, winner: ids[25], loser: ids[11]) },
                ], in: store)
            #expect(taste.taste.direction == expected)
            try await store.adopt(old, into: new)
            #expect(try now(new, in: store) == expected && store.progress(of: new).have == 3)
            // The other profile goes its own way from here on.
            _ = try await store.append(.rank(old, winner: ids[20], loser: ids[12]))
            #expect(try now(new, in: store) == expected)
        }
    }

    @Test func `what is said in the profile itself is the last word, before and after`() async throws {
        try await withGenerations { store, ids in
            _ = try await store.append([
                .rank(old, winner: ids[12], loser: ids[20]), .rank(old, winner: ids[13], loser: ids[21]),
                .rank(new, winner: ids[20], loser: ids[12]),
            ])
            try await store.adopt(old, into: new)
            _ = try await store.append(.rank(new, winner: ids[30], loser: ids[31]))
            let version = try await store.currentVersion(of: new)
            let expected = try await direct(
                [
                    { .rank($0, winner: ids[20], loser: ids[12]) }, { .rank($0, winner: ids[13], loser: ids[21]) },
                    { .rank($0, winner: ids[30], loser: ids[31]) },
                ], in: store)
            #expect(version.taste.direction == expected)
            #expect(try store.explain(version.code).choices.count == 3)
            try await store.reset(new)
            #expect(try store.progress(of: new).have == 0, "a reset ends an adoption")
            try await store.revert(new, to: version.code)
            #expect(try await store.currentVersion(of: new).code == version.code)
            #expect(try await store.audit().isClean && store.verify().findings == [])
        }
    }

    /// What is adopted is what counted in the other profile then, even if it came from here and was taken back here since.
    @Test func `what comes back by an adoption counts, though its own stream has taken it back`() async throws {
        try await withGenerations { store, ids in
            let ranked = try await store.append(.rank(new, winner: ids[12], loser: ids[20]))
            try await store.adopt(new, into: old)
            try await store.retract(ranked.position, of: new)
            #expect(try store.progress(of: new).have == 0)
            try await store.adopt(old, into: new)
            #expect(try store.progress(of: new).have == 1)
            #expect(try await store.audit().isClean && store.verify().findings == [])
        }
    }

    @Test func `only a profile of one's own in another space is adopted`() async throws {
        try await withGenerations { store, ids in
            _ = try await store.append(.rank(old, winner: ids[12], loser: ids[20]))
            for target in [
                ProfileName(user: "ben", space: "new"), ProfileName(user: "ada", space: "old", profile: "b"),
            ] {
                let error = await #expect(throws: StoreError.self) {
                    try await store.adopt(old, into: target)
                }
                guard case .event(0, .notAdoptable) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(try store.streamHead(of: target) == nil, "nothing is left of it")
            }
        }
    }

    @Test func `what was asked in a profile that was adopted is not asked again`() async throws {
        try await withGenerations { store, ids in
            _ = try await store.append([
                .rank(old, winner: ids[12], loser: ids[13]), .skip(old, shown: [ids[13], ids[14]]),
                .rank(old, winner: ids[1], loser: ids[12]),
            ])
            let listed = [ids[12], ids[13], ids[14]]
            func pairs() throws -> Set<Set<String>> {
                Set(try store.pairs(for: new, count: 9, from: listed).map { [$0.first, $0.second] })
            }
            #expect(try pairs().count == 3)
            try await store.adopt(old, into: new)
            #expect(try pairs() == [[ids[12], ids[14]]])
            // To and fro, so that each has adopted the other; and what follows the last adoption is not adopted.
            try await store.adopt(new, into: old)
            try await store.adopt(old, into: new)
            _ = try await store.append(.rank(old, winner: ids[12], loser: ids[14]))
            #expect(try pairs() == [[ids[12], ids[14]]])
            try await store.adopt(old, into: new)
            #expect(try pairs() == [])
            try await store.reset(new)
            #expect(try pairs() == [], "what came before a reset was asked all the same")
        }
    }

    @Test func `an export of an adoption imports to the same lines`() async throws {
        try await withGenerations { store, ids in
            _ = try await store.append([
                .rank(old, winner: ids[12], loser: ids[20]), .rank(old, winner: ids[14], loser: ids[21]),
                .like(old, image: ids[28]), .rank(old, winner: ids[1], loser: ids[20]),
            ])
            _ = try await store.currentVersion(of: old)
            try await store.adopt(old, into: new, eventID: EventID(high: 3, low: 4))
            _ = try await store.currentVersion(of: new)
            let lines = try store.events(limit: .max).map(\.interchangeJSON)
            let folder = try TemporaryFolder()
            let other = try Store.create(at: folder.file("other"), secret: store.secret, options: .small)
            var options = ImportOptions()
            options.trustsTimes = true
            var importer = Importer(into: other, options: options)
            for line in lines { try await importer.add(Array(line.utf8)) }
            try await importer.finish()
            #expect(try other.events(limit: .max).map(\.interchangeJSON) == lines)
            await other.close()
        }
    }
}
