import Foundation
import PersonalizationStore
import Projections
import TestSupport
import Testing

/// Derived tables can be built anew at any time, and nobody can tell from the answers.
@Suite struct RebuildTests {
    private let seed = StoreModelTests.seed()

    private func runner(_ flushing: StoreModelTests.Flushing, operations: Int = 250) async throws -> ModelRunner {
        print("rebuild: seed \(seed), flushing \(flushing.rawValue)")
        var runner = try await ModelRunner(seed: seed, policy: flushing.policy)
        for _ in 0..<operations { try await runner.operate() }
        runner.rebuilds = false
        return runner
    }

    @Test(arguments: StoreModelTests.Flushing.allCases)
    func `answers are the model's before, during and after a rebuild`(
        _ flushing: StoreModelTests.Flushing
    ) async throws {
        var runner = try await runner(flushing)
        for _ in 0..<3 {
            try runner.compareAll()
            let rebuild = HeldRebuild(of: runner.store())
            await rebuild.waitUntilHalfWay()
            try runner.compareAll()
            for _ in 0..<40 {
                try await runner.operate()
                try runner.compareSample()
            }
            try runner.compareAll()
            try await rebuild.finish()
            try runner.compareAll()
            try await runner.verify()
            for _ in 0..<20 { try await runner.operate() }
        }
        try runner.compareAll()
        try await runner.verify()
    }

    @Test func `appends and reads go on while tables are rebuilt again and again`() async throws {
        let runner = try await runner(.often, operations: 60)
        // Archived profiles and boards take no rankings.
        let profiles = runner.maker.profiles.filter { profile in
            let state = runner.model.state(of: profile)
            return profile.space == "v6" && !state.isArchived && !state.isBoard
        }
        let images = runner.model.spaces["v6"]?.images.map(\.id) ?? []
        let store = runner.stores[0]
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for profile in profiles {
                group.addTask {
                    var number = 0
                    while !isDone.isSet {
                        number += 1
                        let winner = images[number % images.count]
                        let loser = images[(number + 1) % images.count]
                        var event = NewEvent.rank(profile, winner: winner, loser: loser)
                        event.eventID = .random()
                        let receipt = try await store.append(event)
                        // What was acknowledged is there for every instance, whichever tables are live.
                        for reader in runner.stores {
                            #expect(try reader.position(of: event.eventID ?? .random()) == receipt.position)
                            let head = try #require(try reader.streamHead(of: profile))
                            #expect(head.position == receipt.position && head.revision == receipt.revision)
                            let last = try reader.events(of: profile, from: receipt.revision)
                            #expect(last.map(\.position) == [receipt.position])
                        }
                        if number % 7 == 0 {
                            let version = try await store.currentVersion(of: profile)
                            let found = try runner.stores[1].version(version.code)
                            #expect(found.hash == version.hash)
                        }
                    }
                }
            }
            group.addTask {
                for round in 0..<12 {
                    try runner.stores[round % 2].rebuild()
                    await Task.yield()
                }
                isDone.set()
            }
            try await group.waitForAll()
        }
        for store in runner.stores { #expect(try store.verify().findings == []) }
        #expect(try await store.audit().isClean)
    }

    @Test(arguments: StoreModelTests.Flushing.allCases)
    func `a rebuild that is killed half-way has changed nothing`(
        _ flushing: StoreModelTests.Flushing
    ) async throws {
        var runner = try await runner(flushing, operations: 120)
        for _ in 0..<2 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = runner.stores[0].path as String] in
                try Store.open(at: path).rebuild { _ in kill(getpid(), SIGKILL) }
            }
            try runner.compareAll()
            try await runner.verify()
            for _ in 0..<20 { try await runner.operate() }
            try await runner.reopen(isClosed: false)
            try runner.compareAll()
        }
        try runner.stores[0].rebuild()
        try runner.compareAll()
        try await runner.verify()
    }

    @Test func `a rebuild in another process is noticed by those that have the store open`() async throws {
        var runner = try await runner(.often, operations: 120)
        await #expect(processExitsWith: .success) { [path = runner.stores[0].path as String] in
            let store = try Store.open(at: path)
            try store.rebuild()
            #expect(try store.verify().findings == [])
        }
        try runner.compareAll()
        for _ in 0..<40 { try await runner.operate() }
        try runner.compareAll()
        try await runner.verify()
    }

    @Test func `of two rebuilds at once the last to begin goes on`() async throws {
        var runner = try await runner(.often, operations: 120)
        let earlier = HeldRebuild(of: runner.stores[0])
        await earlier.waitUntilHalfWay()
        try runner.stores[1].rebuild()
        for _ in 0..<20 { try await runner.operate() }
        do {
            try await earlier.finish()
            Issue.record("the earlier rebuild went on")
        } catch {
            guard case StoreError.storage(.rebuildSuperseded) = error else { throw error }
        }
        try runner.compareAll()
        try await runner.verify()
    }

    @Test func `an empty store can be rebuilt`() async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"))
        try store.rebuild()
        #expect(try store.head() == nil)
        try await SyntheticSpace("v6").define(in: store)
        #expect(try store.verify().findings == [])
        await store.close()
    }
}
