/// Keeping things on a line in order and apart.
package enum Spreading {
    /// The positions nearest to the desired ones (least sum of squares) that keep their order, stay in the range, and
    /// leave at least `gaps[i]` between `i` and `i + 1`.
    ///
    /// If the gaps do not fit in the range, all are shrunk by one factor. With every gap subtracted this is isotonic
    /// regression, which pooling adjacent violators solves; clamping its solution solves the bounded case. Linear time.
    /// - Precondition: `desired` is ascending and has one element more than `gaps`, or both are empty.
    package static func spread(_ desired: [Double], gaps: [Double], in range: ClosedRange<Double>) -> [Double] {
        guard !desired.isEmpty else { return [] }
        precondition(gaps.count == desired.count - 1, "one gap stands between every two neighbours")
        let total = gaps.reduce(0, +)
        let room = range.upperBound - range.lowerBound
        let factor = total > room ? room / total : 1
        var before = [0.0]
        for gap in gaps { before.append(before[before.count - 1] + gap * factor) }

        var pools: [(sum: Double, count: Int)] = []
        for index in desired.indices {
            var pool = (sum: desired[index] - before[index], count: 1)
            while let last = pools.last, last.sum * Double(pool.count) >= pool.sum * Double(last.count) {
                pool = (last.sum + pool.sum, last.count + pool.count)
                pools.removeLast()
            }
            pools.append(pool)
        }
        let highest = max(range.lowerBound, range.upperBound - before[before.count - 1])
        var result: [Double] = []
        for pool in pools {
            let level = min(max(pool.sum / Double(pool.count), range.lowerBound), highest)
            for _ in 0..<pool.count { result.append(level + before[result.count]) }
        }
        return result
    }
}
