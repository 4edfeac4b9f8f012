import Foundation
import SeededRandom
import TasteFold
import Testing

@Suite("Which pair to ask next, and how settled a taste is")
struct PairAdviceTests {
    /// A space of random images with a panel, and all of its images' embeddings.
    private static func space(
        dimension: Int, images: Int, seed: UInt64
    ) throws -> (SpaceDescriptor, [Embedding]) {
        var random = SeededGenerator(seed: seed)
        let embeddings = try (0..<images).map { _ in
            try Embedding(canonicalizing: (0..<dimension).map { _ in Double.random(in: -1...1, using: &random) })
        }
        let space = try SpaceDescriptor(
            name: "s", catalogue: embeddings.enumerated().map { (id: "i\($0.offset)", embedding: $0.element) })
        return (space, embeddings)
    }

    private static func comparisons(
        _ pairs: [(Int, Int)], _ embeddings: [Embedding], _ space: SpaceDescriptor
    ) throws -> ComparisonSet {
        try ComparisonSet(
            space: space,
            pairs.map { VectorComparison(embeddings[$0.0].components, over: embeddings[$0.1].components) })
    }

    private static func differences(_ pairs: [(Int, Int)], _ embeddings: [Embedding]) throws -> DifferenceMatrix {
        var rows = DifferenceMatrix(dimension: embeddings[0].dimension, capacity: pairs.count)
        for (x, y) in pairs {
            let (left, right) = (embeddings[x].components, embeddings[y].components)
            _ = try rows.append(left.span.bytes, minus: right.span.bytes)
        }
        return rows
    }

    private static func pairs(_ count: Int, of images: Int, _ random: inout SeededGenerator) -> [(Int, Int)] {
        (0..<count).map { _ in
            let x = random.below(images)
            return (x, (x + 1 + random.below(images - 1)) % images)
        }
    }

    /// The choice in the primal: Σ = (λI + Σ h x xᵀ)⁻¹, where the code under test works in the dual.
    private static func expected(
        _ comparisons: [[Double]], weights: [Int], candidates: [[Double]], q: Double, margins: [Double], count: Int
    ) -> [Int] {
        let dimension = candidates[0].count
        func scaled(_ row: [Double]) -> [Double] { row.map { $0 / q.squareRoot() } }
        var precision = (0..<dimension).map { row in (0..<dimension).map { $0 == row ? 0.5 : 0.0 } }
        func add(_ x: [Double], _ weight: Double) {
            for row in 0..<dimension {
                for column in 0..<dimension { precision[row][column] += weight * x[row] * x[column] }
            }
        }
        for (x, weight) in zip(comparisons, weights) {
            let a = Double(weight) / 16384
            add(scaled(x), max(0.001, a * (1 - a)))
        }
        func variance(_ index: Int) -> Double {
            let p = Double(LogisticTable.complement(ofMargin: Int(margins[index].rounded(.down)))) / 16384
            return p * (1 - p)
        }
        var taken: [Int] = []
        while taken.count < count {
            let covariance = inverse(precision)
            func product(_ x: [Double], _ y: [Double]) -> Double {
                var sum = 0.0
                for row in 0..<dimension {
                    for column in 0..<dimension { sum += x[row] * covariance[row][column] * y[column] }
                }
                return sum
            }
            // The first 128 candidates stand for all choices: each weighs what the density of its margin is at zero.
            let targets = candidates.prefix(128).enumerated().map { index, row in
                let (x, margin) = (scaled(row), margins[index] / 4096)
                let spread = product(x, x)
                return (x, weight: exp(-margin * margin / 2 / spread) / spread.squareRoot())
            }
            func score(_ index: Int) -> Double {
                let x = scaled(candidates[index])
                let gains = targets.reduce(0.0) { $0 + $1.weight * product(x, $1.0) * product(x, $1.0) }
                return gains / (1 / variance(index) + product(x, x))
            }
            let scores = candidates.indices.filter { !taken.contains($0) }.map { ($0, score($0)) }
            let next = scores.max { $0.1 < $1.1 }?.0 ?? 0
            taken.append(next)
            add(scaled(candidates[next]), variance(next))
        }
        return taken
    }

