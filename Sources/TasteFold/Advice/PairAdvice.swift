internal import CFoldKernels

/// Which pairs of images to ask a person about next: those whose answers take most uncertainty out of the choices between
/// the pairs that may be asked, open choices before settled ones (V-optimal design, docs/fold.md).
///
/// Advice, in floating point: nothing that is hashed depends on it. The same state gives the same answer on one machine.
package struct PairAdvice {
    /// What is known of a taste, as a fold left it.
    package struct Knowledge {
        /// The comparisons, in canonical order.
        let comparisons: DifferenceMatrix
        /// Their dual weights A_i in Q14.
        let weights: [Int]
        /// c of the fold.
        let scale: Int
        /// The taste, or the house's when there are no comparisons.
        let taste: Taste

        /// What is known after comparisons; the most telling ``PairAdvice/comparisonLimit`` of them.
        package init(
            _ comparisons: borrowing ComparisonSet, weights: [Int], taste: Taste
        ) {
            precondition(weights.count == comparisons.count, "not a weight for each comparison")
            let space = comparisons.space
            let differences = comparisons.differences
            // Without comparisons, a typical pair of the space stands for those to come.
            scale =
                differences.count == 0
                ? max(1, 2 * space.panelMeanSquare)
                : DualSolution.scale(of: differences, panelMeanSquare: space.panelMeanSquare)
            self.taste = taste
            guard differences.count > PairAdvice.comparisonLimit else {
                self.comparisons = differences
                self.weights = weights
                return
            }
            let chosen = weights.indices.sorted {
                let (one, other) = (PairAdvice.curvature(weights[$0]), PairAdvice.curvature(weights[$1]))
                return one != other ? one > other : $0 < $1
            }.prefix(PairAdvice.comparisonLimit).sorted()
            self.comparisons = differences.selecting(chosen)
            self.weights = chosen.map { weights[$0] }
        }
    }

    /// Of longer histories, so many comparisons enter: those whose answers were least certain.
    package static let comparisonLimit = 256
    /// So many candidates, the first, stand for all choices.
    package static let targetLimit = 128

    private static let regularization: Float = 0.5
    /// Margins beyond eight logits in Q12 are as sure as can be said.
    private static let marginLimit = 8 * 4096

    /// cov(x, t) of candidates and targets under the posterior, as if what was taken so far had been answered. The targets
    /// are the first candidates.
    private var covariances: FloatMatrix
    /// v(x) = cov(x, x) of the candidates.
    private var variances: [Float]
    /// The candidates' margins in logits.
    private let margins: [Float]
    /// 1/s of the candidates, s the variance of the answer to come.
    private let noises: [Float]
    /// The candidates' part of L⁻¹K, a row for each comparison.
    private let sides: FloatMatrix
    private let candidates: DifferenceMatrix
    /// 4/c: x·x'/λ = (4/c)·z·z'.
    private let unit: Float
    /// cov(·, p)/√(1/s + v) of each candidate p taken, as it was then.
    private var updates: [[Float]] = []
    private var isTaken: [Bool]

    /// Prepares to choose among candidates.
    ///
    /// - Parameter candidates: The differences of the pairs that may be asked, in an order drawn by chance, so that the
    ///   first are as good as any; none is zero.
    package init(_ knowledge: Knowledge, candidates: DifferenceMatrix) {
        let comparisons = knowledge.comparisons
        let unit = 2 / Self.regularization / Float(knowledge.scale)
        let targetCount = min(Self.targetLimit, candidates.count)
        var covariances = FloatMatrix(rowCount: candidates.count, columnCount: targetCount)
        covariances.setProducts(of: candidates, with: candidates, scaledBy: unit)
        var sides = FloatMatrix(rowCount: comparisons.count, columnCount: candidates.count)
        var variances = candidates.squaredLengths.map { unit * Float($0) }
        if comparisons.count > 0 {
            var gram = FloatMatrix(rowCount: comparisons.count, columnCount: comparisons.count)
            gram.setProducts(of: comparisons, with: comparisons, scaledBy: unit, isUpperHalf: true)
            for index in 0..<comparisons.count { gram[index, index] += 1 / Self.curvature(knowledge.weights[index]) }
            sides.setProducts(of: comparisons, with: candidates, scaledBy: unit)
            advice_factor(&gram.values, comparisons.count)
            advice_substitute(gram.values, comparisons.count, &sides.values, candidates.count)
            advice_subtract_products(
                &covariances.values, candidates.count, targetCount, sides.values, candidates.count, sides.values,
                candidates.count, comparisons.count)
            for row in 0..<comparisons.count {
                for column in variances.indices {
                    variances[column] -= sides[row, column] * sides[row, column]
                }
            }
        }
        self.covariances = covariances
        self.variances = variances.map { max(0, $0) }
        self.sides = sides
        self.candidates = candidates
        self.unit = unit
        let margins = BlockedSolver.products(of: candidates, with: knowledge.taste.direction.map(Int.init)).map {
            floorShift(Int(knowledge.taste.gain), times: $0, by: 24)
        }
        self.margins = margins.map { Float(min(max($0, -Self.marginLimit), Self.marginLimit)) / 4096 }
        noises = margins.map(Self.noise)
        isTaken = [Bool](repeating: false, count: candidates.count)
    }

    /// The candidates to ask, best first; fewer when there are fewer candidates.
    package mutating func take(_ count: Int) -> [Int] {
        var taken: [Int] = []
        while taken.count < count, let next = best() {
            taken.append(next)
            answer(next)
        }
        return taken
    }

    /// The candidate whose answer takes most variance out of the open choices; the first of several.
    private func best() -> Int? {
        var openness = [Float](repeating: 0, count: covariances.columnCount)
        advice_openness(margins, variances, openness.count, &openness)
        var sums = [Float](repeating: 0, count: candidates.count)
        advice_weighted_square_sums(
            covariances.values, covariances.rowCount, covariances.columnCount, openness, &sums)
        var best: (index: Int, score: Float)?
        for index in sums.indices where !isTaken[index] {
            let score = sums[index] / (noises[index] + variances[index])
            if best.map({ score > $0.score }) ?? true { best = (index, score) }
        }
        return best?.index
    }

    /// Updates all covariances as if a candidate had been answered.
    private mutating func answer(_ index: Int) {
        isTaken[index] = true
        let root = (noises[index] + variances[index]).squareRoot()
        let row = candidates.row(index)
        let products = BlockedSolver.products(of: candidates, with: row)
        var column = products.map { unit * Float($0) }
        for comparison in 0..<sides.rowCount {
            let factor = sides[comparison, index]
            for candidate in column.indices { column[candidate] -= factor * sides[comparison, candidate] }
        }
        for update in updates {
            for candidate in column.indices { column[candidate] -= update[index] * update[candidate] }
        }
        for candidate in column.indices {
            column[candidate] /= root
            variances[candidate] = max(0, variances[candidate] - column[candidate] * column[candidate])
        }
        let width = covariances.columnCount
        let scores = covariances.values[index * width..<(index + 1) * width].map { $0 / root }
        advice_subtract_outer(&covariances.values, covariances.rowCount, width, column, scores)
        updates.append(column)
    }

    /// h = max(10⁻³, a(1 − a)), a = A/2^14: how much an answer still bends the posterior.
    private static func curvature(_ weight: Int) -> Float {
        let share = Float(weight) / Float(Q14.one)
        return max(0.001, share * (1 - share))
    }

    /// 1/s, with s = σ(m)·σ(−m): the variance that an answer to a pair of this margin is expected to have.
    private static func noise(margin: Int) -> Float {
        let probability = LogisticTable.complement(ofMargin: margin)
        return Float(Q14.one * Q14.one) / Float(probability * (Q14.one - probability))
    }
}

extension DifferenceMatrix {
    /// Some of the rows.
    fileprivate func selecting(_ indices: [Int]) -> DifferenceMatrix {
        var selected = DifferenceMatrix(dimension: dimension, capacity: indices.count)
        do {
            for index in indices { try selected.append(row: row(index)) }
        } catch {
            preconditionFailure("a row that was accepted is accepted again: \(error)")
        }
        return selected
    }

    /// Adds a row as the difference of two halves: it may reach +32768, which no 16 bits hold.
    private mutating func append(row: [Int]) throws(FoldError) {
        let left = row.map { Int16($0 >> 1) }
        let right = zip(row, left).map { Int16(Int($0.1) - $0.0) }
        _ = try append(left.span.bytes, minus: right.span.bytes)
    }
}
