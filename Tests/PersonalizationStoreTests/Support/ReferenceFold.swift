import Foundation
import PersonalizationStore

/// The fold DL1 from its definition (docs/fold.md, section 3), in plain loops that share no code with the library.
enum ReferenceFold {
    /// What the fold makes of some differences, as the payload holds it.
    struct Result {
        var count = 0
        var gain: UInt32 = 0
        var confidence: UInt16 = 500
        var direction: [Int16]
    }

    /// ⌊a / b⌋ for positive b.
    static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }

    /// ⌊a / b + ½⌋ for positive b.
    static func roundDivide(_ a: Int, _ b: Int) -> Int { floorDivide(2 * a + b, 2 * b) }

    /// HM1 from its definition: the mean of tastes, a gain counting at most twice the upper median.
    static func house(of tastes: [Result], in space: SpaceDescriptor) -> Result {
        let dimension = space.dimension
        var result = Result(direction: [Int16](repeating: 0, count: dimension))
        result.count = min(tastes.reduce(0) { $0 + $1.count }, Int(UInt32.max))
        let gains = tastes.map { Int($0.gain) }.sorted()
        let cap = min(2 * gains[gains.count / 2], 65535)
        let sum = (0..<dimension).map { component in
            tastes.reduce(0) { $0 + min(Int($1.gain), cap) * Int($1.direction[component]) }
        }
        guard let (direction, length, shift) = normalize(sum) else { return result }
        result.direction = direction
        result.gain = UInt32(min(floorDivide(length << shift, tastes.count * 16384), 65535))
        let agreement = panel(of: space).reduce(0) { sum, pair in
            let cosine = product(direction.map(Int.init), pair)
            return sum + 16384 - complement(floorDivide(Int(result.gain) * abs(cosine), 1 << 24))
        }
        result.confidence = UInt16(floorDivide(1000 * agreement, 16384 * 64))
        return result
    }

    private static func panel(of space: SpaceDescriptor) -> [[Int]] {
        space.panel.map { pair in zip(pair.x.components, pair.y.components).map { Int($0) - Int($1) } }
    }

    private static func normalize(_ sum: [Int]) -> (direction: [Int16], length: Int, shift: Int)? {
        let largest = sum.map(abs).max() ?? 0
        if largest == 0 { return nil }
        let shift = max(0, Int.bitWidth - largest.leadingZeroBitCount - 24)
        let shifted = sum.map { $0 >> shift }
        let length = squareRoot(product(shifted, shifted))
        return (shifted.map { Int16(roundDivide($0 << 14, length)) }, length, shift)
    }

    /// Folds differences of embeddings in the order given, from a house if there is one; zero differences must have been
    /// left out.
    static func fold(_ differences: [[Int]], in space: SpaceDescriptor, from house: Result? = nil) -> Result {
        let dimension = space.dimension
        var result = Result(direction: [Int16](repeating: 0, count: dimension))
        result.count = differences.count
        let panel = panel(of: space)
        let panelMeanSquare = floorDivide(panel.reduce(0) { $0 + product($1, $1) }, 64)
        if differences.isEmpty, house == nil { return result }
        let lengths = differences.map { product($0, $0) }
        let scale = max(
            1, differences.isEmpty ? 0 : floorDivide(2 * lengths.reduce(0, +), differences.count),
            floorDivide(panelMeanSquare, 8))
        let start = (0..<dimension).map { component in
            house.map { roundDivide(scale * Int($0.gain) * Int($0.direction[component]), 1 << 24) } ?? 0
        }
        let sum = solve(differences, lengths, scale, from: start)
        guard let (direction, length, shift) = normalize(sum) else { return result }
        result.direction = direction
        result.gain = UInt32(min(floorDivide((length << shift) * 1024, scale), Int(UInt32.max)))
        let agreement = panel.reduce(0) { $0 + 16384 - complement(floorDivide(abs(product(sum, $1)), scale)) }
        result.confidence = UInt16(floorDivide(1000 * agreement, 16384 * 64))
        return result
    }

    /// Six sweeps of dual steps, the last one averaged; returns V.
    private static func solve(_ differences: [[Int]], _ lengths: [Int], _ scale: Int, from start: [Int]) -> [Int] {
        let dimension = start.count
        var weights = [Int](repeating: 0, count: differences.count)
        var sum = start
        var old = weights
        for sweep in 1...6 {
            if sweep == 6 { old = weights }
            for (index, difference) in differences.enumerated() {
                let margin = floorDivide(product(sum, difference), scale)
                let step = roundDivide((complement(margin) - weights[index]) * scale, scale + lengths[index])
                weights[index] += step
                for component in 0..<dimension { sum[component] += step * difference[component] }
            }
        }
        sum = start
        for (index, difference) in differences.enumerated() {
            let averaged =
                old[index]
                + floorDivide((weights[index] - old[index]) * (differences.count - index), differences.count)
            for component in 0..<dimension { sum[component] += averaged * difference[component] }
        }
        return sum
    }

    private static func product(_ one: [Int], _ other: [Int]) -> Int {
        zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// σ(−m) in Q14 for a margin in Q12 logits, between the entries of a table at eighths of a logit.
    private static func complement(_ margin: Int) -> Int {
        let place = min(max(margin + 32768, 0), 65536)
        if place == 65536 { return table[128] }
        let (index, fraction) = (place >> 9, place & 511)
        return (table[index] * (512 - fraction) + table[index + 1] * fraction + 256) >> 9
    }

    private static let table = (0...128).map { index in
        Int((16384 / (1 + exp(Double(index - 64) / 8))).rounded())
    }

    /// ⌊√n⌋.
    private static func squareRoot(_ number: Int) -> Int {
        var root = Int(Double(number).squareRoot())
        while root * root > number { root -= 1 }
        while (root + 1) * (root + 1) <= number { root += 1 }
        return root
    }
}
