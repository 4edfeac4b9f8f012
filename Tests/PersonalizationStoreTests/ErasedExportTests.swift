import Foundation
import PersonalizationStore
import SeededRandom
import TestSupport
import Testing

/// What a store from which people were erased exports makes the store anew, but for these people.
@Suite struct ErasedExportTests {
    private let space = "v6"
    private let folder: TemporaryFolder
    private let catalogue: SyntheticSpace
    private let secret: StoreSecret

    init() throws {
        folder = try TemporaryFolder()
        catalogue = try SyntheticSpace("v6", threshold: 15, authors: ["user 3", "user 4"], seed: 5)
        secret = try #require(StoreSecret(bytes: [UInt8](repeating: 5, count: 32)))
    }

    private func user(_ number: Int) -> ProfileName { ProfileName(user: "user \(number)", space: space) }

    private func makeStore(_ name: String) throws -> Store {
        try Store.create(at: folder.file(name), secret: secret, options: .small)
    }

    private func rank(_ count: Int, as profile: ProfileName, in store: Store, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let images = catalogue.images.filter { $0.embedding.components.contains { $0 != 0 } }
        let have = try store.progress(of: profile).have
        while try store.progress(of: profile).have < have + count {
            let (winner, loser) = (random.pick(images), random.pick(images))
            if winner.embedding == loser.embedding { continue }
            _ = try await store.append(.rank(profile, winner: winner.id, loser: loser.id))
        }
    }

    /// People enough for a house, which is pinned, and in which user 3 and user 7 have their parts.
    private func makeWorld(_ name: String) async throws -> (store: Store, house: Code) {
        let store = try makeStore(name)
        try await catalogue.define(in: store, isDefault: true)
        for number in 0..<21 { try await rank(22, as: user(number), in: store, seed: UInt64(number)) }
        let own = try await store.currentVersion(of: user(3)).code
        let house = try await store.mintHouse(of: space).version.code
        try await store.pinHouse(house, of: space, threshold: 4)
        try await store.label(house, of: .house(of: space), "spring")
        for number in [3, 5, 7] { try await rank(3, as: user(number), in: store, seed: 100 + UInt64(number)) }
        for number in [3, 5, 7] { _ = try await store.currentVersion(of: user(number)) }
        // Others pin user 3's code, and an alias means it.
        try await store.setSettings(
            of: "user 5", in: space,
            to: Settings(
                personalizesAlways: true, profile: "default", pinned: [WeightedCode(own, weight: 2)]))
        _ = try await store.alias("yfbxsj7", to: own)
        let newcomer = ProfileName(user: "newcomer", space: space)
        try await rank(5, as: newcomer, in: store, seed: 200)
        let code = try await store.currentVersion(of: newcomer).code
        _ = try await store.alias("abcd3fg", to: code)
        try await store.label(code, of: newcomer, "first")
        _ = try await store.createBoard(
            ProfileName(user: "user 3", space: space, profile: "boats"), images: [catalogue.images[1].id])
        _ = try await store.createBoard(
            ProfileName(user: "user 6", space: space, profile: "boats"), images: [catalogue.images[2].id],
            label: "Boats")
        return (store, house)
    }

    private func copy(_ store: Store, to name: String) async throws -> Store {
        let other = try makeStore(name)
        var options = ImportOptions()
        options.trustsTimes = true
        var importer = Importer(into: other, options: options)
        for event in try store.events(limit: .max) { try await importer.add(Array(event.interchangeJSON.utf8)) }
        try await importer.finish()
        return other
    }

    /// The lines of an export without positions, which move, and without what says that somebody was erased.
    private func lines(of store: Store) throws -> [String] {
        try store.events(limit: .max).compactMap { event in
            let object = try JSONSerialization.jsonObject(with: Data(event.interchangeJSON.utf8))
            var line = try #require(object as? [String: Any])
            if ["erased", "personErased", "unalias"].contains(line["kind"] as? String) { return nil }
            for key in ["position", "asOf", "event"] { line[key] = nil }
            return String(
                decoding: try JSONSerialization.data(withJSONObject: line, options: [.sortedKeys]), as: UTF8.self)
        }
    }

