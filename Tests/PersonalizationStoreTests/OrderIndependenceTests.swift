import PersonalizationStore
import SeededRandom
import TestSupport
import Testing

/// A code depends on its own stream alone: not on how streams were interleaved, batched, minted on the way or copied.
@Suite struct OrderIndependenceTests {
    private let folder: TemporaryFolder
    private let seed = StoreModelTests.seed()
    private let space: SyntheticSpace
    private let secret: StoreSecret
    private let histories: [[NewEvent]]
    private let profiles: [ProfileName]

    init() throws {
        folder = try TemporaryFolder()
        space = try SyntheticSpace("v6", dimension: 16, seed: seed)
        secret = try #require(StoreSecret(bytes: [UInt8](repeating: 7, count: 32)))
        profiles = ["ada", "ben", "cy", "dora", "eve"].map { ProfileName(user: $0, space: "v6") }
        var maker = EventMaker(
            profiles: profiles, spaces: [space], generator: SeededGenerator(seed: seed))
        histories = profiles.map { profile in
            maker.events(80...80, of: profile).map { event in
                var event = event
                event.eventID = nil
                return event
            }
        }
        print("order independence: seed \(seed)")
    }

    private func makeStore(_ name: String, secret: StoreSecret? = nil) throws -> Store {
        try Store.create(at: folder.file(name), secret: secret ?? self.secret)
    }

    /// The hash and code of every profile's newest version.
    private func names(in store: Store) async throws -> [VersionName] {
        var names: [VersionName] = []
        for profile in profiles {
            let version = try await store.currentVersion(of: profile)
            names.append(VersionName(code: version.code, hash: version.hash))
        }
        return names
    }

    /// What the codes must be, by the model.
    private var expected: [VersionName] {
        var model = TasteModel(secret: secret)
        model.define(space)
        for history in histories { _ = model.append(history) }
        return profiles.map { model.fold($0).name }
    }

    /// The histories in one random order that keeps each profile's own.
    private func interleaved(_ generator: inout SeededGenerator) -> [NewEvent] {
        var remaining = histories.map { $0[...] }
        var events: [NewEvent] = []
        while let index = remaining.indices.filter({ !remaining[$0].isEmpty }).randomElement(using: &generator) {
            events.append(remaining[index].removeFirst())
        }
        return events
    }

    @Test(arguments: 0..<4)
    func `any interleaving and any batches give the same codes`(_ round: Int) async throws {
        var generator = SeededGenerator(seed: seed &+ UInt64(round))
        let store = try makeStore("store")
        try await space.define(in: store)
        var events = interleaved(&generator)[...]
        while !events.isEmpty {
            let batch = events.prefix(Int.random(in: 1...40, using: &generator))
            _ = try await store.append(Array(batch))
            events.removeFirst(batch.count)
            // What is minted on the way changes nothing of what is minted at the end.
            if generator.chance(30), let profile = batch.first?.profile,
                try store.progress(of: profile).isReady
            {
                _ = try await store.currentVersion(of: profile)
            }
        }
        #expect(try await names(in: store) == expected, "seed \(seed), round \(round)")
        #expect(try store.verify().findings == [])
    }

    @Test func `histories appended at once give the same codes`() async throws {
        let store = try makeStore("store")
        try await space.define(in: store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for history in histories {
                group.addTask {
                    for start in stride(from: 0, to: history.count, by: 3) {
                        _ = try await store.append(Array(history[start..<min(start + 3, history.count)]))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await names(in: store) == expected, "seed \(seed)")
    }

    @Test func `a catalogue in another order is the same space and gives the same codes`() async throws {
        var generator = SeededGenerator(seed: seed)
        let store = try makeStore("store")
        try await store.defineSpace(
            "v6", images: space.images.shuffled(using: &generator), threshold: space.threshold)
        _ = try await store.append(interleaved(&generator))
        #expect(try await names(in: store) == expected, "seed \(seed)")
    }

    @Test func `another secret gives other codes of the same tastes`() async throws {
        let other = try #require(StoreSecret(bytes: [UInt8](repeating: 8, count: 32)))
        let store = try makeStore("store", secret: other)
        try await space.define(in: store)
        _ = try await store.append(histories.flatMap { $0 })
        #expect(Set(try await names(in: store)).isDisjoint(with: expected))
        let same = try makeStore("same")
        try await space.define(in: same)
        _ = try await same.append(histories.flatMap { $0 })
        for profile in profiles {
            let taste = try await store.currentVersion(of: profile).taste
            #expect(try await same.currentVersion(of: profile).taste == taste)
        }
    }

    @Test func `an export imported with the same secret is the same log and gives the same codes`() async throws {
        var runner = try await ModelRunner(seed: seed, policy: StoreModelTests.Flushing.often.policy)
        for _ in 1...400 { try await runner.operate() }
        let lines = try runner.stores[0].events(limit: .max).map(\.interchangeJSON)
        let copy = try makeStore("copy", secret: runner.model.secret)
        var options = ImportOptions()
        options.trustsTimes = true
        var importer = Importer(into: copy, options: options)
        for line in lines { try await importer.add(Array(line.utf8)) }
        try await importer.finish()
        let copied = try copy.events(limit: .max).map(\.interchangeJSON)
        try #require(copied.count == lines.count, runner.place)
        for (copied, line) in zip(copied, lines) { try #require(copied == line, runner.place) }
        runner.stores = [copy]
        try runner.compareAll()
        try await runner.verify()
    }
}
