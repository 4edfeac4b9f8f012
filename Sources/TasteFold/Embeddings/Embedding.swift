/// An image's or a prompt's place in an embedding space: a vector of length 1, or zero, in Q14 integers (16384 is 1).
///
/// Stored and folded verbatim, so two systems that hold the same components compute the same tastes.
public struct Embedding: Hashable, Sendable {
    /// The Q14 components, each within ±16384.
    public let components: [Int16]

    /// The most components that an embedding can have.
    public static let largestDimension = Int(UInt16.max)

    /// Canonicalizes an encoder's output, as fold.md, section 3, defines it.
    ///
    /// The components are scaled by a power of two to 24-bit integers, rounded half to even, and normalized in integers:
    /// the same bytes on every machine. All-zero components stay zero.
    ///
    /// - Throws: ``EmbeddingError`` when a component is not finite, or there are none or more than 65,535.
    public init(canonicalizing components: [Double]) throws(EmbeddingError) {
        try Self.checkDimension(components.count)
        if let index = components.firstIndex(where: { !$0.isFinite }) { throw .notFinite(component: index) }
        var largest = 0.0
        for component in components { largest = max(largest, component.magnitude) }
        guard largest > 0 else {
            self.init(unchecked: [Int16](repeating: 0, count: components.count))
            return
        }
        // Scaling by a power of two is exact, but 2^1097, which the smallest subnormal needs, is no Double: hence two
        // factors. Only results far below ½ can underflow, and they round to 0 all the same.
        let exponent = 23 - Int(largest.exponent)
        let first = Double(sign: .plus, exponent: min(exponent, 1023), significand: 1)
        let second = Double(sign: .plus, exponent: max(exponent - 1023, 0), significand: 1)
        let integers = components.map { Int(($0 * first * second).rounded(.toNearestOrEven)) }
        self.init(unchecked: NormalizedVector(integers).components)
    }

    /// Canonicalizes an encoder's single-precision output: the same as canonicalizing the equal `Double`s.
    ///
    /// - Throws: ``EmbeddingError`` when a component is not finite, or there are none or more than 65,535.
    public init(canonicalizing components: [Float]) throws(EmbeddingError) {
        try self.init(canonicalizing: components.map(Double.init))
    }

    /// Takes components that are canonical already, verbatim.
    ///
    /// - Throws: ``EmbeddingError/notCanonical(squaredLength:)`` when no canonicalization can have made them: a component
    ///   is beyond ±16384, or the vector is neither zero nor of length 16384 within the rounding of its components.
    public init(canonicalComponents components: [Int16]) throws(EmbeddingError) {
        try Self.checkDimension(components.count)
        // The largest of the integers that canonicalization normalizes is at least 2^23, so they are at least that long.
        guard components.allSatisfy({ $0 == 0 }) || isPlausiblyNormalized(components, sourceLength: 1 << 23) else {
            throw .notCanonical(squaredLength: squaredLength(components))
        }
        self.init(unchecked: components)
    }

    /// Takes components that the caller has just normalized.
    package init(unchecked components: [Int16]) {
        self.components = components
    }

    /// The number of components.
    public var dimension: Int { components.count }

    private static func checkDimension(_ count: Int) throws(EmbeddingError) {
        guard count > 0 else { throw .empty }
        guard count <= largestDimension else { throw .tooManyComponents(count) }
    }
}

/// Why numbers are no embedding.
public enum EmbeddingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There are no components.
    case empty
    /// There are this many components, more than 65,535.
    case tooManyComponents(Int)
    /// The component with this index is infinite or not a number.
    case notFinite(component: Int)
    /// Integers of this squared length are not the Q14 components of a canonical embedding.
    case notCanonical(squaredLength: Int)

    /// One sentence for people.
    public var description: String {
        switch self {
        case .empty: "an embedding needs at least one component"
        case .tooManyComponents(let count): "an embedding has at most 65535 components, not \(count)"
        case .notFinite(let index): "component \(index) of the embedding is not a finite number"
        case .notCanonical(let length):
            "the integers are no canonical embedding (squared length \(length), not about 268435456): "
                + "canonicalize the encoder's output instead"
        }
    }
}
