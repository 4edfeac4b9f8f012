import PersonalizationStore
import TestSupport
import Testing

/// What is said of a version holds wherever the version is met: two records can hold it, an import and a later mint.
@Suite struct RevokedEverywhereTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let owner = ProfileName(user: "eve", space: "v6")
    private let code: Code
    private let hash: String

    /// A version that was imported, was pinned by ben, and then was minted by its owner.
    init() async throws {
        folder = try TemporaryFolder()
        let secret = try #require(StoreSecret(bytes: [UInt8](repeating: 3, count: 32)))
        let source = try Store.create(at: folder.file("source"), secret: secret)
        store = try Store.create(at: folder.file("store"), secret: secret)
        for store in [source, store] { try await SyntheticSpace("v6").define(in: store, isDefault: true) }
        let version = try await Self.mint(owner, in: source)
        code = version.code
        hash = version.hash.description
        _ = try await store.importBundle(try source.exportBundle(of: code))
    }

    private static func mint(_ profile: ProfileName, in store: Store) async throws -> Version {
        _ = try await store.append(
            (0..<6).map { .rank(profile, winner: "v6/\($0 * 2)", loser: "v6/\($0 * 2 + 1)") })
        return try await store.currentVersion(of: profile)
    }

    private func pin() async throws {
        let settings = Settings(personalizesAlways: false, profile: "default", pinned: [WeightedCode(code)])
        try await store.setSettings(of: "ben", in: "v6", to: settings)
    }

    /// Whether the version is refused in every way to name it.
    private func isRefusedEverywhere() async throws -> Bool {
        let other = try await Self.mint(ProfileName(user: "dan", space: "v6"), in: store).code
        var answers: Set<Bool> = []
        for (prompt, user) in [
            ("x --p \(code)", "cy"), ("x --p \(hash)", "cy"), ("x --p", "ben"), ("x --p", "eve"),
            ("x --p \(code)::2 \(other)", "cy"), ("x --p \(other) \(hash)", "cy"),
        ] {
            do throws(StoreError) {
                _ = try await store.resolve(prompt, user: user)
                answers.insert(false)
            } catch {
                guard case .fault(.revoked) = error else { throw error }
                answers.insert(true)
            }
        }
        do throws(StoreError) {
            _ = try store.score(["v6/1"], by: [WeightedCode(code)])
            answers.insert(false)
        } catch {
            guard case .fault(.revoked) = error else { throw error }
            answers.insert(true)
        }
        #expect(answers.count == 1, "some ways to the version are refused and others are not")
        return answers.contains(true)
    }

    @Test func `a revoked version is refused through a pin of its import`() async throws {
        try await pin()
        #expect(try await Self.mint(owner, in: store).code == code)
        #expect(try await !isRefusedEverywhere())
        try await store.label(code, of: owner, "mine")
        try await store.revoke(code, of: owner)
        #expect(try await isRefusedEverywhere())
        try await store.restore(code, of: owner)
        #expect(try await !isRefusedEverywhere())
        #expect(try store.version(code).label == "mine")
        #expect(try store.verify().findings == [])
    }

    @Test func `a version that an operator took down stays so when its owner mints it`() async throws {
        try await pin()
        try await store.takeDown(code)
        #expect(try await Self.mint(owner, in: store).code == code)
        #expect(try await isRefusedEverywhere())
        try await store.restore(code, of: owner)
        #expect(try await isRefusedEverywhere(), "an owner cannot undo what an operator did")
        try await store.putBack(code)
        #expect(try await !isRefusedEverywhere())
        try await store.revoke(code, of: owner)
        try await store.putBack(code)
        #expect(try await isRefusedEverywhere(), "an operator cannot undo what an owner did")
    }

    @Test func `a version that was minted here has no import to take down`() async throws {
        let minted = try await Self.mint(ProfileName(user: "dan", space: "v6"), in: store)
        do throws(StoreError) {
            try await store.takeDown(minted.code)
            Issue.record("an owner's version was taken down")
        } catch {
            guard case .fault(.notImported(minted.code)) = error else { throw error }
        }
    }

    @Test func `what an operator did is exported and imported`() async throws {
        try await store.takeDown(code)
        let lines = try store.events(limit: .max).map { Array($0.interchangeJSON.utf8) }
        let copy = try Store.create(at: folder.file("copy"), secret: store.secret)
        var importer = Importer(into: copy)
        for line in lines { try await importer.add(line) }
        try await importer.finish()
        #expect(try copy.version(code).isRevoked)
        #expect(try copy.events(limit: .max).map(\.content) == (try store.events(limit: .max).map(\.content)))
    }
}
