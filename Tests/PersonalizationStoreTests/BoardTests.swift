import ByteCoding
import PersonalizationStore
import TestSupport
import Testing

/// Mood boards.
@Suite struct BoardTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let space: SyntheticSpace
    private let board = ProfileName(user: "ada", space: "v6", profile: "harbours")

    init() async throws {
        folder = try TemporaryFolder()
        store = try Store.create(at: folder.file("store"), options: .small)
        space = try SyntheticSpace("v6", threshold: 40)
        try await space.define(in: store, isDefault: true)
    }

    /// Images that fold to something, by ada or not.
    private func images(by author: String?) -> [String] {
        space.images.filter { $0.author == author && $0.embedding.components.contains { $0 != 0 } }.map(\.id)
    }

    @Test func `one image is enough, and who made it does not matter`() async throws {
        let own = try #require(images(by: "ada").first)
        try await store.createBoard(board, images: [own])
        let version = try await store.currentVersion(of: board)
        #expect(version.likes == 1 && version.rankings == 0 && version.taste.comparisonCount == 1)
        #expect(version.taste.foldID == DL1.id)
        #expect(try store.progress(of: board).isReady)
        // The same like in a profile of another kind does not count.
        let profile = ProfileName(user: "ada", space: "v6")
        _ = try await store.append(.like(profile, image: own))
        #expect(try store.progress(of: profile).have == 0)
        let reference = store.reference(of: board)
        #expect(try await store.resolve("a cat --p \(reference)", user: "ada").prompt == "a cat --p \(version.code)")
        #expect(try await store.resolve("a cat --p \(version.code)", user: "ben").prompt == "a cat --p \(version.code)")
    }

    @Test func `folds the likes as DL1 does`() async throws {
        let ids = images(by: nil)
        try await store.createBoard(board, images: Array(ids[0..<3]))
        let found = try await store.currentVersion(of: board).taste
        let differences = space.images.filter { ids[0..<3].contains($0.id) }
            .sorted { SHA256($0.id) < SHA256($1.id) }
            .map { image in zip(image.embedding.components, space.descriptor.mean).map { Int($0) - Int($1) } }
        let expected = ReferenceFold.fold(differences, in: space.descriptor)
        #expect(found.direction == expected.direction && Int(found.gain) == Int(expected.gain))
        #expect(Int(found.confidence) == Int(expected.confidence) && Int(found.comparisonCount) == 3)
    }

    @Test func `taking an image off again gives back the former code`() async throws {
        let ids = images(by: nil)
        try await store.createBoard(board, images: [ids[0], ids[1]])
        let first = try await store.currentVersion(of: board).code
        try await store.put([ids[2], ids[0]], on: board)
        #expect(try store.images(on: board).sorted() == [ids[0], ids[1], ids[2]].sorted())
        let second = try await store.currentVersion(of: board).code
        #expect(second != first)
        try await store.take([ids[2]], off: board)
        #expect(try await store.currentVersion(of: board).code == first)
        #expect(try store.codes(of: board).map(\.isRecall) == [true, false, false])
        try await store.put([ids[0]], on: board)
        #expect(try await store.currentVersion(of: board).code == first, "an image is on a board once")
        try await store.take([ids[2], ids[0], ids[1]], off: board)
        #expect(try store.images(on: board) == [])
        await #expect(throws: StoreError.self) { try await store.currentVersion(of: board) }
        #expect(try store.verify().isClean)
        #expect(try await store.audit().isClean)
    }

    @Test func `takes images and nothing else, and only boards take them`() async throws {
        let ids = images(by: nil)
        try await store.createBoard(board, images: [ids[0]])
        let head = try store.head()?.position
        func fault(_ body: () async throws -> Void) async -> EventFault? {
            do { try await body() } catch StoreError.event(_, let fault) {
                return fault
            } catch {}
            return nil
        }
        let other = ProfileName(user: "ada", space: "v6")
        let refused: [(EventFault, () async throws -> Void)] = [
            (.boardTakesImages(board), { _ = try await store.append(.rank(board, winner: ids[0], loser: ids[1])) }),
            (
                .boardTakesImages(board),
                { _ = try await store.append(.pick(board, chosen: [ids[0]], shown: [ids[0], ids[1]])) }
            ),
            (.boardTakesImages(board), { _ = try await store.append(.skip(board, shown: [ids[0], ids[1]])) }),
            (.unknownProfile(other), { try await store.put([ids[0]], on: other) }),
            (.unknownImage(space: "v6", id: "nothing"), { try await store.put([ids[1], "nothing"], on: board) }),
            (
                .unknownImage(space: "v6", id: "nothing"),
                { try await store.createBoard(other, images: [ids[1], "nothing"]) }
            ),
            (.profileExists(board), { try await store.createBoard(board, images: [ids[1]]) }),
            (.profileExists(board), { try await store.createProfile(board) }),
        ]
        for (expected, body) in refused { #expect(await fault(body) == expected) }
        #expect(try store.head()?.position == head, "nothing of it is written")
        _ = try await store.append(.like(other, image: ids[0]))
        #expect(await fault { try await store.put([ids[1]], on: other) } == .notBoard(other))
        #expect(throws: StoreError.self) { try store.images(on: other) }
        #expect(throws: StoreError.self) { try store.pairs(for: board) }
        try await store.archiveProfile(board)
        #expect(await fault { try await store.put([ids[1]], on: board) } == .archivedProfile(board))
        try await store.restoreProfile(board)
        _ = try await store.append([.like(board, image: ids[1]), .unlike(board, image: ids[0])])
        #expect(try store.images(on: board) == [ids[1]], "a like of a board puts an image on it")
    }

    @Test func `is no part of a house and starts from none`() async throws {
        let people = try SyntheticSpace("people", imageCount: 60, threshold: 5)
        try await people.define(in: store)
        let ids = people.images.filter { $0.embedding.components.contains { $0 != 0 } }.map(\.id)
        let events = (0..<20).flatMap { person in
            (1...20).map { index in
                NewEvent.rank(
                    ProfileName(user: "p\(person)", space: "people"), winner: ids[person],
                    loser: ids[(person + index) % ids.count])
            }
        }
        _ = try await store.append(events)
        let without = try await store.mintHouse(of: "people")
        let mine = ProfileName(user: "eve", space: "people", profile: "board")
        try await store.createBoard(mine, images: Array(ids.prefix(30)))
        let before = try await store.currentVersion(of: mine).code
        let with = try await store.mintHouse(of: "people")
        #expect(with.version.code == without.version.code && with.contributorCount == 20)
        try await store.pinHouse(with.version.code, of: "people", threshold: 3)
        _ = try await store.put([ids[40]], on: mine)
        _ = try await store.take([ids[40]], off: mine)
        #expect(try await store.currentVersion(of: mine).code == before)
        #expect(try await store.audit().isClean)
    }

    @Test func `is told by as-of, explained, refolded, and comes out of an audit`() async throws {
        let ids = images(by: "ada") + images(by: nil)
        try await store.createBoard(board, images: [ids[0], ids[1]], label: "Harbours")
        let first = try await store.currentVersion(of: board)
        try await store.put([ids[2]], on: board)
        _ = try await store.currentVersion(of: board)
        #expect(try store.taste(of: board, asOf: .revision(4)).code == first.code)
        #expect(try store.explain(first.code).choices.count == 2)
        #expect(try store.stability(of: first) == nil)
        let next = try SyntheticSpace("v7", idPrefix: "v6", seed: 3)
        try await next.define(in: store)
        #expect(try store.taste(of: board, in: "v7").likes == 3)
        #expect(try await store.audit().mintCount == 2)
        #expect(try store.profile(board)?.label == "Harbours" && store.profile(board)?.isBoard == true)
        let listed = try store.profiles(of: "ada").map(\.name)
        #expect(listed == [board])
    }
}

/// What the fold sorts likes by: the hash of the image's id and an empty one (docs/fold.md).
private struct SHA256: Comparable {
    private let digest: String

    init(_ id: String) { digest = SHA256Digest(hashing: Array(id.utf8) + [0]).description }

    static func < (left: Self, right: Self) -> Bool { left.digest < right.digest }
}
