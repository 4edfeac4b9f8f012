import PersonalizationStore
import SeededRandom
import TestSupport
import Testing

/// Names are bytes: two spellings that look alike and compare as equal strings are two names, cached or not.
@Suite struct UnicodeNameTests {
    private let folder: TemporaryFolder
    private let path: String
    private let composed = "caf\u{E9}"
    private let decomposed = "cafe\u{301}"

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("store")
    }

    private func makeStore() async throws -> Store {
        let store = try Store.create(at: path)
        try await SyntheticSpace("v6").define(in: store)
        return store
    }

    private func rank(_ user: String, _ profile: String, in store: Store) async throws -> Receipt {
        let name = ProfileName(user: user, space: "v6", profile: profile)
        return try await store.append(.rank(name, winner: "v6/1", loser: "v6/2"))
    }

    @Test func `users and profiles that look alike have streams of their own`() async throws {
        #expect(composed == decomposed)
        var store = try await makeStore()
        for round in 0..<2 {
            for user in [composed, decomposed] {
                for profile in [composed, decomposed] {
                    let receipt = try await rank(user, profile, in: store)
                    #expect(receipt.revision == UInt32(2 + round))
                    let name = ProfileName(user: user, space: "v6", profile: profile)
                    #expect(try store.streamHead(of: name)?.position == receipt.position)
                }
            }
            await store.close()
            store = try Store.open(at: path)
        }
        #expect(try store.statistics().profileCount == 4)
        #expect(try store.verify().findings == [])
    }

    @Test func `images that look alike are two images`() async throws {
        let store = try await makeStore()
        var generator = SeededGenerator(seed: 3)
        var receipts: [Receipt] = []
        for id in [composed, decomposed] {
            let image = NewImage(
                id: id, embedding: try SyntheticSpace.embedding(dimension: 8, using: &generator))
            receipts.append(try await store.append(NewEvent(.image(space: "v6", image))))
        }
        #expect(receipts.map(\.isRepeat) == [false, false])
        let profile = ProfileName(user: "eve", space: "v6")
        let ranking = try await store.append(.rank(profile, winner: composed, loser: decomposed))
        let stored = try #require(try store.events(from: ranking.position).first)
        guard case .rank(_, let winner, let loser) = stored.content else {
            Issue.record("a ranking is stored as one")
            return
        }
        #expect(winner.utf8.elementsEqual(composed.utf8) && loser.utf8.elementsEqual(decomposed.utf8))
        #expect(try store.progress(of: profile).have == 1)
    }

    @Test func `a retry by a user who looks alike is no retry`() async throws {
        let store = try await makeStore()
        var event = NewEvent.like(ProfileName(user: composed, space: "v6"), image: "v6/1")
        event.eventID = .random()
        _ = try await store.append(event)
        event.action = .like(ProfileName(user: decomposed, space: "v6"), image: "v6/1")
        await #expect(throws: StoreError.self) { try await store.append(event) }
    }

    @Test func `codes of users who look alike are different`() async throws {
        let store = try await makeStore()
        var codes: Set<Code> = []
        for user in [composed, decomposed] {
            let profile = ProfileName(user: user, space: "v6")
            _ = try await store.append(
                (0..<6).map { .rank(profile, winner: "v6/\($0 * 2)", loser: "v6/\($0 * 2 + 1)") })
            codes.insert(try await store.currentVersion(of: profile).code)
        }
        #expect(codes.count == 2)
        #expect(try await store.audit().isClean)
    }
}
