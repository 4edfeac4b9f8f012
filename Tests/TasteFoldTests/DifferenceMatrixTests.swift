import SeededRandom
import TasteFold
import Testing

@Suite("Differences of embeddings")
struct DifferenceMatrixTests {
    /// Two rows of components, and what is true of their difference.
    struct Pair {
        let left: [Int16]
        let right: [Int16]

        var difference: [Int] { zip(left, right).map { Int($0) - Int($1) } }

        /// The largest sum of magnitudes over a lane of a segment: components 2l and 2l + 1 of every eight.
        var laneSum: Int {
            stride(from: 0, to: left.count, by: RowBounds.segment).map { start in
                var lanes = [0, 0, 0, 0]
                for (index, value) in difference[start...].prefix(RowBounds.segment).enumerated() {
                    lanes[index % 8 / 2] += abs(value)
                }
                return lanes.max() ?? 0
            }.max() ?? 0
        }
    }

    @Test(arguments: FoldKernels.allCases.filter(\.isAvailable))
    func `rows and their measures are those of plain arithmetic`(kernels: FoldKernels) throws {
        var generator = SeededGenerator(seed: 20_261_123)
        for dimension in [1, 2, 7, 8, 15, 16, 17, 31, 59, 64, 512, 1000, 1024, 1025, 2047, 2048] {
            for extent in [3, 1200, 16_384] {
                let pair = Self.pair(dimension, extent: extent, &generator)
                let truth = pair.difference
                let squaredLength = truth.reduce(0) { $0 + $1 * $1 }
                guard squaredLength < 1 << 31 else { continue }
                var matrix = DifferenceMatrix(dimension: dimension, capacity: 1, kernels: kernels)
                let isAdded = try matrix.append(pair.left.span.bytes, minus: pair.right.span.bytes)
                #expect(isAdded == (squaredLength > 0), "\(dimension) \(extent)")
                guard isAdded else { continue }
                #expect(matrix.isWide == truth.contains(32_768))
                guard !matrix.isWide else { continue }
                #expect(matrix.narrow.prefix(dimension).map { Int($0) } == truth, "\(dimension) \(extent)")
                #expect(matrix.narrow.dropFirst(dimension).allSatisfy { $0 == 0 })
                #expect(matrix.squaredLengths == [squaredLength])
                #expect(matrix.largest >= truth.map(abs).max() ?? 0)
                #expect(matrix.largest <= (truth.map(abs).max() ?? 0) + 1)
                #expect(matrix.largestLaneSum >= pair.laneSum, "\(dimension) \(extent)")
                #expect(matrix.largestLaneSum <= pair.laneSum + RowBounds.segment / 2)
            }
        }
    }

    @Test(arguments: FoldKernels.allCases.filter(\.isAvailable))
    func `a component outside 16 bits widens the rows`(kernels: FoldKernels) throws {
        for dimension in [1, 16, 33] {
            var left = [Int16](repeating: 0, count: dimension)
            var right = left
            (left[dimension - 1], right[dimension - 1]) = (16_384, -16_384)
            var matrix = DifferenceMatrix(dimension: dimension, capacity: 2, kernels: kernels)
            #expect(try matrix.append(right.span.bytes, minus: left.span.bytes))
            #expect(!matrix.isWide && matrix.narrow[dimension - 1] == -32_768)
            #expect(try matrix.append(left.span.bytes, minus: right.span.bytes))
            #expect(matrix.isWide && matrix.wide[matrix.stride + dimension - 1] == 32_768)
            #expect(matrix.wide[dimension - 1] == -32_768)
        }
    }

    private static func pair(_ dimension: Int, extent: Int, _ generator: inout SeededGenerator) -> Pair {
        func row() -> [Int16] {
            (0..<dimension).map { _ in Int16(clamping: Int.random(in: -extent...extent, using: &generator)) }
        }
        return Pair(left: row(), right: row())
    }
}
