internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import Projections
internal import TasteFold

/// A house as it was or would be minted.
struct MadeHouse {
    let bytes: VersionBytes
    let contributorCount: Int
}

extension Store {
    /// Makes the house of a space from its people's tastes after an event of the log (docs/fold.md).
    ///
    /// Folds every profile of the space, each by DL1 from its own choices, in short snapshots: what was appended stays, so
    /// later ones show the same past. Nil when there are fewer contributors than a house has.
    func makeHouse(of space: Space, asOf position: Position) throws(StoreError) -> (MadeHouse?, count: Int) {
        let candidates = try read { (view) throws(StoreError) in
            try view.contributorCandidates(of: space, asOf: position)
        }
        var contributors: [FoldedProfile] = []
        for start in stride(from: 0, to: candidates.count, by: Self.houseChunkCount) {
            if contributors.count == HM1.contributorLimit { break }
            let chunk = candidates[start..<min(candidates.count, start + Self.houseChunkCount)]
            try read { (view) throws(StoreError) in
                for candidate in chunk where contributors.count < HM1.contributorLimit {
                    let folded = try view.contribution(of: candidate, in: space, asOf: position)
                    if let folded { contributors.append(folded) }
                }
            }
        }
        guard contributors.count >= HM1.fewestContributors else { return (nil, contributors.count) }
        let taste = HM1.house(of: contributors.map(\.taste), in: space.descriptor)
        let name = ProfileName.house(of: space.name)
        let bytes = VersionBytes(
            profileDigest: ProfileDigest(
                secret: secret.bytes, user: name.user, space: name.space, profile: name.profile),
            rankings: Self.sum(contributors.map(\.rankings)), likes: Self.sum(contributors.map(\.likes)),
            payload: taste.payload)
        return (MadeHouse(bytes: bytes, contributorCount: contributors.count), contributors.count)
    }

    /// How many profiles are folded in one snapshot: some milliseconds of work.
    private static let houseChunkCount = 64

    private static func sum(_ counts: [UInt32]) -> UInt32 {
        UInt32(clamping: counts.reduce(0) { $0 + Int($1) })
    }
}

/// A profile that may contribute to a house.
struct ContributorCandidate {
    let stream: Position
    let name: ProfileName
    /// SHA-256("house" ‖ profile digest), by which the contributors of a large space are chosen.
    let order: SHA256Digest
}

extension StoreView {
    /// The profiles of a space that were opened by an event of the log, in the order in which they are asked.
    func contributorCandidates(
        of space: Space, asOf position: Position
    ) throws(StoreError) -> [ContributorCandidate] {
        var candidates: [ContributorCandidate] = []
        for stream in try rows(Profiles.self) where stream <= position {
            let record = try record(at: stream)
            guard case .profileOpened(space.position, let user, let profile) = try body(of: record) else {
                continue
            }
            let name = ProfileName(user: user, space: space.name, profile: profile)
            if name.isHouse { continue }
            let digest = ProfileDigest(secret: store.secret.bytes, user: user, space: space.name, profile: profile)
            candidates.append(
                ContributorCandidate(
                    stream: stream, name: name,
                    order: SHA256Digest(hashing: Array("house".utf8) + digest.digest.bytes)))
        }
        return candidates.sorted { $0.order < $1.order }
    }

    /// A profile's taste after an event of the log; nil when it had too few comparisons.
    func contribution(
        of candidate: ContributorCandidate, in space: Space, asOf position: Position
    ) throws(StoreError) -> FoldedProfile? {
        let event: Position
        guard let head = try streamHead(of: candidate.stream) else { throw .record(.missing(candidate.stream)) }
        // A board is no person's taste.
        if head.isBoard { return nil }
        let state = ProfileState(space: space, stream: candidate.stream, head: head)
        guard let found = try self.event(of: state, at: .position(position)) else { return nil }
        event = found.position
        let fold = ProfileFold(log: log, space: space.descriptor, user: candidate.name.user, foldID: DL1.id)
        do throws(FoldFailure) {
            let folded = try fold.fold(at: event, in: snapshot.transaction) { (image) throws(StorageError) in
                try translated(image, to: space)
            }
            return folded.taste.comparisonCount >= HM1.fewestComparisons ? folded : nil
        } catch {
            throw StoreError(error, of: candidate.name)
        }
    }
}
