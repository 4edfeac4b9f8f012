import PersonalizationStore
import TestSupport
import Testing

/// Versions that came as bundles, beside those that were minted here.
@Suite struct ImportedVersionTests {
    private let folder: TemporaryFolder
    private let source: Store
    private let copy: Store
    private let profile = ProfileName(user: "eve", space: "v6")

    init() async throws {
        folder = try TemporaryFolder()
        let secret = try #require(StoreSecret(bytes: [UInt8](repeating: 3, count: 32)))
        source = try Store.create(at: folder.file("source"), secret: secret)
        copy = try Store.create(at: folder.file("copy"), secret: secret)
        for store in [source, copy] { try await SyntheticSpace("v6").define(in: store, isDefault: true) }
    }

    /// The same rankings in a store, and the version that they fold to.
    private func rank(in store: Store) async throws -> Version {
        _ = try await store.append(
            (0..<6).map { .rank(profile, winner: "v6/\($0 * 2)", loser: "v6/\($0 * 2 + 1)") })
        return try await store.currentVersion(of: profile)
    }

    @Test func `an imported version is the same version, of nobody here`() async throws {
        let version = try await rank(in: source)
        let imported = try await copy.importBundle(try source.exportBundle(of: version.code))
        #expect(imported.bytes == version.bytes && imported.code == version.code)
        #expect(try copy.owner(of: imported) == nil)
        let again = try await copy.importBundle(try source.exportBundle(of: version.code))
        #expect(again.mint.position == imported.mint.position)
        #expect(try copy.verify().findings == [])
    }

    @Test func `a version that was imported and then minted belongs to who minted it`() async throws {
        let version = try await rank(in: source)
        _ = try await copy.importBundle(try source.exportBundle(of: version.code))
        let minted = try await rank(in: copy)
        #expect(minted.bytes == version.bytes && minted.code == version.code)
        #expect(try copy.codes(of: profile).map(\.version.code) == [version.code])
        try await copy.label(version.code, of: profile, "mine")
        try await copy.revoke(version.code, of: profile)
        #expect(try copy.codes(of: profile).map(\.version.label) == ["mine"])
        #expect(try copy.version(version.code).isRevoked)
        #expect(try copy.verify().findings == [])
    }

    @Test func `a version that was imported and then recalled belongs to who recalled it`() async throws {
        let version = try await rank(in: source)
        _ = try await copy.importBundle(try source.exportBundle(of: version.code))
        _ = try await copy.append(
            (0..<6).map { .rank(profile, winner: "v6/\($0 * 2 + 1)", loser: "v6/\($0 * 2)") })
        _ = try await copy.currentVersion(of: profile)
        let later = try await rank(in: copy)
        #expect(later.bytes == version.bytes)
        try await copy.revert(profile, to: version.code)
        #expect(try await copy.audit().isClean)
        #expect(try copy.verify().findings == [])
    }
}
