/// The mean of several groups' covariance matrices, known only by what it does to vectors: it is never written out.
struct Covariance {
    private let groups: [(table: VectorTable, mean: [SIMD8<Double>])]

    init(_ tables: [VectorTable]) {
        groups = tables.map { ($0, $0.mean()) }
    }

    /// The sum of the variances along all axes.
    func trace() -> Double {
        groups.reduce(0) { sum, group in
            let squares = (0..<group.table.count).reduce(0.0) { $0 + group.table.squaredLength($1) }
            let mean = group.mean.reduce(0.0) { $0 + ($1 * $1).total }
            return sum + (squares / Double(group.table.count) - mean) / Double(groups.count)
        }
    }

    /// The matrix times each of two vectors, in one pass over the groups.
    func applied(to vectors: [[SIMD8<Double>]]) -> [[SIMD8<Double>]] {
        var first = [SIMD8<Double>](repeating: .zero, count: vectors[0].count)
        var second = first
        for (table, mean) in groups {
            // Σ(x − m)((x − m)·v) is Σ x(x·v − m·v), as the second factors add up to zero.
            let offsets = vectors.map { zip(mean, $0).reduce(SIMD8<Double>(repeating: 0)) { $0 + $1.0 * $1.1 }.total }
            let weight = 1 / Double(table.count * groups.count)
            for row in 0..<table.count {
                table.add(row, times: (table.dot(row, vectors[0]) - offsets[0]) * weight, to: &first)
                table.add(row, times: (table.dot(row, vectors[1]) - offsets[1]) * weight, to: &second)
            }
        }
        return [first, second]
    }
}

extension VectorTable {
    /// The inner product of a vector with itself.
    fileprivate func squaredLength(_ row: Int) -> Double {
        lanes[(row * stride)..<((row + 1) * stride)].reduce(0) { $0 + ($1 * $1).total }
    }
}
