/// DL1's sweeps with vector instructions: the same solution as ``PlainSolver``, bit for bit.
///
/// A sweep needs V·z_i before each step and V += D_i z_i after it. Here sixteen rows are taken together: their products
/// with V as it was before the block, then the sixteen scalar steps in order, in which V·z_i = V₀·z_i + Σ D_j (z_j·z_i)
/// over the block's earlier rows j, then all sixteen updates of V in one pass. The products z_j·z_i within each block are
/// computed once. Every one of these sums is an exact integer, so the steps see the same numbers as the plain loops'.
package enum BlockedSolver {
    /// Solves, or returns nil for differences whose bounds do not let the vector kernels be exact: components outside
    /// `Int16`, or sums that could outgrow three limbs (at d = 512, from about 200,000 comparisons on).
    package static func solve(
        _ differences: DifferenceMatrix, panelMeanSquare: Int, kernels: FoldKernels = .best
    ) -> DualSolution? {
        let scale = DualSolution.scale(of: differences, panelMeanSquare: panelMeanSquare)
        if LimbedSum<WideLimbs>.canHold(sumsOf: differences, multipliedWith: differences) {
            return solve(differences, scale, WideLimbs.self, kernels)
        }
        if LimbedSum<MediumLimbs>.canHold(sumsOf: differences, multipliedWith: differences) {
            return solve(differences, scale, MediumLimbs.self, kernels)
        }
        if LimbedSum<NarrowLimbs>.canHold(sumsOf: differences, multipliedWith: differences) {
            return solve(differences, scale, NarrowLimbs.self, kernels)
        }
        return nil
    }

    /// The products of rows with a vector.
    package static func products(
        of rows: DifferenceMatrix, with vector: [Int], kernels: FoldKernels = .best
    ) -> [Int] {
        guard !rows.isWide,
            let sum = LimbedSum<WideLimbs>(vector, count: rows.stride, laneSum: rows.largestLaneSum, kernels: kernels)
        else { return PlainSolver.products(of: rows, with: vector) }
        let group = DifferenceMatrix.rowGroup
        let padded = (rows.count + group - 1) / group * group
        let products = [Int](unsafeUninitializedCapacity: padded) { products, count in
            rows.narrow.withUnsafeBufferPointer { storage in
                guard let base = storage.baseAddress, let first = products.baseAddress else { return }
                for row in Swift.stride(from: 0, to: padded, by: group) {
                    sum.multiply(base + row * rows.stride, into: first + row)
                }
            }
            count = rows.count
        }
        return products
    }

    private static func solve<Width: LimbWidth>(
        _ differences: DifferenceMatrix, _ scale: Int, _ width: Width.Type, _ kernels: FoldKernels
    ) -> DualSolution {
        differences.narrow.withUnsafeBufferPointer { rows in
            // Without rows there is no address, but nothing is read either.
            guard let rows = rows.baseAddress else {
                return DualSolution(sum: [Int](repeating: 0, count: differences.dimension), weights: [], scale: scale)
            }
            let zero = LimbedSum<Width>(
                count: differences.stride, laneSum: differences.largestLaneSum, kernels: kernels)
            var sweeper = BlockSweeper(rows, differences, scale: scale, sum: zero)
            for _ in 1..<DL1.sweeps { sweeper.sweep() }
            let before = sweeper.weights
            sweeper.sweep()
            sweeper.average(with: before)
            return DualSolution(
                sum: Array(sweeper.sum.values.prefix(differences.dimension)), weights: sweeper.weights, scale: scale)
        }
    }
}
