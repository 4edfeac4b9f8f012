/// The plane in which groups of vectors vary most, each group counting alike whatever its size.
///
/// It is spanned by the two leading eigenvectors of the mean of the groups' covariance matrices, each about the group's
/// own mean: so three codes are not drowned by five thousand images, and the plane shows what sets the codes apart as
/// well as what sets the images apart. They are found by orthogonal power iteration from a fixed start for a fixed
/// number of steps, then turned to the principal axes within the plane (Rayleigh–Ritz), so the first axis carries at
/// least as much variance as the second. Of an axis and its opposite, the one whose component of greatest magnitude is
/// positive is taken. Only the four operations and square roots are used, in one order: every machine gives the same bits.
package struct PrincipalPlane: Sendable {
    /// The axes, of length 1 and at right angles; zero where the vectors do not vary.
    package let axes: [[SIMD8<Double>]]
    /// The variance along each axis, the greater first.
    package let variances: [Double]
    /// The variance in all directions.
    package let totalVariance: Double

    private static let steps = 64

    /// The plane of the groups; groups of fewer than two vectors do not vary and are left out.
    ///
    /// - Precondition: all tables have one dimension.
    package init(fitting groups: [VectorTable]) {
        let stride = groups.first?.stride ?? 0
        precondition(groups.allSatisfy { $0.stride == stride }, "all groups must have one dimension")
        let covariance = Covariance(groups.filter { $0.count > 1 })
        totalVariance = covariance.trace()
        let floor = max(totalVariance * 1e-9, 1e-12)
        var axes = Self.start(stride: stride)
        for _ in 0..<Self.steps {
            axes = Self.orthonormal(covariance.applied(to: axes), floor: floor)
        }
        let images = covariance.applied(to: axes)
        let (cosine, sine) = Self.rotation(
            Self.dot(axes[0], images[0]), Self.dot(axes[0], images[1]), Self.dot(axes[1], images[1]))
        let turned = [
            Self.combined(axes[0], cosine, axes[1], sine), Self.combined(axes[1], cosine, axes[0], -sine),
        ]
        let found = zip(turned, covariance.applied(to: turned)).map { (axis: $0, variance: Self.dot($0, $1)) }
        let ordered = found[0].variance >= found[1].variance ? found : found.reversed()
        self.axes = ordered.map { Self.signed($0.axis) }
        variances = ordered.map { max(0, $0.variance) }
    }

    /// Where a vector of a table falls on the plane.
    package func projection(of row: Int, in table: VectorTable) -> Point {
        Point(x: table.dot(row, axes[0]), y: table.dot(row, axes[1]))
    }

    /// Two fixed vectors without a pattern, so that no real axis is at right angles to both.
    private static func start(stride: Int) -> [[SIMD8<Double>]] {
        var state: UInt32 = 1
        return (0..<2).map { _ in
            (0..<stride).map { _ in
                var lane = SIMD8<Double>(repeating: 0)
                for index in 0..<8 {
                    state = state &* 1_664_525 &+ 1_013_904_223
                    lane[index] = Double(state >> 8) / 8_388_608 - 1
                }
                return lane
            }
        }
    }

    /// The vectors by Gram and Schmidt; what is left below the floor is rounding and becomes zero.
    private static func orthonormal(_ vectors: [[SIMD8<Double>]], floor: Double) -> [[SIMD8<Double>]] {
        func normalized(_ vector: [SIMD8<Double>]) -> [SIMD8<Double>] {
            let length = dot(vector, vector).squareRoot()
            return vector.map { length > floor ? $0 / length : .zero }
        }
        let first = normalized(vectors[0])
        return [first, normalized(combined(vectors[1], 1, first, -dot(first, vectors[1])))]
    }

    /// The turn that makes a symmetric two by two matrix diagonal (Jacobi).
    private static func rotation(_ first: Double, _ mixed: Double, _ second: Double) -> (Double, Double) {
        guard mixed != 0 else { return (1, 0) }
        let ratio = (second - first) / (2 * mixed)
        let tangent = (ratio < 0 ? -1 : 1) / (ratio.magnitude + (ratio * ratio + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        return (cosine, -tangent * cosine)
    }

    private static func signed(_ axis: [SIMD8<Double>]) -> [SIMD8<Double>] {
        var greatest = 0.0
        for lane in axis {
            for index in 0..<8 where lane[index].magnitude > greatest.magnitude { greatest = lane[index] }
        }
        return greatest < 0 ? axis.map { $0 * -1 } : axis
    }

    private static func dot(_ first: [SIMD8<Double>], _ second: [SIMD8<Double>]) -> Double {
        zip(first, second).reduce(SIMD8<Double>(repeating: 0)) { $0 + $1.0 * $1.1 }.total
    }

    private static func combined(
        _ first: [SIMD8<Double>], _ firstFactor: Double, _ second: [SIMD8<Double>], _ secondFactor: Double
    ) -> [SIMD8<Double>] {
        zip(first, second).map { $0 * firstFactor + $1 * secondFactor }
    }
}
