import PersonalizationStore

/// Houses: the mean of the people of a space, and who starts from it.
extension TasteModel {
    /// A house that is pinned.
    struct PinnedHouse {
        let name: VersionName
        let taste: ReferenceFold.Result
        let threshold: Int?
    }

    /// The house that a profile is folded from now.
    func house(for profile: ProfileName) -> PinnedHouse? {
        state(of: profile).isBoard || settings(of: profile.user, in: profile.space).refusesHouse
            ? nil : houses[profile.space]
    }

    /// How many comparisons a profile needs.
    func need(of profile: ProfileName) -> Int {
        state(of: profile).isBoard ? 1 : house(for: profile)?.threshold ?? spaces[profile.space]?.threshold ?? 0
    }

    /// Mints the house of a space; the taste and how many contributed, or nil with too few.
    mutating func mintHouse(of space: String) -> (name: VersionName, taste: ReferenceFold.Result, count: Int)? {
        guard let definition = spaces[space], let head else { return nil }
        // Everybody is folded by their own choices alone.
        let pinned = houses
        houses = [:]
        let contributions = streams.keys
            .filter { $0.space == space && !$0.isHouse && !state(of: $0).isBoard }.map { fold($0) }
            .filter { $0.comparisonCount >= 20 }
        houses = pinned
        guard contributions.count >= 20 else { return nil }
        let taste = ReferenceFold.house(of: contributions.map(\.result), in: definition.descriptor)
        let (rankings, likes) = contributions.reduce((0, 0)) { ($0.0 + $1.rankings, $0.1 + $1.likes) }
        let profile = ProfileName.house(of: space)
        let bytes = bytes(
            rankings: rankings, likes: likes, taste, profile, definition.descriptor, fold: "HM1", house: [])
        let folded = FoldedVersion(
            rankings: rankings, likes: likes, comparisonCount: taste.count, bytes: bytes,
            confidence: Int(taste.confidence), stability: nil, result: taste)
        if versions[folded.name] == nil {
            houseOrder.append(folded.name)
            let origin = HouseOrigin(asOf: head, contributorCount: UInt32(contributions.count))
            let event = add(.houseMinted(space: space, folded.name, origin, bytes: bytes), to: profile)
            versions[folded.name] = MintedVersion(
                name: folded.name, bytes: bytes, rankings: rankings, likes: likes, profile: profile,
                position: event.position, covers: event.revision - 1)
        }
        return (folded.name, taste, contributions.count)
    }
}
