extension Taste {
    /// How far the taste may be followed, in Q10: 0 at confidence 500, 1024 from confidence 625 on.
    public var trust: Int {
        min(1024, floorDivide(8 * 1024 * max(0, Int(confidence) - 500), by: 1000))
    }

    /// The values of stylize, from "not at all" to "as far as possible".
    public static let stylizeRange = 0...1000

    /// The stylize value that weighs a fully trusted direction like the prompt itself.
    package static let referenceStylize = 400

    /// Turns a prompt's embedding towards the taste: 400·1024·e + stylize·trust·C, normalized.
    ///
    /// Stylize 0 and trust 0 return the embedding unchanged. With full trust and an orthogonal prompt, 100 turns by 14°,
    /// 400 by 45°, 1000 by 68°.
    ///
    /// - Throws: ``SteeringError``.
    public func steer(_ embedding: Embedding, stylize: Int = 100) throws(SteeringError) -> Embedding {
        guard embedding.dimension == dimension else {
            throw .dimension(found: embedding.dimension, expected: dimension)
        }
        let pull = try self.pull(stylize)
        guard pull > 0 else { return embedding }
        let steered = (0..<dimension).map { index in
            Self.referenceStylize * 1024 * Int(embedding.components[index]) + pull * Int(direction[index])
        }
        return Embedding(unchecked: NormalizedVector(steered).components)
    }

    /// The weight for generators that take one beside the direction: (stylize/400)·trust/1024, 0 to 2.5.
    ///
    /// The quotient of two integers below 2^53, so its `Double` is the correctly rounded one everywhere.
    ///
    /// - Throws: ``SteeringError/stylizeOutOfRange(_:)``.
    public func strength(stylize: Int = 100) throws(SteeringError) -> Double {
        Double(try pull(stylize)) / Double(Self.referenceStylize * 1024)
    }

    private func pull(_ stylize: Int) throws(SteeringError) -> Int {
        guard Self.stylizeRange.contains(stylize) else { throw .stylizeOutOfRange(stylize) }
        return stylize * trust
    }
}

/// Why an embedding cannot be steered.
public enum SteeringError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stylize is not within 0...1000.
    case stylizeOutOfRange(Int)
    /// The embedding has another number of components than the taste's direction.
    case dimension(found: Int, expected: Int)

    /// One sentence for people.
    public var description: String {
        switch self {
        case .stylizeOutOfRange(let stylize): "stylize \(stylize) is not between 0 and 1000"
        case .dimension(let found, let expected): "an embedding of \(found) components in a space of \(expected)"
        }
    }
}
