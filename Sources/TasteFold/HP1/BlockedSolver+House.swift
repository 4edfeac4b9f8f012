extension BlockedSolver {
    /// Solves with V beginning at `start` instead of 0, by the very sweeps of DL1; nil for differences and starts whose
    /// bounds do not let the vector kernels be exact.
    package static func solve(
        _ differences: DifferenceMatrix, from start: [Int], scale: Int, kernels: FoldKernels = .best
    ) -> DualSolution? {
        let largest = start.reduce(0) { max($0, abs($1)) }
        if LimbedSum<WideLimbs>.canHold(sumsOf: differences, from: largest) {
            return solve(differences, start, scale, WideLimbs.self, kernels)
        }
        if LimbedSum<MediumLimbs>.canHold(sumsOf: differences, from: largest) {
            return solve(differences, start, scale, MediumLimbs.self, kernels)
        }
        if LimbedSum<NarrowLimbs>.canHold(sumsOf: differences, from: largest) {
            return solve(differences, start, scale, NarrowLimbs.self, kernels)
        }
        return nil
    }

    private static func solve<Width: LimbWidth>(
        _ differences: DifferenceMatrix, _ start: [Int], _ scale: Int, _ width: Width.Type, _ kernels: FoldKernels
    ) -> DualSolution {
        differences.narrow.withUnsafeBufferPointer { rows in
            // Without rows there is no address, but nothing is read either.
            guard differences.count > 0, let rows = rows.baseAddress else {
                return DualSolution(sum: start, weights: [], scale: scale)
            }
            let sum = LimbedSum<Width>(
                startingAt: start, count: differences.stride, laneSum: differences.largestLaneSum, kernels: kernels)
            var sweeper = BlockSweeper(rows, differences, scale: scale, sum: sum)
            for _ in 1..<DL1.sweeps { sweeper.sweep() }
            let before = sweeper.weights
            sweeper.sweep()
            sweeper.average(with: before)
            return DualSolution(
                sum: Array(sweeper.sum.values.prefix(differences.dimension)), weights: sweeper.weights, scale: scale)
        }
    }
}
