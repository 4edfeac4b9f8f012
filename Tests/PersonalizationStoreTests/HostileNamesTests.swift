import PersonalizationStore
import TestSupport
import Testing

/// Names that nobody should send are answered, not trapped on.
@Suite struct HostileNamesTests {
    @Test func `a name that is too long for any key is a name that nobody has`() async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"))
        let space = try SyntheticSpace("v6")
        try await space.define(in: store)
        let long = ProfileName(user: String(repeating: "x", count: 4000), space: "v6")
        #expect(try store.codes(of: long).isEmpty)
        #expect(try store.streamHead(of: long) == nil)
        #expect(try store.progress(of: long).have == 0)
        #expect(try store.settings(of: long.user, in: "v6") == .standard)
        await #expect(throws: StoreError.self) { try await store.resolve("x --p", user: long.user) }
        await #expect(throws: StoreError.self) { try await store.append(.like(long, image: space.images[0].id)) }
        #expect(try store.codes(of: long, asOf: Position(.max)).isEmpty)
        #expect(try store.events(from: Position(.max), limit: 2).isEmpty)
    }
}
