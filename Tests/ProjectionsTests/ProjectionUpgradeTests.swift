import EventLog
import PersonalizationStore
import Projections
import SeededRandom
import Testing

/// Stores that are opened by code with another projection, or another version of one.
@Suite struct ProjectionUpgradeTests {
    @Test(arguments: ImageTalliesTests.policies.indices)
    func `an added projection is built though all others are flushed`(_ index: Int) async throws {
        var world = try await TallyWorld(seed: 5, policy: ImageTalliesTests.policies[index])
        try await world.rank(300)
        await world.store.close()
        let tables = try world.openTables(Projector(ImageTallies.self), policy: ImageTalliesTests.policies[index])
        #expect(try world.rows(ImageTallies.self, in: tables) == world.tallies)
    }

    @Test func `another version is built while the first one serves`() async throws {
        var world = try await TallyWorld(seed: 4, policy: ImageTalliesTests.policies[1])
        let first = try world.openTables(Projector(ImageTallies.self))
        try await world.rank(150)
        let second = try world.openTables(Projector(ImageMargins.self))
        for _ in 0..<5 {
            try await world.rank(40)
            #expect(try world.rows(ImageTallies.self, in: first) == world.tallies)
            let margins = world.tallies.mapValues { ImageMargin(number: Int64($0.won) - Int64($0.lost)) }
            #expect(try world.rows(ImageMargins.self, in: second) == margins)
            try second.flushAll()
            try first.flushAll()
        }
        #expect(try world.differences(in: first, Projector.standard + [Projector(ImageTallies.self)]) == [])
        #expect(try world.differences(in: second, Projector.standard + [Projector(ImageMargins.self)]) == [])
    }

    @Test(arguments: 0..<6)
    func `processes with different projections flush, open and rebuild in any order`(_ round: Int) async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("different projections: seed \(seed), round \(round)")
        let policy = ImageTalliesTests.policies[round % ImageTalliesTests.policies.count]
        var world = try await TallyWorld(seed: seed, policy: policy)
        var generator = SeededGenerator(seed: seed)
        var first = try world.openTables(Projector(ImageTallies.self), policy: policy)
        var second = try world.openTables(Projector(ImageMargins.self))
        for _ in 0..<60 {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: try first.flushAll()
            case 1: try second.flushAll()
            case 2: first = try world.openTables(Projector(ImageTallies.self), policy: policy)
            case 3: second = try world.openTables(Projector(ImageMargins.self))
            case 4: try (generator.chance(50) ? first : second).rebuild()
            case 5: try world.store.rebuild()
            default: try await world.rank(Int.random(in: 1...60, using: &generator))
            }
            if generator.chance(50) { try world.check(first, second) }
        }
        try world.check(first, second)
        #expect(try world.differences(in: first, Projector.standard + [Projector(ImageTallies.self)]) == [])
        #expect(try world.differences(in: second, Projector.standard + [Projector(ImageMargins.self)]) == [])
        #expect(try world.store.verify().findings == [])
    }
}

extension TallyWorld {
    /// Compares the rows of two versions of the projection with the rankings that were appended.
    fileprivate func check(_ first: DerivedTables, _ second: DerivedTables) throws {
        try #require(try rows(ImageTallies.self, in: first) == tallies)
        let margins = tallies.mapValues { ImageMargin(number: Int64($0.won) - Int64($0.lost)) }
        try #require(try rows(ImageMargins.self, in: second) == margins)
    }
}