    /// Every code of everybody, with its version's bytes.
    private func versions(of store: Store) throws -> [Code: [UInt8]] {
        var versions: [Code: [UInt8]] = [:]
        let names = (0..<21).map(user) + [ProfileName(user: "newcomer", space: space), .house(of: space)]
        for name in names {
            for entry in try store.codes(of: name) { versions[entry.version.code] = entry.version.bytes }
        }
        return versions
    }

    @Test func `what is left after erasures is exported, imported and exported again the same`() async throws {
        let (store, house) = try await makeWorld("store")
        for name in ["user 3", "user 7"] { try await store.erase(user: name) }
        let expected = try lines(of: store)
        let codes = try versions(of: store)
        #expect(codes[house] != nil && codes.count >= 3)
        let other = try await copy(store, to: "other")
        #expect(try lines(of: other) == expected)
        #expect(try versions(of: other) == codes)
        #expect(try other.verify().findings == [])
        let report = try await other.audit()
        #expect(report.mismatches.isEmpty && report.incompleteHouses.count == 1)
        #expect(try other.houses(of: space).pinned?.code == house)
        #expect(try other.settings(of: "user 5", in: space) == store.settings(of: "user 5", in: space))
        #expect(try other.aliases(in: space).map(\.alias) == store.aliases(in: space).map(\.alias))
        // Nobody's past is in what was exported.
        for text in try store.events(limit: .max).map(\.interchangeJSON) {
            #expect(!text.contains("\"user 3\"") && !text.contains("\"user 7\""), "\(text)")
        }
        let again = try await copy(other, to: "again")
        #expect(try lines(of: again) == expected)
        for store in [store, other, again] { await store.close() }
    }

    @Test func `an export with somebody who was imported, taken down and erased imports`() async throws {
        let (source, _) = try await makeWorld("source")
        try await rank(4, as: user(3), in: source, seed: 300)
        let version = try await source.currentVersion(of: user(3))
        try await source.label(version.code, of: user(3), "as it was there")
        let bundle = try source.exportBundle(of: version.code)
        await source.close()

        let store = try makeStore("store")
        try await catalogue.define(in: store, isDefault: true)
        try await rank(16, as: user(1), in: store, seed: 1)
        _ = try await store.currentVersion(of: user(1))
        _ = try await store.importBundle(bundle)
        try await store.takeDown(version.code)
        try await store.erase(user: "user 3")
        #expect(throws: StoreError.self) { try store.version(version.code) }
        let findings = try store.verify().findings
        #expect(findings == [], "\(findings)")
        // What only an import says is left out of a copy; an alias that is not there need not be taken away.
        let other = try await copy(store, to: "other")
        #expect(try versions(of: other) == versions(of: store))
        #expect(try other.verify().findings == [])
        for store in [store, other] { await store.close() }
    }

    @Test func `a house that no erasure explains is refused, and nothing is minted`() async throws {
        let (store, house) = try await makeWorld("store")
        let lines = try store.events(limit: .max).map(\.interchangeJSON)
        let other = try makeStore("other")
        var options = ImportOptions()
        options.trustsTimes = true
        var importer = Importer(into: other, options: options)
        // One ranking is not there, and its maker contributes all the same.
        let left = try #require(lines.firstIndex { $0.contains("\"user 9\"") && $0.contains("\"rank\"") })
        let refusal = await #expect(throws: InterchangeError.self) {
            for (index, line) in lines.enumerated() where index != left { try await importer.add(Array(line.utf8)) }
            try await importer.finish()
        }
        #expect(refusal.map { "\($0)" }?.contains(house.description) == true)
        #expect(try other.codes(of: .house(of: space)).isEmpty)
        for store in [store, other] { await store.close() }
    }
}
