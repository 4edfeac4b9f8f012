public import ByteCoding
internal import CFoldKernels

/// One taste of a blend.
public struct BlendPart: Hashable, Sendable {
    /// The taste.
    public let taste: Taste
    /// Its weight beside the other parts, 1 to 1000.
    public let weight: Int
    /// What it is, when something else than the taste itself says so: parts of the same identity count as one part with
    /// the sum of their weights.
    public let identity: SHA256Digest?

    /// A part of a blend.
    ///
    /// - Parameters:
    ///   - taste: The taste.
    ///   - weight: Its weight beside the other parts.
    ///   - identity: The hash of the version that the taste belongs to; without one, tastes are the same when they are
    ///     equal.
    public init(taste: Taste, weight: Int = 1, identity: SHA256Digest? = nil) {
        self.taste = taste
        self.weight = weight
        self.identity = identity
    }
}

extension Taste {
    /// Blends tastes by weight (docs/fold.md, section 4), each identified by its payload.
    ///
    /// - Throws: ``BlendError``.
    package static func blend(_ parts: [(taste: Taste, weight: Int)]) throws(BlendError) -> Taste {
        try blend(parts.map { BlendPart(taste: $0.taste, weight: $0.weight) })
    }

    /// Blends tastes by weight (docs/fold.md, section 4).
    ///
    /// The order does not matter. Parts of one identity are merged by adding their weights; a single distinct part is its
    /// own blend; opposite tastes cancel. Gain and confidence shrink with the coherence, the length of the mean direction.
    ///
    /// - Throws: ``BlendError``.
    public static func blend(_ parts: [BlendPart]) throws(BlendError) -> Taste {
        let distinct = try merged(parts)
        let first = distinct[0].taste
        guard distinct.count > 1 else { return first }
        var totalWeight = 0
        var direction = [Int](repeating: 0, count: first.dimension)
        var gain = 0
        var excess = 0
        var comparisons = 0
        for (taste, weight) in distinct {
            totalWeight += weight
            add(taste.direction, times: weight, to: &direction)
            gain += weight * Int(taste.gain)
            excess += weight * (Int(taste.confidence) - 500)
            comparisons += Int(taste.comparisonCount)
        }
        guard let comparisonCount = UInt32(exactly: comparisons) else { throw .tooManyComparisons(comparisons) }
        var square: UInt64 = 0
        for component in direction { square &+= UInt64(bitPattern: Int64(component &* component)) }
        let coherence = min(Q14.one, floorDivide(Int(squareRoot(square)), by: totalWeight))
        let blendedGain = floorDivide(floorDivide(gain, by: totalWeight) * coherence, by: Q14.one)
        let blendedExcess = floorDivide(floorDivide(excess, by: totalWeight) * coherence, by: Q14.one)
        // Folds with and without a house measure gain and confidence alike. A blend of several of them, or of several
        // houses, rests on no one house: it has DL1's form.
        let isUniform = distinct.allSatisfy { $0.taste.foldID == first.foldID && $0.taste.house == first.house }
        return Taste(
            foldID: isUniform ? first.foldID : DL1.id, spaceID: first.spaceID, house: isUniform ? first.house : nil,
            comparisonCount: comparisonCount, gain: square > 0 ? UInt32(blendedGain) : 0,
            confidence: UInt16(500 + (square > 0 ? blendedExcess : 0)),
            direction: NormalizedVector(direction).components)
    }

    /// Cannot overflow: a component of a direction is less than √3·2^14, and the weights add up to at most 2^16, so that
    /// products are below 2^31.
    private static func add(_ components: [Int16], times weight: Int, to sums: inout [Int]) {
        precondition(components.count == sums.count, "tastes of one space have one dimension")
        components.withUnsafeBufferPointer { components in
            sums.withUnsafeMutableBufferPointer { sums in
                fold_add_weighted(components.baseAddress, components.count, Int32(weight), sums.baseAddress)
            }
        }
    }

    /// The largest sum of weights: with directions no longer than √3·2^14 and their rounding, squares of the weighted sum
    /// then stay below 2^16·2^16·2^29.7, which fits 64 bits.
    static let largestTotalWeight = 1 << 16

    /// The distinct parts in order of appearance, which no sum depends on, with added weights.
    private static func merged(_ parts: [BlendPart]) throws(BlendError) -> [(taste: Taste, weight: Int)] {
        guard let first = parts.first?.taste else { throw .nothing }
        var distinct: [(taste: Taste, weight: Int)] = []
        var identities: [SHA256Digest?] = []
        var total = 0
        for part in parts {
            guard (1...1000).contains(part.weight) else { throw .weightOutOfRange(part.weight) }
            guard part.taste.spaceID == first.spaceID, part.taste.dimension == first.dimension else {
                throw .differentSpaces(first.spaceID, part.taste.spaceID)
            }
            total += part.weight
            guard total <= largestTotalWeight else { throw .totalWeightTooLarge(limit: largestTotalWeight) }
            // Few parts: a table of them would cost more than looking at each.
            let place = distinct.indices.first {
                identities[$0] == part.identity && (part.identity != nil || distinct[$0].taste == part.taste)
            }
            if let place {
                if let given = part.identity, distinct[place].taste != part.taste { throw .conflictingIdentity(given) }
                distinct[place].weight += part.weight
            } else {
                identities.append(part.identity)
                distinct.append((part.taste, part.weight))
            }
        }
        return distinct
    }
}

/// Why tastes cannot be blended.
public enum BlendError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no taste to blend.
    case nothing
    /// A weight is not within 1...1000.
    case weightOutOfRange(Int)
    /// The weights add up to more than this.
    case totalWeightTooLarge(limit: Int)
    /// Two tastes are of different spaces, whose directions cannot be compared.
    case differentSpaces(SHA256Digest, SHA256Digest)
    /// Two different tastes were given under one identity.
    case conflictingIdentity(SHA256Digest)
    /// The tastes were folded from this many comparisons together, more than a payload can say.
    case tooManyComparisons(Int)

    /// One sentence for people.
    public var description: String {
        switch self {
        case .nothing: "there is nothing to blend"
        case .weightOutOfRange(let weight): "the weight \(weight) is not between 1 and 1000"
        case .totalWeightTooLarge(let limit): "the weights of a blend add up to at most \(limit)"
        case .differentSpaces(let first, let second): "a taste of space \(second) cannot join one of space \(first)"
        case .conflictingIdentity(let identity): "two different tastes are both called \(identity)"
        case .tooManyComparisons(let count): "a blend of \(count) comparisons is more than its format can say"
        }
    }
}
