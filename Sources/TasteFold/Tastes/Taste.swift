public import ByteCoding

/// What a fold makes of a profile's choices: a direction in the embedding space, its gain, and how far to trust it.
///
/// Equal tastes have equal payloads. Pure data: the use of a taste never needs the choices.
public struct Taste: Hashable, Sendable {
    /// The fold that made it.
    public let foldID: FoldID
    /// The space in which it has a meaning.
    public let spaceID: SHA256Digest
    /// The SHA-256 of the house version that the fold started from; nil of every fold but ``HP1``.
    public let house: SHA256Digest?
    /// The number of comparisons it was folded from.
    public let comparisonCount: UInt32
    /// Logits per unit of cosine along the direction, in Q8: how strong the preference is.
    public let gain: UInt32
    /// The predicted agreement with the user's choices between random images, in thousandths: 500 (a coin) to 999.
    public let confidence: UInt16
    /// The direction: a Q14 vector of length 1, or zero when the choices say nothing.
    public let direction: [Int16]

    /// A taste of parts that a fold or a blend has just computed.
    package init(
        foldID: FoldID, spaceID: SHA256Digest, house: SHA256Digest? = nil, comparisonCount: UInt32, gain: UInt32,
        confidence: UInt16, direction: [Int16]
    ) {
        precondition((house != nil) == (foldID == HP1.id), "a taste of HP1 names its house, others have none")
        self.foldID = foldID
        self.spaceID = spaceID
        self.house = house
        self.comparisonCount = comparisonCount
        self.gain = gain
        self.confidence = confidence
        self.direction = direction
    }

    /// Whether it prefers nothing: no choices, or choices that cancel.
    public var isNeutral: Bool { direction.allSatisfy { $0 == 0 } }

    /// The number of components of the direction.
    public var dimension: Int { direction.count }

    /// The taste of choices that say nothing.
    static func neutral(foldID: FoldID, spaceID: SHA256Digest, dimension: Int, comparisonCount: Int) -> Taste {
        Taste(
            foldID: foldID, spaceID: spaceID, comparisonCount: UInt32(comparisonCount), gain: 0, confidence: 500,
            direction: [Int16](repeating: 0, count: dimension))
    }
}
