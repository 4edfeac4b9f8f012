package import EventLog
package import LMDB
package import TasteFold

/// What is advised about a profile rests on its comparisons as well as on its taste.
extension ProfileFold {
    /// What choosing the next pair needs of a taste at an event of the stream.
    package func knowledge(
        at event: Position, in transaction: borrowing some Transaction & ~Copyable, _ translate: ImageTranslation
    ) throws(FoldFailure) -> PairAdvice.Knowledge {
        let evidence: Evidence
        do { evidence = try self.evidence(at: event, in: transaction, translate) } catch { throw .storage(error) }
        var comparisons = ComparisonSet(space: space, capacity: evidence.comparisons.count)
        do throws(FoldError) {
            for located in evidence.comparisons { _ = try located.append(to: &comparisons) }
            let explained = try foldID.explainedFold(comparisons, from: house)
            return PairAdvice.Knowledge(comparisons, weights: explained.weights, taste: explained.taste)
        } catch {
            throw .fold(error)
        }
    }

    /// The taste at an event of the stream, and its stability in thousandths; nil below
    /// ``Stability/fewestComparisons``. Cost: two folds.
    package func foldWithStability(
        at event: Position, in transaction: borrowing some Transaction & ~Copyable, _ translate: ImageTranslation
    ) throws(FoldFailure) -> (folded: FoldedProfile, stability: Int?) {
        let evidence: Evidence
        do { evidence = try self.evidence(at: event, in: transaction, translate) } catch { throw .storage(error) }
        do throws(FoldError) {
            let taste = try fold(evidence, first: nil)
            let folded = FoldedProfile(
                taste: taste, rankings: evidence.rankings, likes: evidence.likes, dropped: evidence.dropped)
            let count = Int(taste.comparisonCount)
            guard count >= Stability.fewestComparisons else { return (folded, nil) }
            let earlier = try fold(evidence, first: Stability.earlierCount(of: count))
            return (folded, PanelImages(of: space).agreement(of: earlier, with: taste))
        } catch {
            throw .fold(error)
        }
    }

    /// The taste of the first comparisons that are not dropped, or of all.
    private func fold(_ evidence: Evidence, first limit: Int?) throws(FoldError) -> Taste {
        var comparisons = ComparisonSet(space: space, capacity: limit ?? evidence.comparisons.count)
        for located in evidence.comparisons where comparisons.count < limit ?? .max {
            _ = try located.append(to: &comparisons)
        }
        return try foldID.fold(comparisons, from: house)
    }
}
