import PersonalizationStore
import TestSupport
import Testing

/// Picks, skips and resets: what they count, how they are taken back, and that they survive an export.
@Suite struct SlateTests {
    private let ada = ProfileName(user: "ada", space: "v6")

    private func withStore(_ body: (Store, SyntheticSpace) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"), options: .small)
        let space = try SyntheticSpace("v6", seed: 5)
        try await space.define(in: store)
        try await body(store, space)
        await store.close()
    }

    /// The taste now, as another profile would have it.
    private func direction(_ profile: ProfileName, in store: Store) throws -> [Int16] {
        let version = try #require(try store.streamHead(of: profile)).revision
        return try store.taste(of: profile, asOf: .revision(version)).taste.direction
    }

    @Test func `a pick ranks each chosen image over each that was not`() async throws {
        try await withStore { store, space in
            let ids = space.images.prefix(5).map(\.id)
            let ben = ProfileName(user: "ben", space: "v6")
            _ = try await store.append(.pick(ada, chosen: [ids[3], ids[1]], shown: ids))
            for winner in [ids[1], ids[3]] {
                for loser in [ids[0], ids[2], ids[4]] {
                    _ = try await store.append(.rank(ben, winner: winner, loser: loser))
                }
            }
            #expect(try store.progress(of: ada).rankings == 6)
            #expect(try direction(ada, in: store) == direction(ben, in: store))
            // The last word about a pair counts, whichever kind of event says it.
            _ = try await store.append(.rank(ada, winner: ids[0], loser: ids[1]))
            #expect(try store.progress(of: ada).rankings == 6)
            #expect(try direction(ada, in: store) != direction(ben, in: store))
        }
    }

    @Test func `a pick is taken back whole, and a skip counts nothing`() async throws {
        try await withStore { store, space in
            let ids = space.images.prefix(4).map(\.id)
            let receipt = try await store.append(.pick(ada, chosen: [ids[0]], shown: ids))
            #expect(try store.progress(of: ada).have == 3)
            let skipped = try await store.append(.skip(ada, shown: ids))
            #expect(try store.progress(of: ada).have == 3)
            try await store.retract(receipt.position, of: ada)
            #expect(try store.progress(of: ada).have == 0)
            let error = await #expect(throws: StoreError.self) {
                try await store.retract(skipped.position, of: ada)
            }
            guard case .event(0, .notRetractable) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `what is no slate is refused, and nothing is written`() async throws {
        try await withStore { store, space in
            let ids = space.images.prefix(17).map(\.id)
            let faults: [(NewEvent, SlateFault)] = [
                (.pick(ada, chosen: [ids[0]], shown: [ids[0]]), .size(1)),
                (.skip(ada, shown: ids), .size(17)),
                (.skip(ada, shown: [ids[0], ids[1], ids[0]]), .repeatedImage(ids[0])),
                (.pick(ada, chosen: [ids[0], ids[0]], shown: [ids[0], ids[1]]), .repeatedImage(ids[0])),
                (.pick(ada, chosen: [], shown: [ids[0], ids[1]]), .nothingChosen),
                (.pick(ada, chosen: [ids[1], ids[0]], shown: [ids[0], ids[1]]), .everythingChosen),
                (.pick(ada, chosen: [ids[2]], shown: [ids[0], ids[1]]), .notShown(ids[2])),
            ]
            let head = try store.head()?.position
            for (event, fault) in faults {
                let error = await #expect(throws: StoreError.self) { _ = try await store.append(event) }
                guard case .event(0, .slate(fault)) = error else {
                    Issue.record("\(String(describing: error)) instead of \(fault)")
                    continue
                }
            }
            #expect(try store.head()?.position == head)
        }
    }

    @Test func `after a reset nothing counts, codes go on working, and a revert goes back`() async throws {
        try await withStore { store, space in
            for image in space.images.dropFirst().prefix(space.threshold) {
                _ = try await store.append(.rank(ada, winner: space.images[0].id, loser: image.id))
            }
            let before = try await store.currentVersion(of: ada)
            try await store.reset(ada)
            #expect(try store.progress(of: ada).have == 0)
            let error = await #expect(throws: StoreError.self) { try await store.currentVersion(of: ada) }
            guard case .fault(.notEnoughData(_, 0, _)) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try store.version(before.code).bytes == before.bytes)
            _ = try await store.append(.like(ada, image: space.images[3].id))
            #expect(try store.progress(of: ada).have == 1)
            try await store.revert(ada, to: before.code)
            #expect(try await store.currentVersion(of: ada).code == before.code)
            #expect(try await store.audit().isClean)
        }
    }

    @Test func `an export of picks, skips and resets imports to the same lines`() async throws {
        try await withStore { store, space in
            let ids = space.images.prefix(6).map(\.id)
            let picked = try await store.append(.pick(ada, chosen: [ids[4], ids[2]], shown: ids))
            _ = try await store.append(.skip(ada, shown: [ids[5], ids[1]]))
            try await store.reset(ada, eventID: EventID(high: 1, low: 2))
            _ = try await store.append(.pick(ada, chosen: [ids[0]], shown: [ids[1], ids[0]]))
            try await store.retract(picked.position, of: ada)
            let lines = try store.events(limit: .max).map(\.interchangeJSON)
            #expect(lines.contains { $0.contains(#""chosen":["\#(ids[2])","\#(ids[4])"]"#) }, "in the order of showing")
            let folder = try TemporaryFolder()
            let other = try Store.create(at: folder.file("other"), options: .small)
            var options = ImportOptions()
            options.trustsTimes = true
            var importer = Importer(into: other, options: options)
            for line in lines { try await importer.add(Array(line.utf8)) }
            try await importer.finish()
            #expect(try other.events(limit: .max).map(\.interchangeJSON) == lines)
            #expect(try other.progress(of: ada) == store.progress(of: ada))
            await other.close()
        }
    }
}
