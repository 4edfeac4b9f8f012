import ByteCoding
import CodeRegistry
import EventLog
import PersonalizationStore
import TestSupport
import Testing

/// Versions that no fold can have made in the space that they say they are of.
@Suite struct PlantedVersionTests {
    private let folder: TemporaryFolder
    private let space: SyntheticSpace

    init() throws {
        folder = try TemporaryFolder()
        space = try SyntheticSpace("v6")
    }

    private func makeStore() async throws -> Store {
        let store = try Store.create(at: folder.file("store"))
        try await space.define(in: store, isDefault: true)
        return store
    }

    /// A version's bytes, laid out as docs/format.md, section 4, says.
    private func version(
        rankings: UInt32 = 10, likes: UInt32 = 0, comparisons: UInt32 = 10, gain: UInt32 = 256,
        confidence: UInt16 = 600, direction: [Int16]
    ) throws -> VersionBytes {
        var payload = ByteWriter()
        payload.write(bytes: [UInt8(ascii: "D"), UInt8(ascii: "L"), UInt8(ascii: "1"), 0])
        payload.write(bytes: space.descriptor.id.bytes)
        payload.write(UInt16(direction.count))
        payload.write(comparisons)
        payload.write(gain)
        payload.write(confidence)
        payload.write(components: direction)
        let digest = ProfileDigest(SHA256Digest(hashing: [1]))
        return VersionBytes(profileDigest: digest, rankings: rankings, likes: likes, payload: payload.bytes)
    }

    private let right: [Int16] = [16384, 0, 0, 0, 0, 0, 0, 0]

    @Test func `a bundle that fits its space is imported`() async throws {
        let store = try await makeStore()
        let bundle = CodeBundle(version: try version(direction: right)).encoded
        let imported = try await store.importBundle(bundle)
        #expect(try store.explain(imported.code).nearest.count == 5)
        #expect(try store.verify().findings == [])
    }

    @Test func `a bundle of one dimension in a space of eight is refused`() async throws {
        let store = try await makeStore()
        let bundle = CodeBundle(version: try version(direction: [16384])).encoded
        #expect(bundle.count == 158)
        try await expectRefusal(of: bundle, by: store)
    }

    @Test(arguments: 0..<6)
    func `a bundle with a field that the space does not allow is refused`(_ index: Int) async throws {
        let store = try await makeStore()
        let misfits = [
            try version(direction: right + [0]),
            try version(rankings: 3, likes: 2, comparisons: 6, direction: right),
            try version(rankings: .max, comparisons: 262_145, direction: right),
            try version(gain: .max, direction: right),
            try version(confidence: 1000, direction: right),
            try version(direction: [16384, 2000, 0, 0, 0, 0, 0, 0]),
        ]
        try await expectRefusal(of: CodeBundle(version: misfits[index]).encoded, by: store)
    }

    private func expectRefusal(of bundle: [UInt8], by store: Store) async throws {
        let head = try store.head()
        do throws(StoreError) {
            _ = try await store.importBundle(bundle)
            Issue.record("the bundle was imported")
        } catch {
            guard case .fault(.damagedBundle) = error else { throw error }
        }
        #expect(try store.head() == head)
    }

    /// A store in which an earlier release has imported the version.
    private func plantedStore(_ version: VersionBytes) async throws -> (store: Store, code: Code, at: Position) {
        do {
            let store = try await makeStore()
            await store.close()
        }
        let path = folder.file("store")
        let last = Position(try Store.open(at: path).head()?.position.number ?? 0)
        try StoreFile(path: path).append(
            .versionImported(symbolCount: 12, version: version.bytes), to: .first, after: last,
            version: UInt32(last.number) + 1)
        return (try Store.open(at: path), Code(digest: version.hash), last.next)
    }

    @Test func `a planted version is reported as damage by whatever reads it`() async throws {
        let (store, code, position) = try await plantedStore(try version(direction: [16384]))
        let image = space.images[0].id
        let other = space.images[1].id
        let codes = [WeightedCode(code)]
        expectDamage(at: position) { _ = try store.version(code) }
        expectDamage(at: position) { _ = try store.explain(code) }
        expectDamage(at: position) { _ = try store.difference(code, code) }
        expectDamage(at: position) { _ = try store.score([image], by: codes) }
        expectDamage(at: position) { _ = try store.preference(image, over: other, by: codes) }
        expectDamage(at: position) { _ = try store.exportBundle(of: code) }
        await expectDamage(at: position) { _ = try await store.resolve("x --p \(code)", user: "ben") }
        await expectDamage(at: position) {
            let settings = Settings(personalizesAlways: false, profile: "default", pinned: codes)
            try await store.setSettings(of: "ben", in: "v6", to: settings)
        }
        #expect(try store.verify().findings.contains { $0.contains("position \(position)") })
        #expect(try store.events(from: position, limit: 1).count == 1, "the log can be read")
    }

    @Test func `an operator takes a planted version down without reading it`() async throws {
        let (store, code, position) = try await plantedStore(try version(direction: [16384]))
        try await store.takeDown(code)
        let events = try store.events(from: position.next)
        guard case .takenDown(space: "v6", let version) = events.first?.content else {
            Issue.record("\(events)")
            return
        }
        #expect(version.code == code)
    }

    private func expectDamage(at position: Position, _ body: () throws -> Void) {
        do {
            try body()
            Issue.record("a version that does not fit was read")
        } catch StoreError.storage(.record(.notCanonical(position, _))) {
        } catch {
            Issue.record(error)
        }
    }

    private func expectDamage(at position: Position, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("a version that does not fit was read")
        } catch StoreError.storage(.record(.notCanonical(position, _))) {
        } catch {
            Issue.record(error)
        }
    }
}
