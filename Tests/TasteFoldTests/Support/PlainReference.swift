import TasteFold

/// DL1 written once more, from docs/fold.md alone: vectors of `Int`, trapping arithmetic, no code of the target.
struct PlainReference {
    var sum: [Int]
    var weights: [Int]
    var scale: Int

    init(_ differences: [[Int]], dimension: Int, panelMeanSquare: Int) {
        let count = differences.count
        let lengths = differences.map { dot($0, $0) }
        scale = count == 0 ? 1 : max(1, 2 * lengths.reduce(0, +) / count, panelMeanSquare / 8)
        sum = [Int](repeating: 0, count: dimension)
        weights = [Int](repeating: 0, count: count)
        for sweep in 1...6 {
            let before = weights
            for index in 0..<count {
                let target = sigmaOfNegated(down(dot(sum, differences[index]), scale))
                let divisor = scale + lengths[index]
                let step = down(2 * (target - weights[index]) * scale + divisor, 2 * divisor)
                weights[index] += step
                for place in 0..<dimension { sum[place] += step * differences[index][place] }
            }
            guard sweep == 6 else { continue }
            sum = [Int](repeating: 0, count: dimension)
            for index in 0..<count {
                weights[index] = before[index] + down((weights[index] - before[index]) * (count - index), count)
                for place in 0..<dimension { sum[place] += weights[index] * differences[index][place] }
            }
        }
    }
}

private func dot(_ x: [Int], _ y: [Int]) -> Int { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

private func down(_ dividend: Int, _ divisor: Int) -> Int {
    dividend >= 0 ? dividend / divisor : -((-dividend + divisor - 1) / divisor)
}

private func sigmaOfNegated(_ margin: Int) -> Int {
    if margin <= -32768 { return Int(LogisticTable.knots[0]) }
    if margin >= 32768 { return Int(LogisticTable.knots[128]) }
    let (index, fraction) = ((margin + 32768) / 512, (margin + 32768) % 512)
    let (left, right) = (Int(LogisticTable.knots[index]), Int(LogisticTable.knots[index + 1]))
    return (left * (512 - fraction) + right * fraction + 256) / 512
}
