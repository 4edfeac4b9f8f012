internal import ByteCoding
internal import CPrefetch
package import EventLog
package import LMDB
package import TasteFold

/// A profile's taste as it was at one event of its stream.
package struct FoldedProfile: Hashable, Sendable {
    /// What the fold made of the effective set.
    package let taste: Taste
    /// The number of effective rankings.
    package let rankings: UInt32
    /// The number of effective likes, none of them of own images.
    package let likes: UInt32
    /// The number of adopted rankings and likes of images that the space does not have.
    package let dropped: UInt32
}

/// Folds one profile's stream, up to one of its events, into a taste.
///
/// Pure: the result depends on the stream's records and the images that they name, on nothing else. Embeddings are read
/// in place from the mapped log.
package struct ProfileFold {
    package let log: LogTable
    /// The space of the profile.
    package let space: SpaceDescriptor
    /// The profile's user, whose likes of own images never count; nil for a board, where an image's author does not matter.
    package let user: String?
    /// Which fold to apply.
    package let foldID: FoldID
    /// What the fold starts from; only ``HP1`` does.
    package let house: HousePrior?

    private let images: MappedImages?

    /// A fold of a profile's streams.
    ///
    /// - Parameters:
    ///   - house: What the fold starts from, if it starts from a house.
    ///   - images: Images located by other folds of the same snapshot; nil for a fold on its own.
    package init(
        log: LogTable, space: SpaceDescriptor, user: String?, foldID: FoldID = .current, house: HousePrior? = nil,
        images: MappedImages? = nil
    ) {
        self.house = house
        self.images = images
        self.log = log
        self.space = space
        self.user = user
        self.foldID = foldID
    }

    /// One comparison of the effective set, with its place in the fold's canonical order.
    package struct Comparison: Sendable {
        /// The preferred image.
        package let winner: Position
        /// The other image; nil in a like, which prefers its image to the catalogue's mean.
        package let loser: Position?
        /// The event that said so.
        package let event: Position
    }

    /// What the fold will see: comparisons in canonical order, and the counts of evidence.
    struct Evidence {
        var comparisons: [Located] = []
        var rankings: UInt32 = 0
        var likes: UInt32 = 0
        var dropped: UInt32 = 0

        /// Has the processor fetch the embeddings of a comparison, if there is one at the index.
        func prefetch(_ index: Int) {
            guard index < comparisons.count else { return }
            prefetch_range(comparisons[index].winner.baseAddress, comparisons[index].winner.count)
            if let loser = comparisons[index].loser { prefetch_range(loser.baseAddress, loser.count) }
        }

        /// Puts the comparisons in order of their keys.
        ///
        /// What is sorted is one word for each: the first bits of a key, which practically never tie, and an index.
        mutating func sort() {
            let comparisons = comparisons
            let indexBits = UInt64((1 << (Int.bitWidth - comparisons.count.leadingZeroBitCount)) - 1)
            var words = comparisons.indices.map { comparisons[$0].key.words.0 & ~indexBits | UInt64($0) }
            words.sort()
            let tie = zip(words, words.dropFirst()).contains { ($0 ^ $1) & ~indexBits == 0 }
            self.comparisons =
                tie ? comparisons.sorted { $0.key < $1.key } : words.map { comparisons[Int($0 & indexBits)] }
        }
    }

    /// A comparison with its embeddings in the mapped log. Never leaves the call that borrows the transaction.
    struct Located {
        let comparison: Comparison
        /// What the fold sorts by: a hash of the two ids.
        fileprivate let key: SHA256Digest
        fileprivate let winner: UnsafeRawBufferPointer
        fileprivate let loser: UnsafeRawBufferPointer?
    }

    /// How many comparisons ahead embeddings are fetched: a difference takes some hundred nanoseconds.
    private static let prefetchDistance = 2

    /// Half of a processor core's own cache: embeddings that fit it are fetched as soon as they are found.
    private static let cacheByteCount = 1 << 19

    /// The taste at an event of the stream.
    ///
    /// - Parameter isOfOtherSpace: Whether the stream is a profile's of another space, whose images are looked up in this.
    package func fold(
        at event: Position, isOfOtherSpace: Bool = false, in transaction: borrowing some Transaction & ~Copyable,
        _ translate: ImageTranslation
    ) throws(FoldFailure) -> FoldedProfile {
        let evidence: Evidence
        do {
            evidence = try self.evidence(at: event, isOfOtherSpace: isOfOtherSpace, in: transaction, translate)
        } catch { throw .storage(error) }
        var comparisons = ComparisonSet(space: space, capacity: evidence.comparisons.count)
        do throws(FoldError) {
            for index in evidence.comparisons.indices {
                evidence.prefetch(index + Self.prefetchDistance)
                _ = try evidence.comparisons[index].append(to: &comparisons)
            }
            return FoldedProfile(
                taste: try foldID.fold(comparisons, from: house), rankings: evidence.rankings, likes: evidence.likes,
                dropped: evidence.dropped)
        } catch {
            throw .fold(error)
        }
    }

    /// A comparison that entered the fold, and how much it counts.
    package struct ExplainedComparison: Sendable {
        /// The comparison.
        package let comparison: Comparison
        /// Its dual weight in Q14 (docs/fold.md).
        package let weight: Int
        /// Its share of the direction, of 1.
        package let share: Double
    }

    /// The comparisons that entered the fold at an event, each with how much it counts.
    package func explainedFold(
        at event: Position, in transaction: borrowing some Transaction & ~Copyable, _ translate: ImageTranslation
    ) throws(FoldFailure) -> [ExplainedComparison] {
        let evidence: Evidence
        do { evidence = try self.evidence(at: event, in: transaction, translate) } catch { throw .storage(error) }
        var comparisons = ComparisonSet(space: space, capacity: evidence.comparisons.count)
        var folded: [Comparison] = []
        do throws(FoldError) {
            for located in evidence.comparisons where try located.append(to: &comparisons) {
                folded.append(located.comparison)
            }
            let explained = try foldID.explainedFold(comparisons, from: house)
            return folded.indices.map {
                ExplainedComparison(
                    comparison: folded[$0], weight: explained.weights[$0], share: explained.shares[$0])
            }
        } catch {
            throw .fold(error)
        }
    }

    /// The comparisons of the effective set at an event, in the fold's canonical order.
    func evidence(
        at event: Position, isOfOtherSpace: Bool = false, in transaction: borrowing some Transaction & ~Copyable,
        _ translate: ImageTranslation
    ) throws(StorageError) -> Evidence {
        let effective = try EffectiveSet(
            at: event, isOfOtherSpace: isOfOtherSpace, log: log, in: transaction, translate)
        var evidence = Evidence()
        evidence.comparisons.reserveCapacity(effective.rankings.count + effective.likes.count)
        try locate(effective.rankings, into: &evidence, in: transaction)
        evidence.rankings = UInt32(effective.rankings.count)
        evidence.dropped = UInt32(effective.droppedCount)
        for like in effective.likes {
            guard let comparison = try locate(like, in: transaction) else { continue }
            evidence.comparisons.append(comparison)
            evidence.likes += 1
        }
        evidence.sort()
        return evidence
    }

    /// Finds the images of rankings, all of them before the first is looked at: where they are is fetched ahead, and
    /// what is found is fetched while others are looked for or hashed. Nearly all of the time would be spent on waiting
    /// for memory.
    private func locate(
        _ rankings: [EffectiveSet.Ranking], into evidence: inout Evidence,
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        let distance = 8
        let fitsCache = rankings.count * 2 * 2 * space.dimension <= Self.cacheByteCount
        var pairs: [(winner: MappedImage, loser: MappedImage)] = []
        pairs.reserveCapacity(rankings.count)
        for index in rankings.indices {
            if let images, index + distance < rankings.count {
                images.prefetch(rankings[index + distance].winner)
                images.prefetch(rankings[index + distance].loser)
            }
            let winner = try image(at: rankings[index].winner, in: transaction)
            let loser = try image(at: rankings[index].loser, in: transaction)
            winner.prefetchID()
            loser.prefetchID()
            pairs.append((winner, loser))
        }
        for (ranking, images) in zip(rankings, pairs) {
            if fitsCache {
                images.winner.prefetchEmbedding()
                images.loser.prefetchEmbedding()
            }
            evidence.comparisons.append(
                Located(
                    comparison: Comparison(winner: ranking.winner, loser: ranking.loser, event: ranking.event),
                    key: comparisonOrderKey(
                        winner: RawSpan(_unsafeBytes: images.winner.id), loser: RawSpan(_unsafeBytes: images.loser.id)),
                    winner: images.winner.embedding, loser: images.loser.embedding))
        }
    }

    /// The comparison of a like, or nil for one of the user's own image.
    private func locate(
        _ like: EffectiveSet.Like, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Located? {
        let image = try image(at: like.image, in: transaction)
        if let user, image.isAuthored(by: user) { return nil }
        let nothing: [UInt8] = []
        return Located(
            comparison: Comparison(winner: like.image, loser: nil, event: like.event),
            key: comparisonOrderKey(winner: RawSpan(_unsafeBytes: image.id), loser: nothing.span.bytes),
            winner: image.embedding, loser: nil)
    }

    private func image(
        at position: Position, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> MappedImage {
        if let images { return try images.image(at: position, in: log, transaction) }
        return try MappedImage.locate(position, in: log, transaction)
    }
}

extension ProfileFold.Located {
    /// Adds the comparison's difference; returns false when it is zero and was left out.
    func append(to comparisons: inout ComparisonSet) throws(FoldError) -> Bool {
        let winner = RawSpan(_unsafeBytes: self.winner)
        guard let loser else { return try comparisons.append(liked: winner) }
        return try comparisons.append(winner: winner, loser: RawSpan(_unsafeBytes: loser))
    }
}

/// Why a profile could not be folded.
package enum FoldFailure: Error {
    /// The log is damaged or could not be read.
    case storage(StorageError)
    /// The fold refuses its input: more comparisons than its proof of exactness covers.
    case fold(FoldError)
}
