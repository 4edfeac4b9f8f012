internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import Projections
internal import TasteFold

extension Store {
    /// Mints the house of this hash: the one that a space's people give or, where fewer people contribute than did when it
    /// was minted, since some were erased, the one whose bytes were exported.
    ///
    /// - Parameters:
    ///   - position: The event of the log after which people's tastes are taken; the head if not given.
    ///   - stored: The version's bytes, and how many people contributed to it.
    /// - Returns: Nil, or the code of the house that the people give when it is another one; then nothing was minted.
    func mintHouse(
        of name: String, asOf position: Position?, hash: String, stored: (bytes: [UInt8], contributorCount: UInt32)?,
        at time: Timestamp?
    ) async throws(StoreError) -> Code? {
        let (space, head) = try read { (view) throws(StoreError) in
            (try view.existingSpace(name), view.snapshot.head)
        }
        guard let head else { throw .fault(.unknownSpace(name)) }
        let asOf = position.map { min($0, head) } ?? head
        let (made, count) = try makeHouse(of: space, asOf: asOf)
        if let made, made.bytes.hash.description == hash {
            let origin = HouseOrigin(asOf: asOf, contributorCount: UInt32(made.contributorCount))
            _ = try await mint(made.bytes, of: name, origin, at: time)
            return nil
        }
        if let stored, count < Int(stored.contributorCount) {
            let house = try houseVersion(stored.bytes, of: space)
            guard house.hash.description == hash else {
                throw .fault(.damagedBundle("its house has the hash \(house.hash) and not \(hash)"))
            }
            let origin = HouseOrigin(asOf: asOf, contributorCount: stored.contributorCount)
            _ = try await mint(house, of: name, origin, at: time)
            return nil
        }
        guard let made else {
            throw .fault(.tooFewContributors(space: name, have: count, need: HM1.fewestContributors))
        }
        return Code(digest: made.bytes.hash)
    }

    /// The version that bytes are, if it can be a house of the space, of this store's secret.
    private func houseVersion(_ bytes: [UInt8], of space: Space) throws(StoreError) -> VersionBytes {
        let version: VersionBytes
        let taste: Taste
        do {
            version = try VersionBytes(canonical: bytes.span.bytes)
            taste = try Taste(payload: version.payload.span.bytes)
        } catch {
            throw .fault(.damagedBundle("\(error)"))
        }
        let name = ProfileName.house(of: space.name)
        let digest = ProfileDigest(secret: secret.bytes, user: name.user, space: name.space, profile: name.profile)
        guard taste.foldID == HM1.id, taste.spaceID == space.descriptor.id, version.profileDigest == digest else {
            throw .fault(.damagedBundle("it is no house of the space '\(space.name)' and of this store's secret"))
        }
        do throws(TasteFitError) {
            try taste.checkFit(to: space.descriptor, evidence: Int(version.rankings) + Int(version.likes))
        } catch {
            throw .fault(.damagedBundle("its version does not fit the space '\(space.name)': \(error)"))
        }
        return version
    }
}
