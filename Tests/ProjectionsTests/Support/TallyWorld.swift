import EventLog
import LMDB
import PersonalizationStore
import Projections
import SeededRandom
import TestSupport
import Testing

/// A store with a small space, random rankings in it, and the tallies that they amount to.
struct TallyWorld {
    let folder: TemporaryFolder
    let store: Store
    private(set) var tallies: [String: ImageTally] = [:]
    private(set) var generator: SeededGenerator
    private let imageIDs = (0..<24).map { "image \($0)" }

    init(seed: UInt64, policy: DerivedTables.FlushPolicy) async throws {
        generator = SeededGenerator(seed: seed)
        folder = try TemporaryFolder()
        var options = Store.Options()
        options.flushPolicy = policy
        options.mapByteCount = 1 << 32
        store = try Store.create(at: folder.file("store"), options: options)
        var images: [NewImage] = []
        for id in imageIDs {
            let components = (0..<8).map { _ in Double.random(in: -1...1, using: &generator) }
            images.append(NewImage(id: id, embedding: try Embedding(canonicalizing: components)))
        }
        try await store.defineSpace("v6", images: images)
    }

    /// Appends random rankings, and likes that no tally counts, each with an event id.
    mutating func rank(_ count: Int) async throws {
        var events: [NewEvent] = []
        for _ in 0..<count {
            let profile = ProfileName(user: "user \(Int.random(in: 0..<5, using: &generator))", space: "v6")
            let winner = generator.pick(imageIDs)
            let loser = generator.pick(imageIDs.filter { $0 != winner })
            if generator.chance(10) {
                events.append(.like(profile, image: winner))
            } else {
                events.append(.rank(profile, winner: winner, loser: loser))
                tallies[winner, default: ImageTally(won: 0, lost: 0)].won += 1
                tallies[loser, default: ImageTally(won: 0, lost: 0)].lost += 1
            }
            events[events.count - 1].eventID = EventID(high: generator.next(), low: generator.next())
        }
        for start in stride(from: 0, to: count, by: 7) {
            _ = try await store.append(Array(events[start..<min(start + 7, count)]))
        }
    }

    /// Opens the standard tables and some more beside the store's, as another process with other code would.
    func openTables(
        _ more: Projector..., policy: DerivedTables.FlushPolicy = .init(generationRecordCount: 9, sliceRowCount: 2)
    ) throws -> DerivedTables {
        let environment = try Environment.open(directory: store.path)
        let log = LogTable(table: try environment.openTable(name: LogTable.name, keys: .integer, create: false))
        return try DerivedTables(
            environment: environment, log: log, projectors: Projector.standard + more, policy: policy)
    }

    /// The rows of a projection keyed by images, by the images' ids.
    func rows<P: Projection>(
        _ projection: P.Type, in tables: DerivedTables
    ) throws -> [String: P.Row] where P.Key == Position {
        let snapshot = try tables.beginSnapshot()
        let space = try #require(try snapshot.row(Spaces.self, ScopedName(space: nil, "v6")))
        var rows: [String: P.Row] = [:]
        for id in imageIDs {
            let image = try #require(try snapshot.row(Images.self, ScopedName(space: space, id)))
            rows[id] = try snapshot.row(projection, image)
        }
        return rows
    }

    /// What a rebuild in memory finds different.
    func differences(in tables: DerivedTables, _ projectors: [Projector]) throws -> [String] {
        let snapshot = try tables.beginSnapshot()
        guard let head = snapshot.head else { return [] }
        var verifier = TableVerifier(log: tables.log, projectors: projectors)
        for number in 1...head.number {
            try verifier.apply(
                try snapshot.record(at: Position(number)), of: snapshot.log, in: snapshot.transaction)
        }
        return try verifier.differences(in: snapshot)
    }
}
