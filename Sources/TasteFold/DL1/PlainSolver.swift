/// DL1's sweeps as plain loops over 64-bit integers, as docs/fold.md states them.
///
/// The oracle and the other side of the benchmark of ``BlockedSolver``, and what solves the sets whose bounds do not let
/// the vector kernels be exact.
package enum PlainSolver {
    /// Solves for any set of differences.
    package static func solve(_ differences: DifferenceMatrix, panelMeanSquare: Int) -> DualSolution {
        let scale = DualSolution.scale(of: differences, panelMeanSquare: panelMeanSquare)
        return differences.isWide
            ? solve(differences.wide, differences, scale) : solve(differences.narrow, differences, scale)
    }

    /// The products of rows with a vector; exact where they fit 64 bits.
    package static func products(of rows: DifferenceMatrix, with vector: [Int]) -> [Int] {
        rows.isWide ? products(rows.wide, rows, vector) : products(rows.narrow, rows, vector)
    }

    @inline(__always)
    private static func solve<Component: FixedWidthInteger>(
        _ rows: [Component], _ differences: DifferenceMatrix, _ scale: Int
    ) -> DualSolution {
        let count = differences.count
        let dimension = differences.dimension
        var sum = [Int](repeating: 0, count: dimension)
        var weights = [Int](repeating: 0, count: count)
        var before = weights
        for sweep in 0..<DL1.sweeps {
            if sweep == DL1.sweeps - 1 { before = weights }
            for row in 0..<count {
                let start = row * differences.stride
                let margin = floorDivide(product(rows, start, sum), by: scale)
                let target = LogisticTable.complement(ofMargin: margin)
                let length = differences.squaredLengths[row]
                let step = roundDivide((target - weights[row]) * scale, by: scale + length)
                weights[row] += step
                add(rows, start, times: step, to: &sum)
            }
        }
        sum = [Int](repeating: 0, count: dimension)
        for row in 0..<count {
            weights[row] = before[row] + floorDivide((weights[row] - before[row]) * (count - row), by: count)
            add(rows, row * differences.stride, times: weights[row], to: &sum)
        }
        return DualSolution(sum: sum, weights: weights, scale: scale)
    }

    @inline(__always)
    private static func products<Component: FixedWidthInteger>(
        _ components: [Component], _ rows: DifferenceMatrix, _ vector: [Int]
    ) -> [Int] {
        (0..<rows.count).map { product(components, $0 * rows.stride, vector) }
    }

    @inline(__always)
    private static func product<Component: FixedWidthInteger>(
        _ rows: [Component], _ start: Int, _ vector: [Int]
    ) -> Int {
        var product = 0
        for index in 0..<vector.count { product &+= Int(rows[start &+ index]) &* vector[index] }
        return product
    }

    @inline(__always)
    private static func add<Component: FixedWidthInteger>(
        _ rows: [Component], _ start: Int, times step: Int, to vector: inout [Int]
    ) {
        for index in 0..<vector.count { vector[index] &+= step &* Int(rows[start &+ index]) }
    }
}
