import EventLog
import Foundation
import PersonalizationStore
import SeededRandom
import TestSupport
import Testing

/// Stores in which records were changed and given right checksums: whatever is asked, no trap. `RESEALED_CASES` asks for
/// more of them.
@Suite struct ResealedStoreTests {
    static let caseCount = ProcessInfo.processInfo.environment["RESEALED_CASES"].flatMap { Int($0) } ?? 120

    /// A store with every kind of record.
    private static func makeStore(at path: String, beside other: String) async throws {
        let secret = try #require(StoreSecret(bytes: [UInt8](repeating: 5, count: 32)))
        let space = try SyntheticSpace("v6", imageCount: 24)
        let source = try Store.create(at: other, secret: .random())
        let store = try Store.create(at: path, secret: secret)
        for store in [source, store] { try await space.define(in: store, isDefault: true) }
        let ada = ProfileName(user: "ada", space: "v6")
        func rank(_ pairs: Range<Int>, in store: Store) async throws -> Version {
            _ = try await store.append(
                pairs.map { .rank(ada, winner: "v6/\($0 % 23)", loser: "v6/\($0 % 23 + 1)") })
            return try await store.currentVersion(of: ada)
        }
        let foreign = try await store.importBundle(
            try source.exportBundle(of: try await rank(3..<12, in: source).code))
        let first = try await rank(0..<8, in: store)
        _ = try await store.append([.like(ada, image: "v6/5"), .unlike(ada, image: "v6/6"), .like(ada, image: "v6/7")])
        let second = try await rank(8..<12, in: store)
        try await store.label(first.code, of: ada, "warm")
        try await store.revoke(second.code, of: ada)
        try await store.restore(second.code, of: ada)
        try await store.revert(ada, to: first.code)
        _ = try await store.currentVersion(of: ada)
        try await store.retract(Position(first.mint.position.number - 1), of: ada)
        try await store.takeDown(foreign.code)
        try await store.putBack(foreign.code)
        let settings = Settings(
            personalizesAlways: true, profile: "default", pinned: [.init(foreign.code, weight: 2)])
        try await store.setSettings(of: "ben", in: "v6", to: settings)
        let codes = [first.code, second.code, foreign.code].map(\.description).joined(separator: "\n")
        try codes.write(toFile: path + "/codes", atomically: true, encoding: .utf8)
        await store.close()
    }

    @Test func `no command traps over a record that was changed and sealed`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store")
        try await Self.makeStore(at: path, beside: folder.file("other"))
        let seed = UInt64.random(in: 0..<1_000_000)
        print("resealed stores: seed \(seed)")
        let result = await #expect(processExitsWith: .success) { [path = path as String, seed = seed as UInt64] in
            for number in 0..<ResealedStoreTests.caseCount {
                do { try await ResealedStoreTests.tryCase(path, seed &+ UInt64(number)) } catch {
                    try "\(error)".write(toFile: path + "/case", atomically: true, encoding: .utf8)
                    throw error
                }
            }
        }
        if result?.exitStatus != .exitCode(EXIT_SUCCESS) {
            Issue.record("the last case: \(try String(contentsOfFile: path + "/case", encoding: .utf8))")
        }
    }

    private static func tryCase(_ path: String, _ seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let copy = path + ".\(seed)"
        let files = FileManager.default
        try files.createDirectory(atPath: copy, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: copy) }
        for name in ["data.mdb", "checkpoint", "journal.a", "journal.b"] {
            try files.copyItem(atPath: path + "/" + name, toPath: copy + "/" + name)
        }
        let codes = try String(contentsOfFile: path + "/codes", encoding: .utf8).split(separator: "\n").map {
            try Code($0)
        }
        let file = StoreFile(path: copy)
        let head = UInt64(try Store.open(at: copy).statistics().eventCount)
        // Images are most of the records, and all alike.
        let low: UInt64 = generator.chance(80) ? min(26, head) : 1
        let position = UInt64.random(in: low...head, using: &generator)
        var record = try file.record(position)
        let width = [1, 1, 2, 4, 8][Int.random(in: 0..<5, using: &generator)]
        let offset = Int.random(in: 5...max(5, record.count - width), using: &generator)
        let fill: UInt8? =
            generator.chance(50) ? [0x00, 0x01, 0x7F, 0xFF][Int.random(in: 0..<4, using: &generator)] : nil
        for index in offset..<min(record.count, offset + width) {
            record[index] = fill ?? UInt8.random(in: .min ... .max, using: &generator)
        }
        try "seed \(seed), position \(position), byte \(offset), \(width) bytes, \(String(describing: fill))".write(
            toFile: path + "/case", atomically: true, encoding: .utf8)
        try file.putSealed(record, at: position)
        guard let store = try? Store.open(at: copy) else { return }
        await askEverything(store, codes)
        try? store.rebuild()
        await askEverything(store, codes)
        await store.close()
    }

    /// Asks and appends everything; what comes back does not matter, that something does is the test.
    private static func askEverything(_ store: Store, _ codes: [Code]) async {
        for user in ["ada", "ben", "cy"] {
            let profile = ProfileName(user: user, space: "v6")
            _ = try? await store.resolve("x --p", user: user)
            _ = try? await store.resolve("x", user: user)
            _ = try? await store.resolve("x --p \(codes.map(\.description).joined(separator: " "))", user: user)
            _ = try? store.codes(of: profile)
            _ = try? store.progress(of: profile)
            _ = try? store.settings(of: user, in: "v6")
            _ = try? store.eventsBackward(of: profile)
            _ = try? store.events(of: profile)
            for version: UInt32 in [1, 8, .max] { _ = try? store.taste(of: profile, asOf: .revision(version)) }
            _ = try? await store.append(.like(profile, image: "v6/3"))
            _ = try? await store.currentVersion(of: profile)
            for code in codes { _ = try? await store.revert(profile, to: code) }
        }
        for code in codes {
            _ = try? store.version(code)
            _ = try? store.explain(code)
            _ = try? store.difference(code, codes[0])
            _ = try? store.score(["v6/1", "v6/2"], by: [.init(code), .init(codes[0], weight: 3)])
            _ = try? store.preference("v6/1", over: "v6/2", by: [.init(code)])
            if let bundle = try? store.exportBundle(of: code) { _ = try? await store.importBundle(bundle) }
            _ = try? await store.takeDown(code)
        }
        for number in 1...90 {
            guard let events = try? store.events(from: Position(UInt64(number)), limit: 1) else { continue }
            for event in events {
                _ = event.interchangeJSON
                _ = event.recordedAt.rfc3339
            }
        }
        _ = try? store.images(of: "v6")
        _ = try? store.spaces()
        _ = try? store.statistics()
        _ = try? store.verify()
        _ = try? await store.audit()
        _ = try? store.position(asOf: Timestamp(microseconds: 0))
    }
}
