import TasteCharts
import Testing

@Suite struct PrincipalPlaneTests {
    private func components(_ axis: [SIMD8<Double>], _ dimension: Int) -> [Double] {
        Array(axis.flatMap { lane in (0..<8).map { lane[$0] } }.prefix(dimension))
    }

    private func dot(_ first: [Double], _ second: [Double]) -> Double {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func unit(_ vector: [Int16]) -> [Double] {
        let values = vector.map(Double.init)
        let length = dot(values, values).squareRoot()
        return values.map { $0 / length }
    }

    /// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's cyclic rotations, the greatest first.
    private func eigen(_ matrix: [[Double]]) -> [(value: Double, vector: [Double])] {
        var a = matrix
        let size = a.count
        var v = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
        for _ in 0..<40 {
            for p in 0..<size {
                for q in (p + 1)..<max(size, p + 1) where abs(a[p][q]) > 1e-300 {
                    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<size { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
                    for k in 0..<size { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
                    for k in 0..<size { (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]) }
                }
            }
        }
        return (0..<size).map { i in (a[i][i], (0..<size).map { v[$0][i] }) }.sorted { $0.0 > $1.0 }
    }

    private func covariance(_ groups: [[[Double]]]) -> [[Double]] {
        let dimension = groups[0][0].count
        var result = (0..<dimension).map { _ in [Double](repeating: 0, count: dimension) }
        for group in groups {
            let mean = (0..<dimension).map { k in group.reduce(0) { $0 + $1[k] } / Double(group.count) }
            for row in 0..<dimension {
                for column in 0..<dimension {
                    let sum = group.reduce(0) { $0 + ($1[row] - mean[row]) * ($1[column] - mean[column]) }
                    result[row][column] += sum / Double(group.count * groups.count)
                }
            }
        }
        return result
    }

    @Test(arguments: UInt64(1)...12)
    func `axes and variances are those of a full eigendecomposition`(seed: UInt64) {
        var samples = Samples(seed: seed)
        let dimension = 5 + Int(seed)
        let groups = [40, 7].map { count in
            (0..<count).map { _ in
                Samples.quantized((0..<dimension).map { samples.normal() * [3, 1.7][safe: $0, default: 0.6] })
            }
        }
        let plane = PrincipalPlane(fitting: groups.map { VectorTable(unit: $0, dimension: dimension) })
        let matrix = covariance(groups.map { $0.map(unit) })
        let expected = eigen(matrix)
        let trace = matrix.indices.reduce(0) { $0 + matrix[$1][$1] }
        #expect(abs(plane.totalVariance - trace) < 1e-12)
        for index in 0..<2 {
            #expect(abs(plane.variances[index] - expected[index].value) < 1e-9)
            let axis = components(plane.axes[index], dimension)
            #expect(abs(abs(dot(axis, expected[index].vector)) - 1) < 1e-7)
            let greatest = axis.max { abs($0) < abs($1) }
            #expect(greatest ?? 0 > 0)
        }
        #expect(plane.variances[0] >= plane.variances[1])
        #expect(abs(dot(components(plane.axes[0], dimension), components(plane.axes[1], dimension))) < 1e-12)
    }

    @Test func `points on a plane give that plane, and keep their distances`() {
        // Right-angled unit vectors with a longer spread along the first.
        let first = [0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0], second = [0, 0, 0, 0, 0, 0, 0.6, 0, -0.8, 0.0]
        let angles = (0..<9).map { Double($0) / 8 * 1.2 - 0.6 }
        // A rational circle: no sine needed, and all on the unit circle of the plane.
        let vectors = angles.map { t in
            let (along, across) = (2 * t / (1 + t * t), (1 - t * t) / (1 + t * t))
            return Samples.quantized(zip(first, second).map { $0 * along + $1 * across })
        }
        let table = VectorTable(unit: vectors, dimension: 10)
        let plane = PrincipalPlane(fitting: [table])
        for axis in plane.axes.map({ components($0, 10) }) {
            let inside = dot(axis, first) * dot(axis, first) + dot(axis, second) * dot(axis, second)
            #expect(abs(inside - 1) < 1e-6)
        }
        #expect(abs(plane.variances[0] + plane.variances[1] - plane.totalVariance) < 1e-7)
        let points = vectors.indices.map { plane.projection(of: $0, in: table) }
        for (one, other) in zip(vectors.indices, vectors.indices.dropFirst()) {
            let (p, q) = (points[one], points[other])
            let drawn = ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).squareRoot()
            let difference = zip(unit(vectors[one]), unit(vectors[other])).map { $0 - $1 }
            #expect(abs(drawn - dot(difference, difference).squareRoot()) < 1e-6)
        }
    }

    @Test func `a few codes weigh as much as many images`() {
        // The images vary along 0 and, less, 1; the codes along 2 and 3 as much as the images along 0 and 1.
        let pattern: [[Int16]] = [[100, 8, 0, 0], [100, -8, 0, 0], [-100, 4, 0, 0], [-100, -4, 0, 0]]
        let images = (0..<4000).map { pattern[$0 % 4] }
        let codes: [[Int16]] = [[0, 0, 100, 30], [0, 0, -100, 30]]
        let plane = PrincipalPlane(fitting: [images, codes].map { VectorTable(unit: $0, dimension: 4) })
        let squares = plane.axes.map { components($0, 4).map { $0 * $0 } }
        #expect(squares[0][0] > 0.999 && squares[1][2] > 0.999)
    }

    @Test func `vectors that vary along a line or not at all have no second or no axis`() {
        let line = PrincipalPlane(fitting: [VectorTable(unit: [[3, 4, 0], [3, -4, 0]], dimension: 3)])
        #expect(abs(line.variances[0] - 0.64) < 1e-12)
        #expect(line.variances[1] == 0 && line.axes[1] == [.init(repeating: 0)])
        let point = PrincipalPlane(fitting: [VectorTable(unit: [[3, 4], [3, 4], [3, 4]], dimension: 2)])
        #expect(point.variances == [0, 0] && point.axes[0] == [.init(repeating: 0)])
        let nothing = PrincipalPlane(fitting: [VectorTable(unit: [[Int16]](), dimension: 2)])
        #expect(nothing.variances == [0, 0])
    }
}

extension Array {
    subscript(safe index: Int, default value: Element) -> Element { indices.contains(index) ? self[index] : value }
}
