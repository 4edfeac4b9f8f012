package import ByteCoding
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
}

/// Folds one profile's stream, up to one of its events, into a taste.
///
/// Pure: the result depends on the stream's records and the images that they name, on nothing else. Embeddings are read
/// in place from the mapped log.
package struct ProfileFold {
    package let log: LogTable
    /// The space of the profile.
    package let space: SpaceDescriptor
    /// The profile's user, whose likes of own images never count.
    package let user: String
    /// Which fold to apply.
    package let foldID: FoldID

    package init(log: LogTable, space: SpaceDescriptor, user: String, foldID: FoldID = .current) {
        self.log = log
        self.space = space
        self.user = user
        self.foldID = foldID
    }

    /// One comparison of the effective set, with its place in the fold's canonical order.
    package struct Comparison: Sendable {
        /// What the fold sorts by: a hash of the two ids.
        package let key: SHA256Digest
        /// The preferred image.
        package let winner: Position
        /// The other image; nil in a like, which prefers its image to the catalogue's mean.
        package let loser: Position?
        /// The event that said so.
        package let event: Position
    }

    /// What the fold will see: comparisons in canonical order, and the counts of evidence.
    package struct Evidence: Sendable {
        package var comparisons: [Comparison] = []
        package var rankings: UInt32 = 0
        package var likes: UInt32 = 0
    }

    /// The taste at an event of the stream.
    package func fold(
        at event: Position, in transaction: borrowing some Transaction & ~Copyable
    ) throws(FoldFailure) -> FoldedProfile {
        let evidence: Evidence
        do { evidence = try self.evidence(at: event, in: transaction) } catch { throw .storage(error) }
        var comparisons = ComparisonSet(space: space, capacity: evidence.comparisons.count)
        for comparison in evidence.comparisons {
            _ = try append(comparison, to: &comparisons, in: transaction)
        }
        do throws(FoldError) {
            return FoldedProfile(
                taste: try foldID.fold(comparisons), rankings: evidence.rankings, likes: evidence.likes)
        } catch {
            throw .fold(error)
        }
    }

    /// The comparisons that entered the fold at an event, each with its dual weight in Q14 (docs/fold.md).
    package func explainedFold(
        at event: Position, in transaction: borrowing some Transaction & ~Copyable
    ) throws(FoldFailure) -> [(comparison: Comparison, weight: Int)] {
        let evidence: Evidence
        do { evidence = try self.evidence(at: event, in: transaction) } catch { throw .storage(error) }
        var comparisons = ComparisonSet(space: space, capacity: evidence.comparisons.count)
        var folded: [Comparison] = []
        for comparison in evidence.comparisons
        where try append(comparison, to: &comparisons, in: transaction) {
            folded.append(comparison)
        }
        do throws(FoldError) {
            return zip(folded, try foldID.explainedFold(comparisons).weights).map { ($0, $1) }
        } catch {
            throw .fold(error)
        }
    }

    /// The comparisons of the effective set at an event, in the fold's canonical order.
    package func evidence(
        at event: Position, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Evidence {
        let effective = try EffectiveSet(at: event, log: log, in: transaction)
        var evidence = Evidence()
        evidence.comparisons.reserveCapacity(effective.rankings.count + effective.likes.count)
        for ranking in effective.rankings {
            evidence.comparisons.append(try comparison(of: ranking, in: transaction))
        }
        evidence.rankings = UInt32(effective.rankings.count)
        for like in effective.likes {
            guard let comparison = try comparison(of: like, in: transaction) else { continue }
            evidence.comparisons.append(comparison)
            evidence.likes += 1
        }
        evidence.comparisons.sort { $0.key < $1.key }
        return evidence
    }

    /// Adds a comparison's difference; returns false when it is zero and was left out.
    package func append(
        _ comparison: Comparison, to comparisons: inout ComparisonSet,
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(FoldFailure) -> Bool {
        do {
            let winner = try log.record(at: comparison.winner, in: transaction)
            let winnerImage = try winner.image()
            guard let position = comparison.loser else { return try comparisons.append(liked: winnerImage.embedding) }
            let loser = try log.record(at: position, in: transaction)
            let loserImage = try loser.image()
            return try comparisons.append(winner: winnerImage.embedding, loser: loserImage.embedding)
        } catch let error as FoldError {
            throw .fold(error)
        } catch let error as RecordError {
            throw .storage(.record(error))
        } catch let error as StorageError {
            throw .storage(error)
        } catch {
            preconditionFailure("an untyped error: \(error)")
        }
    }

    private func comparison(
        of ranking: EffectiveSet.Ranking, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Comparison {
        let winner = try log.record(at: ranking.winner, in: transaction)
        let loser = try log.record(at: ranking.loser, in: transaction)
        do throws(RecordError) {
            let winnerImage = try winner.image()
            let loserImage = try loser.image()
            return Comparison(
                key: comparisonOrderKey(winner: winnerImage.id, loser: loserImage.id), winner: ranking.winner,
                loser: ranking.loser, event: ranking.event)
        } catch {
            throw .record(error)
        }
    }

    private func comparison(
        of like: EffectiveSet.Like, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Comparison? {
        let record = try log.record(at: like.image, in: transaction)
        do throws(RecordError) {
            let image = try record.image()
            if image.isAuthored(by: user) { return nil }
            let nothing: [UInt8] = []
            return Comparison(
                key: comparisonOrderKey(winner: image.id, loser: nothing.span.bytes), winner: like.image, loser: nil,
                event: like.event)
        } catch {
            throw .record(error)
        }
    }
}

/// Why a profile could not be folded.
package enum FoldFailure: Error {
    /// The log is damaged or could not be read.
    case storage(StorageError)
    /// The fold refuses its input: more comparisons than its proof of exactness covers.
    case fold(FoldError)
}
