public import EventLog
internal import Projections
public import TasteFold

/// What a profile's choices amount to with another space's embeddings.
public struct RefoldedTaste: Hashable, Sendable {
    /// The taste in the other space.
    public let taste: Taste
    /// The number of effective rankings of images that the space has.
    public let rankings: Int
    /// The number of effective likes of images that the space has.
    public let likes: Int
    /// The number of effective rankings and likes that dropped out, since the space lacks an image of theirs.
    public let dropped: Int
}

extension Store {
    /// A profile's taste in another space: its choices now, folded with the embeddings, the mean and the panel of a space
    /// that has images of the same ids. Choices of images that the space lacks drop out and are counted.
    ///
    /// Nothing is written; ``adopt(_:into:eventID:)`` makes a profile of it. Cost: a fold, and a look-up for each image.
    public func taste(of profile: ProfileName, in space: String) throws(StoreError) -> RefoldedTaste {
        try read { (view) throws(StoreError) in
            let target = try view.existingSpace(space)
            let state = try view.existingProfile(profile)
            let choice = try view.foldChoice(for: profile, state.head, in: target)
            let folded = try view.fold(profile, state, in: target, choice)
            return RefoldedTaste(
                taste: folded.taste, rankings: Int(folded.rankings), likes: Int(folded.likes),
                dropped: Int(folded.dropped))
        }
    }

    /// Has a profile begin with what another profile of the same user amounts to now, in another space: people need not
    /// start over when a model generation has other embeddings.
    ///
    /// What is said in the profile itself, before or after, adds to it and is the last word. Later events of the other
    /// profile change nothing; its codes stay its own. A later adoption takes the place of an earlier one, and a reset
    /// ends it.
    @discardableResult
    public func adopt(
        _ source: ProfileName, into profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await adopt(source, into: profile, eventID: eventID, at: nil)
    }

    @discardableResult
    func adopt(
        _ source: ProfileName, into profile: ProfileName, eventID: EventID?, at time: Timestamp?
    ) async throws(StoreError) -> Receipt {
        let last = try read { (view) throws(StoreError) in
            _ = try view.existingSpace(profile.space)
            return try view.existingProfile(source).head.last
        }
        return try await own(profile, .adopt(from: last), eventID: eventID, at: time)
    }
}

extension StoreView {
    fileprivate func existingProfile(_ name: ProfileName) throws(StoreError) -> ProfileState {
        _ = try existingSpace(name.space)
        let state = try profile(name)
        guard let state, !name.isHouse else { throw .fault(.unknownProfile(name)) }
        return state
    }

    fileprivate func fold(
        _ name: ProfileName, _ state: ProfileState, in target: Space, _ choice: FoldChoice
    ) throws(StoreError) -> FoldedProfile {
        let fold = profileFold(of: name, state.head, in: target, choice)
        do throws(FoldFailure) {
            return try fold.fold(at: state.head.last, isOfOtherSpace: true, in: snapshot.transaction) {
                (image) throws(StorageError) in try translated(image, to: target)
            }
        } catch {
            throw StoreError(error, of: name)
        }
    }

    /// The image of a space with the id of an image of any space; nil when there is none.
    ///
    /// Folds lend their records to this, and know no other errors than the storage's.
    func translated(_ image: Position, to space: Space) throws(StorageError) -> Position? {
        let record = try snapshot.record(at: image)
        if record.header.stream == space.position { return image }
        let id = try StorageError.wrapRecord { () throws(RecordError) in try record.imageID() }
        return try imagePosition(id, in: space)
    }
}
