/// The fold "dual logit 1": L2-regularized Bradley–Terry on embedding differences, in integers.
///
/// It minimizes Σ ln(1 + e^(−w·z_i)) + (λq/2)|w|² with λ = ½ by six sweeps of dual coordinate ascent, the last one
/// averaged (docs/fold.md, section 3). Vector sums are exact integers, so their order and width cannot change a bit; only
/// the scalar steps round, each as defined.
package enum DL1: FoldAlgorithm {
    /// `DL1` and a zero byte.
    package static let id = FoldID(rawValue: 0x0031_4C44)

    /// Folds comparisons, in the order in which they were appended.
    ///
    /// No comparisons, and comparisons that cancel exactly, give the neutral taste: direction and gain 0, confidence 500.
    /// Costs about 12 passes over the differences. Never throws.
    package static func fold(_ comparisons: borrowing ComparisonSet) -> Taste {
        finish(solve(comparisons), comparisons)
    }

    /// Folds comparisons and returns the dual weights A_i beside the taste. Never throws.
    package static func explainedFold(_ comparisons: borrowing ComparisonSet) -> ExplainedTaste {
        let solution = solve(comparisons)
        return ExplainedTaste(
            taste: finish(solution, comparisons), weights: solution.weights,
            shares: solution.shares(of: comparisons.differences))
    }

    /// The number of sweeps; the last one is averaged over its own steps.
    package static let sweeps = 6

    private static func solve(_ comparisons: borrowing ComparisonSet) -> DualSolution {
        let differences = comparisons.differences
        let panelMeanSquare = comparisons.space.panelMeanSquare
        return BlockedSolver.solve(differences, panelMeanSquare: panelMeanSquare)
            ?? PlainSolver.solve(differences, panelMeanSquare: panelMeanSquare)
    }

    private static func finish(_ solution: DualSolution, _ comparisons: borrowing ComparisonSet) -> Taste {
        solution.taste(comparisonCount: comparisons.count, space: comparisons.space)
    }
}

/// What the sweeps arrive at.
package struct DualSolution: Hashable, Sendable {
    /// V = Σ A_i z_i, exactly.
    package let sum: [Int]
    /// The dual weights A_i in Q14.
    package let weights: [Int]
    /// c = 4λq: the margin of a difference z is ⌊V·z / c⌋, in Q12 logits.
    package let scale: Int

    package init(sum: [Int], weights: [Int], scale: Int) {
        self.sum = sum
        self.weights = weights
        self.scale = scale
    }

    /// c, from the mean squared length of the differences, but at least an eighth of the panel's, so that near-duplicates
    /// cannot inflate the gain.
    ///
    /// Below 2^33, since squared lengths are below 2^31.
    package static func scale(of differences: DifferenceMatrix, panelMeanSquare: Int) -> Int {
        guard differences.count > 0 else { return 1 }
        return max(1, 2 * differences.sumOfSquaredLengths / differences.count, panelMeanSquare / 8)
    }
}
