/// The fold "house prior 1": DL1's objective around a house taste instead of around zero, in integers.
///
/// V begins at V0, the house's, instead of at 0; margins, steps and averaging are those of ``DL1`` (docs/fold.md,
/// section 7). Without comparisons the result is the house's taste; with a house of gain 0 the numbers are DL1's.
///
/// Bounds: for canonical embeddings |V0·z| is below 2^52, so that with DL1's 2^62 every |V·z| stays below 2^63.
package enum HP1 {
    /// `HP1` and a zero byte.
    package static let id = FoldID(rawValue: 0x0031_5048)

    /// Folds comparisons, in the order in which they were appended, around a house.
    ///
    /// Costs what ``DL1`` does. Never throws.
    ///
    /// - Precondition: The house is of the comparisons' space.
    package static func fold(_ comparisons: borrowing ComparisonSet, from house: HousePrior) -> Taste {
        finish(solve(comparisons, house), comparisons, house)
    }

    /// Folds comparisons and returns the dual weights A_i beside the taste. Never throws.
    ///
    /// - Precondition: The house is of the comparisons' space.
    package static func explainedFold(
        _ comparisons: borrowing ComparisonSet, from house: HousePrior
    ) -> ExplainedTaste {
        let solution = solve(comparisons, house)
        return ExplainedTaste(
            taste: finish(solution, comparisons, house), weights: solution.weights,
            shares: solution.shares(of: comparisons.differences))
    }

    /// c as in DL1, but without comparisons of the panel's scale.
    package static func scale(of differences: DifferenceMatrix, panelMeanSquare: Int) -> Int {
        guard differences.count > 0 else { return max(1, panelMeanSquare / 8) }
        return DualSolution.scale(of: differences, panelMeanSquare: panelMeanSquare)
    }

    private static func solve(_ comparisons: borrowing ComparisonSet, _ house: HousePrior) -> DualSolution {
        precondition(house.taste.spaceID == comparisons.space.id, "a house of another space")
        let differences = comparisons.differences
        let scale = scale(of: differences, panelMeanSquare: comparisons.space.panelMeanSquare)
        let start = house.start(scale: scale)
        return BlockedSolver.solve(differences, from: start, scale: scale)
            ?? HP1Plain.solve(differences, from: start, scale: scale)
    }

    private static func finish(
        _ solution: DualSolution, _ comparisons: borrowing ComparisonSet, _ house: HousePrior
    ) -> Taste {
        let taste = solution.taste(comparisonCount: comparisons.count, space: comparisons.space)
        return Taste(
            foldID: id, spaceID: taste.spaceID, house: house.versionHash, comparisonCount: taste.comparisonCount,
            gain: taste.gain, confidence: taste.confidence, direction: taste.direction)
    }
}
