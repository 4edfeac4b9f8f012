import PersonalizationStore
import SeededRandom
import Testing

/// Houses of spaces with people enough.
extension ModelRunner {
    /// Adds twenty people with twenty rankings each to the space v6, who then say no more.
    mutating func addPeople() async throws {
        hasHouses = true
        guard let space = model.spaces["v6"] else { return }
        let images = space.images.filter { $0.embedding.components.contains { $0 != 0 } }
        for number in 0..<20 {
            let profile = ProfileName(user: "person \(number)", space: "v6")
            let events = (1...20).map { index in
                let pair = [images[number].id, images[(number + index) % images.count].id]
                let isFirst = maker.generator.chance(50)
                return NewEvent.rank(profile, winner: pair[isFirst ? 0 : 1], loser: pair[isFirst ? 1 : 0])
            }
            try await append(events)
        }
    }

    /// Mints a house, pins one, or pins none.
    mutating func houseOperation() async throws {
        let store = store()
        if maker.generator.chance(15) {
            let receipt = try await store.pinHouse(nil, of: "v6")
            let event = model.add(.housePinned(space: "v6", nil, threshold: nil), to: .house(of: "v6"))
            try #require(receipt.position == event.position, place)
            model.houses["v6"] = nil
            return
        }
        let expected = model.mintHouse(of: "v6")
        do {
            let house = try await store.mintHouse(of: "v6")
            try #require(house.contributorCount == expected?.count, place)
            try #require(check(house.version) == expected?.name, place)
        } catch let error as StoreError {
            guard case .fault(.tooFewContributors) = error else { throw error }
            try #require(expected == nil, place)
        }
        guard let expected, maker.generator.chance(60) else { return }
        let threshold = maker.generator.chance(50) ? Int.random(in: 1...6, using: &maker.generator) : nil
        guard try await pin(expected.name, threshold: threshold, in: store) else { return }
        model.add(
            .housePinned(space: "v6", expected.name, threshold: threshold.map(UInt32.init)), to: .house(of: "v6"))
        model.houses["v6"] = .init(name: expected.name, taste: expected.taste, threshold: threshold)
    }

    /// Pins a house; returns whether it was pinned, which one that is revoked is not.
    private func pin(_ name: VersionName, threshold: Int?, in store: Store) async throws -> Bool {
        let house = try #require(model.versions[name], place)
        do throws(StoreError) {
            try await store.pinHouse(name.code, of: "v6", threshold: threshold)
        } catch {
            guard case .event(0, .houseIsRevoked(let position)) = error else { throw error }
            #expect(house.isRevoked && house.position == position, place)
            return false
        }
        #expect(!house.isRevoked, place)
        return true
    }
}
