internal import EventLog
internal import Projections

/// How far a profile is on the way to a taste: what a user interface shows as a progress bar.
public struct Progress: Hashable, Sendable {
    /// The effective comparisons that there are.
    public let have: Int
    /// How many `--p` needs.
    public let need: Int
    /// The effective rankings among them.
    public let rankings: Int
    /// The effective likes among them.
    public let likes: Int
    /// Whether `--p` works.
    public var isReady: Bool { have >= need }
}

extension Store {
    /// How far a profile is; a profile without events has none of what it needs. Cost: a fold's reading.
    public func progress(of profile: ProfileName) throws(PersonalizationError) -> Progress {
        try read(PersonalizationError.storage) { (view) throws(PersonalizationError) in
            let space: Space?
            let state: StoreView.ProfileState?
            do throws(StorageError) {
                space = try view.space(named: profile.space)
                state = try view.profile(profile)
            } catch {
                throw .storage(error)
            }
            guard let space else { throw .fault(.unknownSpace(profile.space)) }
            guard let state else { return Progress(have: 0, need: space.threshold, rankings: 0, likes: 0) }
            let folded = try view.fold(profile, state, at: state.head.last)
            return Progress(
                have: Int(folded.taste.comparisonCount), need: space.threshold, rankings: Int(folded.rankings),
                likes: Int(folded.likes))
        }
    }
}
