/// Vectors of one dimension, one after the other, padded with zeros to whole lanes.
package struct VectorTable: Sendable {
    package private(set) var count: Int
    /// The lanes of one vector.
    let stride: Int
    private(set) var lanes: [SIMD8<Double>]

    /// A table of the vectors, each scaled to length 1 unless it is zero.
    ///
    /// - Precondition: all vectors have the given dimension.
    package init(unit vectors: some Collection<[Int16]>, dimension: Int) {
        count = vectors.count
        stride = (dimension + 7) / 8
        lanes = []
        lanes.reserveCapacity(count * stride)
        for vector in vectors {
            precondition(vector.count == dimension, "every vector of a table has its dimension")
            for start in Swift.stride(from: 0, to: dimension, by: 8) {
                var lane = SIMD8<Double>(repeating: 0)
                for index in start..<min(start + 8, dimension) { lane[index - start] = Double(vector[index]) }
                lanes.append(lane)
            }
        }
        scaleToUnit()
    }

    /// The mean of the vectors, or zeros when there are none.
    package func mean() -> [SIMD8<Double>] {
        var sum = [SIMD8<Double>](repeating: .zero, count: stride)
        for row in 0..<count { add(row, times: 1, to: &sum) }
        return count == 0 ? sum : sum.map { $0 / Double(count) }
    }

    /// The vectors as seen from a point: what is left of each after subtracting it, scaled to length 1 again.
    ///
    /// What is left of a vector that equals the point, but for rounding, is zero.
    package func seen(from point: [SIMD8<Double>]) -> VectorTable {
        var result = self
        for index in result.lanes.indices { result.lanes[index] -= point[index % stride] }
        result.scaleToUnit()
        return result
    }

    /// The inner product of a vector of the table with another.
    func dot(_ row: Int, _ other: [SIMD8<Double>]) -> Double {
        var sum = SIMD8<Double>(repeating: 0)
        for index in 0..<stride { sum += lanes[row * stride + index] * other[index] }
        return sum.total
    }

    /// Adds a multiple of a vector of the table to another.
    func add(_ row: Int, times factor: Double, to sum: inout [SIMD8<Double>]) {
        for index in 0..<stride { sum[index] += lanes[row * stride + index] * factor }
    }

    private mutating func scaleToUnit() {
        for row in 0..<count {
            let range = (row * stride)..<((row + 1) * stride)
            let length = lanes[range].reduce(0) { $0 + ($1 * $1).total }.squareRoot()
            let factor = length > 1e-9 ? 1 / length : 0
            for index in range { lanes[index] *= factor }
        }
    }
}

extension SIMD8<Double> {
    /// The sum of the lanes in one fixed order, so that it rounds the same everywhere.
    var total: Double {
        let four = lowHalf + highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }
}
