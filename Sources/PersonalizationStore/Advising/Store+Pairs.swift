internal import EventLog
internal import Projections
internal import SeededRandom
internal import TasteFold

extension Store {
    /// How many pairs can be asked for at once.
    public static let pairLimit = 64
    /// How many pairs are drawn, from which the best are taken.
    private static let candidateCount = 256

    /// The pairs of images to ask a person about next: those whose answers would tell most about the choices between all
    /// pairs that may be asked (docs/fold.md).
    ///
    /// Advice: nothing is written. Never a pair that was ranked, picked between or skipped before, in the profile or in one
    /// that it has adopted. The same state and seed give the same pairs, in every process on a machine; an answer changes the state. A person without events gets
    /// good first pairs. Cost: a fold, and some milliseconds.
    ///
    /// - Parameters:
    ///   - profile: Whom to ask; need not exist yet.
    ///   - count: How many pairs, 1 to ``pairLimit``. Fewer are given when there are no more.
    ///   - images: What to ask about, such as the images that a page has pictures of; the whole catalogue if not given.
    ///   - seed: What the candidates are drawn by.
    public func pairs(
        for profile: ProfileName, count: Int = 1, from images: [String]? = nil, seed: UInt64 = 0
    ) throws(StoreError) -> [ImagePair] {
        guard (1...Self.pairLimit).contains(count) else { throw .fault(.pairCount(count)) }
        return try read { (view) throws(StoreError) in
            let space = try view.existingSpace(profile.space)
            let state = try view.profile(profile)
            if state?.head.isBoard ?? false { throw .fault(.boardWithoutPairs(profile)) }
            let request = PairRequest(profile: profile, space: space, state: state)
            return try view.pairs(request, count, from: images, seed: seed, candidateCount: Self.candidateCount)
        }
    }
}

/// Whom to ask.
struct PairRequest {
    let profile: ProfileName
    let space: Space
    /// Nil for somebody who has said nothing yet.
    let state: StoreView.ProfileState?
}

extension StoreView {
    func pairs(
        _ request: PairRequest, _ count: Int, from ids: [String]?, seed: UInt64, candidateCount: Int
    ) throws(StoreError) -> [ImagePair] {
        let knowledge = try knowledge(request)
        let listed = try ids.map { (ids) throws(StoreError) in try positions(of: ids, in: request.space) }
        let catalogue: Catalogue
        if let listed {
            catalogue = .list(listed)
        } else {
            catalogue = try Catalogue(of: request.space.position, in: self)
        }
        return try pairs(request, count, from: catalogue, knowledge, seed: seed, candidateCount: candidateCount)
    }

    private func pairs(
        _ request: PairRequest, _ count: Int, from catalogue: Catalogue, _ knowledge: PairAdvice.Knowledge,
        seed: UInt64, candidateCount: Int
    ) throws(StoreError) -> [ImagePair] {
        let asked: AskedPairs
        if let state = request.state {
            asked = try StoreError.wrap { () throws(StorageError) in
                try AskedPairs(at: state.head.last, log: log, in: snapshot.transaction) {
                    (image) throws(StorageError) in try translated(image, to: request.space)
                }
            }
        } else {
            asked = AskedPairs()
        }
        // An answer changes what is drawn, not only what is taken of it.
        var seeds = SeededGenerator(seed: seed)
        var random = SeededGenerator(seed: seeds.next() &+ UInt64(request.state?.head.revision ?? 0))
        let drawn = try catalogue.drawPairs(
            candidateCount, of: request.space.position, except: asked, in: self, using: &random)
        let (candidates, rows) = try differences(of: drawn, dimension: request.space.descriptor.dimension)
        var advice = PairAdvice(knowledge, candidates: rows)
        var pairs: [ImagePair] = []
        for index in advice.take(count) {
            let (first, second) = candidates[index]
            pairs.append(ImagePair(first: try imageID(first), second: try imageID(second)))
        }
        return pairs
    }

    /// The positions of images, each once.
    private func positions(of ids: [String], in space: Space) throws(StoreError) -> [Position] {
        var positions: [Position] = []
        for id in ids {
            let found = try image(id, in: space)
            guard let found else { throw .fault(.unknownImage(space: space.name, id: id)) }
            if !positions.contains(found) { positions.append(found) }
        }
        return positions
    }

    /// What is known of a profile's taste.
    private func knowledge(_ request: PairRequest) throws(StoreError) -> PairAdvice.Knowledge {
        let choice = try foldChoice(for: request.profile.user, in: request.space)
        guard let state = request.state else {
            let nothing = ComparisonSet(space: request.space.descriptor, capacity: 0)
            let taste = choice.house.map { HP1.fold(nothing, from: $0) } ?? DL1.fold(nothing)
            return PairAdvice.Knowledge(nothing, weights: [], taste: taste)
        }
        let fold = ProfileFold(
            log: log, space: request.space.descriptor, user: request.profile.user, foldID: choice.foldID,
            house: choice.house)
        do throws(FoldFailure) {
            return try fold.knowledge(at: state.head.last, in: snapshot.transaction) { (image) throws(StorageError) in
                try translated(image, to: request.space)
            }
        } catch {
            throw StoreError(error, of: request.profile)
        }
    }

    /// The pairs whose images differ, with the differences.
    private func differences(
        of pairs: [(Position, Position)], dimension: Int
    ) throws(StoreError) -> ([(Position, Position)], DifferenceMatrix) {
        var embeddings = ImageEmbeddings(dimension: dimension)
        var kept: [(Position, Position)] = []
        var rows = DifferenceMatrix(dimension: dimension, capacity: pairs.count)
        for pair in pairs {
            let (first, second) = try StoreError.wrap { () throws(StorageError) in
                (try embeddings.index(of: pair.0, in: snapshot), try embeddings.index(of: pair.1, in: snapshot))
            }
            do throws(FoldError) {
                if try embeddings.append(first, minus: second, to: &rows) { kept.append(pair) }
            } catch {
                throw .record(.notCanonical(pair.0, "an embedding: \(error)"))
            }
        }
        return (kept, rows)
    }

    private func imageID(_ position: Position) throws(StoreError) -> String {
        let record = try record(at: position)
        do throws(RecordError) { return try record.imageID() } catch { throw .record(error) }
    }
}
