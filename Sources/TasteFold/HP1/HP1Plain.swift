/// HP1's sweeps as plain loops over 64-bit integers, as docs/fold.md states them: the oracle of the vector kernels, and
/// what solves the sets whose bounds do not let those be exact.
package enum HP1Plain {
    /// Solves for any set of differences.
    package static func solve(_ differences: DifferenceMatrix, from start: [Int], scale: Int) -> DualSolution {
        differences.isWide
            ? solve(differences.wide, differences, start, scale) : solve(differences.narrow, differences, start, scale)
    }

    @inline(__always)
    private static func solve<Component: FixedWidthInteger>(
        _ rows: [Component], _ differences: DifferenceMatrix, _ start: [Int], _ scale: Int
    ) -> DualSolution {
        let count = differences.count
        var sum = start
        var weights = [Int](repeating: 0, count: count)
        var before = weights
        for sweep in 0..<DL1.sweeps {
            if sweep == DL1.sweeps - 1 { before = weights }
            for row in 0..<count {
                let place = row * differences.stride
                var product = 0
                for index in sum.indices { product &+= Int(rows[place &+ index]) &* sum[index] }
                let target = LogisticTable.complement(ofMargin: floorDivide(product, by: scale))
                let length = differences.squaredLengths[row]
                let step = roundDivide((target - weights[row]) * scale, by: scale + length)
                weights[row] += step
                for index in sum.indices { sum[index] &+= step &* Int(rows[place &+ index]) }
            }
        }
        sum = start
        for row in 0..<count {
            let place = row * differences.stride
            weights[row] = before[row] + floorDivide((weights[row] - before[row]) * (count - row), by: count)
            for index in sum.indices { sum[index] &+= weights[row] &* Int(rows[place &+ index]) }
        }
        return DualSolution(sum: sum, weights: weights, scale: scale)
    }
}
