import EventLog
import Projections
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
}
