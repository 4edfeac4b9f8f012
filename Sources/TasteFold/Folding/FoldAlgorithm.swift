/// A pure function from a profile's comparisons to a taste.
///
/// A fold is frozen once a version was minted with it: the same comparisons give the same payload for ever. Something
/// better is another fold, with another id, in files of its own and one line in ``FoldRegistry``.
package protocol FoldAlgorithm: Sendable {
    /// The four bytes that name the fold in payloads.
    static var id: FoldID { get }

    /// Folds comparisons, in the order in which they were appended.
    static func fold(_ comparisons: borrowing ComparisonSet) throws(FoldError) -> Taste

    /// Folds comparisons and says how much each of them counts; the taste is the same as that of ``fold(_:)``.
    static func explainedFold(_ comparisons: borrowing ComparisonSet) throws(FoldError) -> ExplainedTaste
}

/// A taste, and how much each comparison counts in it.
package struct ExplainedTaste: Hashable, Sendable {
    /// What the fold made of the comparisons.
    package let taste: Taste
    /// One weight in Q14 (0...16384) for each comparison that was not dropped, in the order of appending: how far the
    /// taste still is from predicting that choice with certainty, hence how strongly the choice pulls on the direction.
    package let weights: [Int]
    /// What each of them contributes to the direction, as a share of its length: negative for a choice that the taste
    /// contradicts. They sum to 1 before rounding, or are all 0 when the taste is neutral.
    package let shares: [Double]

    package init(taste: Taste, weights: [Int], shares: [Double]) {
        self.taste = taste
        self.weights = weights
        self.shares = shares
    }
}

/// Every fold of comparisons alone that this build knows. ``HP1``, which also needs a house, is beside them.
package enum FoldRegistry {
    /// The folds, oldest first.
    package static let algorithms: [any FoldAlgorithm.Type] = [DL1.self]

    /// The ids that payloads may have: of the folds, of the fold that starts from a house, and of houses.
    package static let knownIDs: [FoldID] = algorithms.map { $0.id } + [HP1.id, HM1.id]

    /// The fold with an id.
    ///
    /// - Throws: ``FoldError/unknownFold(_:)`` when there is none.
    package static func algorithm(for id: FoldID) throws(FoldError) -> any FoldAlgorithm.Type {
        for algorithm in algorithms where algorithm.id == id { return algorithm }
        throw .unknownFold(id)
    }
}

/// Why comparisons could not be folded.
public enum FoldError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A set of comparisons is full: exactness is proven only up to this many.
    case tooManyComparisons(limit: Int)
    /// An embedding's byte count is not twice the space's dimension.
    case embeddingSize(byteCount: Int, expected: Int)
    /// Two vectors of the space differ by more than canonical embeddings can.
    case implausibleDifference(squaredLength: Int)
    /// This build has no fold of this id.
    case unknownFold(FoldID)
    /// The fold starts from a house, and none was given.
    case needsHouse(FoldID)

    /// One sentence for people.
    public var description: String {
        switch self {
        case .tooManyComparisons(let limit): "a taste is folded from at most \(limit) comparisons"
        case .embeddingSize(let count, let expected): "an embedding of \(count) bytes in a space of \(expected)"
        case .implausibleDifference(let length):
            "two embeddings differ by the squared length \(length): they are not canonical"
        case .needsHouse(let id): "the fold \(id) starts from a house; name a house version"
        case .unknownFold(let id): "no fold is called \(id) here: a newer release may know it"
        }
    }
}
