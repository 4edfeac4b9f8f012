internal import ByteCoding
public import CodeRegistry
public import EventLog
internal import Projections
internal import TasteFold

/// What a space's new mints start from.
public struct HouseStatus: Hashable, Sendable {
    /// The pinned house; nil when mints start from people's own choices only.
    public let pinned: Version?
    /// How many effective comparisons `--p` needs of people who do not refuse the house.
    public let threshold: Int
    /// The houses that were minted, newest first.
    public let minted: [MintedHouse]
}

/// A house version, and what it was made of.
public struct MintedHouse: Hashable, Sendable {
    /// The version; its comparisons, rankings and likes are those of all contributors.
    public let version: Version
    /// The position up to which the log was read.
    public let asOf: Position
    /// How many profiles contributed.
    public let contributorCount: Int
}

extension Store {
    /// Makes and mints the house of a space: what the tastes of its people have in common (docs/fold.md).
    ///
    /// Contributors are the profiles with 20 comparisons or more. The house changes nothing until it is pinned. When the
    /// same house was minted before, it is returned. Cost: a fold for each profile of the space.
    ///
    /// - Parameters:
    ///   - space: The space.
    ///   - position: The event of the log after which people's tastes are taken; the head if not given.
    /// - Throws: ``CodeFault/tooFewContributors(space:have:need:)`` when a house would be somebody's taste.
    public func mintHouse(
        of space: String, asOf position: Position? = nil
    ) async throws(StoreError) -> MintedHouse {
        try await mintHouse(of: space, asOf: position, at: nil)
    }

    func mintHouse(
        of name: String, asOf position: Position?, at time: Timestamp?
    ) async throws(StoreError) -> MintedHouse {
        let (space, head) = try read { (view) throws(StoreError) in
            (try view.existingSpace(name), view.snapshot.head)
        }
        guard let head else { throw .fault(.unknownSpace(name)) }
        let asOf = position.map { min($0, head) } ?? head
        let (made, count) = try makeHouse(of: space, asOf: asOf)
        guard let made else {
            throw .fault(.tooFewContributors(space: name, have: count, need: HM1.fewestContributors))
        }
        let origin = HouseOrigin(asOf: asOf, contributorCount: UInt32(made.contributorCount))
        let receipt = try await mint(made.bytes, of: name, origin, at: time)
        return try read { (view) throws(StoreError) in
            return try view.mintedHouse(at: receipt.position)
        }
    }

    func mint(
        _ house: VersionBytes, of space: String, _ origin: HouseOrigin, at time: Timestamp?
    ) async throws(StoreError) -> Receipt {
        let request = StoreRequest.HouseMint(space: space, origin: origin, version: house.bytes, hash: house.hash)
        return try await submit(.houseMint(request), at: time)[0]
    }

    /// Has new mints of a space start from a house, from now on; nil for people's own choices only, as at the beginning.
    ///
    /// Codes that were minted before stay as they are; a user's settings can refuse the house.
    ///
    /// - Parameters:
    ///   - code: The code of a house of the space that is not revoked.
    ///   - space: The space.
    ///   - threshold: How many effective comparisons `--p` then needs; as many as before if not given.
    @discardableResult
    public func pinHouse(
        _ code: Code?, of space: String, threshold: Int? = nil
    ) async throws(StoreError) -> Receipt {
        try await pinHouse(code, of: space, threshold: threshold, at: nil)
    }

    @discardableResult
    func pinHouse(
        _ code: Code?, of space: String, threshold: Int?, at time: Timestamp?
    ) async throws(StoreError) -> Receipt {
        let found = try read { (view) throws(StoreError) in
            try view.existingSpace(space)
        }
        if let threshold {
            guard code != nil, (1...Int(UInt32.max)).contains(threshold) else { throw .fault(.threshold(threshold)) }
        }
        var mint: Position?
        if let code {
            let version = try version(code)
            guard version.taste.foldID == HM1.id, version.taste.spaceID == found.descriptor.id,
                try owner(of: version)?.isHouse ?? false
            else { throw .fault(.notHouse(code, space: space)) }
            mint = version.mint.position
        }
        let pin = HousePin(mint: mint, threshold: threshold.map(UInt32.init))
        return try await submit(.housePin(space: space, pin), at: time)[0]
    }

    /// What new mints of a space start from, and the houses that were minted.
    public func houses(of space: String) throws(StoreError) -> HouseStatus {
        try read { (view) throws(StoreError) in
            let found = try view.existingSpace(space)
            return try view.houseStatus(of: found)
        }
    }
}

extension StoreView {
    fileprivate func houseStatus(of space: Space) throws(StoreError) -> HouseStatus {
        let pin = try housePin(in: space)
        let pinned = try pin?.mint.map { (mint) throws(StoreError) in try version(at: mint) }
        let name = ProfileName.house(of: space.name)
        var minted: [MintedHouse] = []
        if let state = try profile(user: name.user, profile: name.profile, in: space) {
            for entry in try codes(from: state.head.lastMint, before: nil, limit: .max) {
                minted.append(try mintedHouse(at: entry.position))
            }
        }
        return HouseStatus(
            pinned: pinned, threshold: pin?.threshold.map(Int.init) ?? space.threshold, minted: minted)
    }

    fileprivate func mintedHouse(at mint: Position) throws(StoreError) -> MintedHouse {
        let record = try record(at: mint)
        guard let origin = record.houseOrigin else { throw .record(.unexpectedKind(mint, record.header.kind)) }
        return MintedHouse(
            version: try version(at: mint), asOf: origin.asOf, contributorCount: Int(origin.contributorCount))
    }
}
