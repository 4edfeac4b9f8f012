internal import CodeRegistry
internal import EventLog
internal import LMDB
internal import Projections
internal import TasteFold

extension StoreView {
    /// The taste that some codes blend to, and their space.
    func blend(_ codes: [WeightedCode]) throws(StoreError) -> (taste: Taste, space: Space) {
        var parts: [(taste: Taste, weight: Int)] = []
        var spaceName: String?
        for code in codes {
            let version = try version(named: code.code)
            if version.isRevoked { throw .fault(.revoked(code.code)) }
            if let spaceName, spaceName != version.space {
                throw .fault(.otherSpace(code: code.code.description, space: version.space, expected: spaceName))
            }
            spaceName = version.space
            parts.append((version.taste, code.weight))
        }
        let found = try spaceName.flatMap { (name) throws(StoreError) in try space(named: name) }
        guard let space = found else { throw .fault(.unblendable("no code was given")) }
        do throws(BlendError) { return (try Taste.blend(parts), space) } catch {
            throw .fault(.unblendable(error.description))
        }
    }

    /// The embedding of an image.
    func embedding(of id: String, in space: Space) throws(StoreError) -> Embedding {
        if let position = try image(id, in: space) {
            return Embedding(unchecked: try image(at: position, in: space).embedding)
        }
        throw .fault(.unknownImage(space: space.name, id: id))
    }

    /// Every image of a space with its score, in the order of registration.
    func catalogueScores(of taste: Taste, in spaceName: String) throws(StoreError) -> [ScoredImage] {
        let space = try existingSpace(spaceName)
        let scorer = TasteScorer(taste: taste, space: space.descriptor)
        var scores: [ScoredImage] = []
        for position in try rows(Images.self).sorted() {
            let record = try record(at: position)
            guard record.header.stream == space.position else { continue }
            do throws(RecordError) {
                let embedding = try record.image().embedding
                guard embedding.byteCount == 2 * space.descriptor.dimension else {
                    throw .notCanonical(position, "an image that does not fit the space '\(space.name)'")
                }
                let score = scorer.score(of: embedding)
                scores.append(ScoredImage(id: try record.imageID(), score: Double(score) / 256))
            } catch {
                throw .record(error)
            }
        }
        return scores
    }

    /// Every image of a space, in the order of registration.
    func images(of spaceName: String) throws(StoreError) -> [NewImage] {
        guard let space = try space(named: spaceName) else { return [] }
        var images: [NewImage] = []
        for position in try rows(Images.self).sorted() {
            let record = try record(at: position)
            guard record.header.stream == space.position else { continue }
            let image = try image(at: position, in: space)
            images.append(
                NewImage(id: image.id, author: image.author, embedding: Embedding(unchecked: image.embedding)))
        }
        return images
    }

    /// The choices that a version's fold has seen, those that contribute most to its direction first.
    func choices(of version: Version) throws(StoreError) -> [ExplainedChoice] {
        guard version.mint.foldedThrough > 0,
            let profile = try profileName(ofStream: version.mint.stream),
            let space = try space(named: profile.space)
        else { return [] }
        let event = try covered(by: version.mint.position, version: version.mint.foldedThrough)
        if profile.isHouse { return [] }
        var explained: [ExplainedChoice] = []
        for choice in try explainedFold(of: version, profile, at: event, in: space) {
            let winner = try image(at: choice.comparison.winner, in: space)
            let loser = try choice.comparison.loser.map { (position) throws(StoreError) in
                try image(at: position, in: space)
            }
            let opponent = loser?.embedding ?? space.descriptor.mean
            explained.append(
                ExplainedChoice(
                    position: choice.comparison.event, winner: winner.id, loser: loser?.id,
                    share: choice.share, weight: Double(choice.weight) / 16384,
                    probability: Double(
                        version.taste.preference(
                            of: Embedding(unchecked: winner.embedding), over: Embedding(unchecked: opponent)))
                        / 16384))
        }
        return explained.sorted { ($0.share, $1.position) > ($1.share, $0.position) }
    }

    private func explainedFold(
        of version: Version, _ profile: ProfileName, at event: Position, in space: Space
    ) throws(StoreError) -> [ProfileFold.ExplainedComparison] {
        let choice = try foldChoice(of: version.taste, in: space)
        let head = try streamHead(of: version.mint.stream)
        let fold = profileFold(of: profile, head, in: space, choice)
        do throws(FoldFailure) {
            return try fold.explainedFold(at: event, in: snapshot.transaction) { (image) throws(StorageError) in
                try translated(image, to: space)
            }
        } catch {
            switch error {
            case .storage(let failure): throw .storage(failure)
            // It was folded once, so the log has changed since.
            case .fold(let refusal):
                throw .record(.notCanonical(version.mint.position, "its stream cannot be folded: \(refusal)"))
            }
        }
    }

    /// The taste events of a profile between what two of its versions cover, newest first.
    func events(between one: Version, and other: Version) throws(StoreError) -> [StoredEvent] {
        guard one.mint.stream == other.mint.stream, one.mint.foldedThrough > 0 else { return [] }
        let low = min(one.mint.foldedThrough, other.mint.foldedThrough)
        let later = one.mint.foldedThrough > other.mint.foldedThrough ? one : other
        var namer = EventNamer()
        var events: [StoredEvent] = []
        let start = try covered(by: later.mint.position, version: later.mint.foldedThrough)
        try walkBack(from: start) { (record) throws(StoreError) in
            if record.header.revision <= low { return nil }
            if record.header.kind.changesTaste { events.append(try namer.event(record, in: self)) }
            return record.header.previous
        }
        return events
    }
}