    private static func inverse(_ matrix: [[Double]]) -> [[Double]] {
        let count = matrix.count
        var rows = matrix.enumerated().map { row in row.element + (0..<count).map { $0 == row.offset ? 1.0 : 0.0 } }
        for pivot in 0..<count {
            let best = (pivot..<count).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) } ?? pivot
            rows.swapAt(pivot, best)
            rows[pivot] = rows[pivot].map { $0 / rows[pivot][pivot] }
            for other in 0..<count where other != pivot {
                let factor = rows[other][pivot]
                rows[other] = zip(rows[other], rows[pivot]).map { $0 - factor * $1 }
            }
        }
        return rows.map { Array($0[count...]) }
    }

    @Test(arguments: [0, 1, 2, 7, 40], [1, 50, 150])
    func `the pairs are those that the posterior in the primal gives`(count: Int, candidateCount: Int) throws {
        let (space, embeddings) = try Self.space(dimension: 7, images: 60, seed: 3)
        var random = SeededGenerator(seed: UInt64(count))
        let pairs = Self.pairs(count, of: 60, &random)
        let set = try Self.comparisons(pairs, embeddings, space)
        let explained = DL1.explainedFold(set)
        let asked = Self.pairs(candidateCount, of: 60, &random)
        let candidates = try Self.differences(asked, embeddings)
        let knowledge = PairAdvice.Knowledge(set, weights: explained.weights, taste: explained.taste)
        var advice = PairAdvice(knowledge, candidates: candidates)
        let answerCount = min(9, candidateCount)
        let answer = advice.take(answerCount)

        func rows(_ matrix: DifferenceMatrix) -> [[Double]] {
            (0..<matrix.count).map { row in
                (0..<matrix.dimension).map { Double(matrix.narrow[row * matrix.stride + $0]) }
            }
        }
        let scale =
            count == 0
            ? 2 * space.panelMeanSquare
            : DualSolution.scale(of: set.differences, panelMeanSquare: space.panelMeanSquare)
        let margins = rows(candidates).map { row in
            let cosine = zip(row, explained.taste.direction).reduce(0.0) { $0 + $1.0 * Double($1.1) }
            return Double(explained.taste.gain) * cosine / 0x1p24
        }
        #expect(
            answer
                == Self.expected(
                    rows(set.differences), weights: explained.weights, candidates: rows(candidates),
                    q: Double(scale) / 2, margins: margins, count: answerCount))
        var again = PairAdvice(knowledge, candidates: candidates)
        #expect(again.take(answerCount) == answer)
        #expect(again.take(200).count == candidateCount - answerCount)
    }

    @Test func `a long history enters with its least certain answers`() throws {
        let (space, embeddings) = try Self.space(dimension: 20, images: 90, seed: 4)
        var random = SeededGenerator(seed: 9)
        let set = try Self.comparisons(Self.pairs(400, of: 90, &random), embeddings, space)
        let explained = DL1.explainedFold(set)
        let candidates = try Self.differences(Self.pairs(30, of: 90, &random), embeddings)
        var advice = PairAdvice(
            .init(set, weights: explained.weights, taste: explained.taste), candidates: candidates)
        let taken = advice.take(30)
        #expect(taken.sorted() == Array(0..<30))
    }

    @Test func `differences that do not fit 16 bits are candidates like others`() throws {
        let axis = try Embedding(canonicalComponents: [16384, 0, 0])
        let opposite = try Embedding(canonicalComponents: [-16384, 0, 0])
        let other = try Embedding(canonicalComponents: [0, 16384, 0])
        let space = try SpaceDescriptor(name: "s", catalogue: [("a", axis), ("b", opposite), ("c", other)])
        let embeddings = [axis, opposite, other]
        let set = try Self.comparisons([(0, 1), (2, 1)], embeddings, space)
        let explained = DL1.explainedFold(set)
        let candidates = try Self.differences([(0, 1), (0, 2), (1, 2)], embeddings)
        var advice = PairAdvice(
            .init(set, weights: explained.weights, taste: explained.taste), candidates: candidates)
        #expect(advice.take(3).sorted() == [0, 1, 2])
    }

    @Test func `stability is the share of pairs of panel images that two tastes agree on`() throws {
        let corners: [[Int16]] = [[16384, 0], [0, 16384], [-16384, 0], [0, -16384]]
        let embeddings = try corners.map { try Embedding(canonicalComponents: $0) }
        let space = try SpaceDescriptor(
            name: "s", catalogue: embeddings.enumerated().map { (id: "i\($0.offset)", embedding: $0.element) })
        func taste(_ direction: [Int16]) -> Taste {
            Taste(
                foldID: DL1.id, spaceID: space.id, comparisonCount: 1, gain: 1, confidence: 600, direction: direction)
        }
        let images = PanelImages(of: space)
        let one = taste([11585, 11585])
        #expect(images.agreement(of: one, with: one) == 1000)
        #expect(images.agreement(of: one, with: taste([-11585, -11585])) == 333, "two ties of six pairs agree")
        // Two pairs that tied do not any more, and one ties now.
        #expect(images.agreement(of: one, with: taste([16384, 0])) == 500)
        #expect(Stability.earlierCount(of: 5) == 4 && Stability.earlierCount(of: 41) == 32)
    }
}
