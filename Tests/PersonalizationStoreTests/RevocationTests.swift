import PersonalizationStore
import TestSupport
import Testing

/// A revoked code is no answer, whichever way a prompt comes to it.
@Suite struct RevocationTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let profile = ProfileName(user: "eve", space: "v6")

    init() async throws {
        folder = try TemporaryFolder()
        store = try Store.create(at: folder.file("store"))
        try await SyntheticSpace("v6").define(in: store, isDefault: true)
        _ = try await store.append(
            (0..<6).map { .rank(profile, winner: "v6/\($0 * 2)", loser: "v6/\($0 * 2 + 1)") })
    }

    /// Whether a bare `--p` is refused because of a code.
    private func isRefused(_ code: Code) async throws -> Bool {
        do throws(StoreError) {
            let resolution = try await store.resolve("a lake --p", user: profile.user)
            #expect(resolution.personalization?.parts.map(\.code) != [code])
            return false
        } catch {
            guard case .fault(.revoked(code)) = error else { throw error }
            return true
        }
    }

    @Test func `a revoked newest code is refused until it is restored`() async throws {
        let code = try await store.currentVersion(of: profile).code
        try await store.revoke(code, of: profile)
        #expect(try await isRefused(code))
        try await store.restore(code, of: profile)
        let resolution = try await store.resolve("a lake --p", user: profile.user)
        #expect(resolution.personalization?.parts.map(\.code) == [code])
    }

    @Test func `a revoked code that the taste comes back to is refused`() async throws {
        let code = try await store.currentVersion(of: profile).code
        try await store.revoke(code, of: profile)
        _ = try await store.append([.like(profile, image: "v6/30"), .unlike(profile, image: "v6/30")])
        // Twice: the first time finds the version again, the second time reads what the first one wrote.
        #expect(try await isRefused(code))
        #expect(try await isRefused(code))
    }

    @Test func `a revoked code that the taste was reverted to is refused`() async throws {
        let code = try await store.currentVersion(of: profile).code
        _ = try await store.append(.like(profile, image: "v6/31"))
        let newer = try await store.currentVersion(of: profile).code
        #expect(newer != code)
        try await store.revoke(code, of: profile)
        try await store.revert(profile, to: code)
        #expect(try await isRefused(code))
        try await store.revert(profile, to: newer)
        #expect(try await isRefused(code) == false)
    }
}
