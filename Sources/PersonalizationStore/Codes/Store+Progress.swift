internal import EventLog
internal import Projections
internal import TasteFold

/// How far a profile is on the way to a taste: what a user interface shows as a progress bar.
public struct ComparisonProgress: Hashable, Sendable {
    /// The effective comparisons that there are.
    public let have: Int
    /// How many `--p` needs.
    public let need: Int
    /// The effective rankings among them.
    public let rankings: Int
    /// The effective likes among them.
    public let likes: Int
    /// How often the taste expects to predict a choice between two random images, in thousandths; 500 is a coin.
    public let confidence: Int
    /// How settled the taste is, in thousandths: on how many pairs of images it agrees with the taste of four fifths of
    /// the comparisons, and so probably with that of a quarter more. Nil with fewer than 5 comparisons.
    public let stability: Int?
    /// Whether `--p` works.
    public var isReady: Bool { have >= need }
}

extension Store {
    /// How far a profile is; a profile without events has none of what it needs. Cost: two folds.
    public func progress(of profile: ProfileName) throws(StoreError) -> ComparisonProgress {
        try read { (view) throws(StoreError) in
            guard let space = try view.space(named: profile.space) else { throw .fault(.unknownSpace(profile.space)) }
            if profile.isHouse { throw .fault(.houseProfile(profile.space)) }
            let state = try view.profile(profile)
            let choice = try view.foldChoice(for: profile, state?.head, in: space)
            guard let state else {
                let taste = try view.tasteBeforeEvents(of: profile, in: space, choice)
                return ComparisonProgress(
                    have: 0, need: choice.threshold, rankings: 0, likes: 0, confidence: Int(taste.confidence),
                    stability: nil)
            }
            return try view.progress(of: profile, state, choice)
        }
    }
}

extension Store {
    /// How settled a version was when it was minted, in thousandths, as in ``ComparisonProgress/stability``; nil with fewer than 5
    /// comparisons, and of a version that was imported. Cost: two folds.
    public func stability(of version: Version) throws(StoreError) -> Int? {
        guard version.mint.foldedThrough > 0 else { return nil }
        return try read { (view) throws(StoreError) in
            let found: (name: ProfileName, state: StoreView.ProfileState, event: Position)?
            let covers = version.mint.foldedThrough
            if let name = try view.profileName(ofStream: version.mint.stream), let state = try view.profile(name) {
                found = (name, state, try view.covered(by: version.mint.position, version: covers))
            } else {
                found = nil
            }
            guard let found, !found.name.isHouse else { return nil }
            let choice = try view.foldChoice(of: version.taste, in: found.state.space)
            return try view.foldWithStability(found.name, found.state, at: found.event, choice).stability
        }
    }
}

extension StoreView {
    /// The taste of a profile that has no event: that of nobody in particular, or the house that it starts from.
    fileprivate func tasteBeforeEvents(
        of name: ProfileName, in space: Space, _ choice: FoldChoice
    ) throws(StoreError) -> Taste {
        do throws(FoldError) {
            return try choice.foldID.fold(ComparisonSet(space: space.descriptor, capacity: 0), from: choice.house)
        } catch {
            throw StoreError(.fold(error), of: name)
        }
    }

    /// How far a profile is that has events.
    func progress(
        of name: ProfileName, _ state: ProfileState, _ choice: FoldChoice
    ) throws(StoreError) -> ComparisonProgress {
        let (folded, stability) = try foldWithStability(name, state, at: state.head.last, choice)
        return ComparisonProgress(
            have: Int(folded.taste.comparisonCount), need: choice.threshold, rankings: Int(folded.rankings),
            likes: Int(folded.likes), confidence: Int(folded.taste.confidence), stability: stability)
    }

    /// A profile's taste at one event of its stream, and its stability.
    func foldWithStability(
        _ name: ProfileName, _ state: ProfileState, at event: Position, _ choice: FoldChoice
    ) throws(StoreError) -> (folded: FoldedProfile, stability: Int?) {
        let fold = profileFold(of: name, state.head, in: state.space, choice)
        do throws(FoldFailure) {
            return try fold.foldWithStability(at: event, in: snapshot.transaction) { (image) throws(StorageError) in
                try translated(image, to: state.space)
            }
        } catch {
            throw StoreError(error, of: name)
        }
    }
}
