import EventLog
import Foundation
import PersonalizationStore
import Projections
import Testing

/// A projection that somebody adds in one file, as docs/projections.md shows it.
@Suite struct ImageTalliesTests {
    static let policies = [
        DerivedTables.FlushPolicy(generationRecordCount: 3, sliceRowCount: 1),
        DerivedTables.FlushPolicy(generationRecordCount: 40, sliceRowCount: 5), .standard,
    ]

    @Test(arguments: policies.indices)
    func `an added projection is built when the store is opened`(_ index: Int) async throws {
        var world = try await TallyWorld(seed: 1, policy: Self.policies[index])
        try await world.rank(300)
        let tables = try world.openTables(Projector(ImageTallies.self), policy: Self.policies[index])
        #expect(try world.rows(ImageTallies.self, in: tables) == world.tallies)
    }

    @Test(arguments: policies.indices)
    func `it follows what others append`(_ index: Int) async throws {
        var world = try await TallyWorld(seed: 2, policy: Self.policies[index])
        let tables = try world.openTables(Projector(ImageTallies.self), policy: Self.policies[index])
        for _ in 0..<10 {
            try await world.rank(30)
            #expect(try world.rows(ImageTallies.self, in: tables) == world.tallies)
        }
        try tables.flushAll()
        #expect(try world.rows(ImageTallies.self, in: tables) == world.tallies)
        let reopened = try world.openTables(Projector(ImageTallies.self))
        #expect(try world.rows(ImageTallies.self, in: reopened) == world.tallies)
    }

    @Test func `it is rebuilt and verified like the others`() async throws {
        var world = try await TallyWorld(seed: 3, policy: Self.policies[1])
        let tables = try world.openTables(Projector(ImageTallies.self))
        for _ in 0..<3 {
            try await world.rank(100)
            try tables.rebuild()
            #expect(try world.rows(ImageTallies.self, in: tables) == world.tallies)
            let projectors = Projector.standard + [Projector(ImageTallies.self)]
            #expect(try world.differences(in: tables, projectors) == [])
        }
        #expect(try world.store.verify().findings == [])
    }

    @Test func `the documentation shows the compiled code`() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let code = try String(contentsOf: tests.appending(path: "ImageTallies.swift"), encoding: .utf8)
        let page = tests.appending(path: "../../docs/projections.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let blocks = text.components(separatedBy: "```swift\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(blocks == [code])
    }
}
