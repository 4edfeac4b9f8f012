public import EventLog

/// Why a version is as it is: the choices that carry it, and what it likes most and least.
public struct Explanation: Sendable {
    /// The version.
    public let version: Version
    /// The profile's choices that carry the version, those with the greatest share of its direction first; empty for an
    /// imported version.
    public let choices: [ExplainedChoice]
    /// The choices that the version contradicts, since others outweigh them: those with a negative share, the most negative
    /// first. With ``choices`` these are all that the fold has seen; all shares sum to 1.
    public let contradicted: [ExplainedChoice]
    /// The catalogue images that the version scores highest, best first.
    public let nearest: [ScoredImage]
    /// The catalogue images that it scores lowest, worst first.
    public let farthest: [ScoredImage]
    /// The version's confidence in words.
    public let confidenceInWords: String
}

/// One choice and how much it counts.
public struct ExplainedChoice: Hashable, Sendable {
    /// The event.
    public let position: Position
    /// The preferred image.
    public let winner: String
    /// The other image; nil for a like, which prefers its image to the catalogue's mean.
    public let loser: String?
    /// What the choice contributes to the version's direction, as a share of its length: A_i (z_i·V) / (V·V).
    public let share: Double
    /// The choice's dual weight, 0 to 1: near 0 for a choice that the others imply anyway, near 1 for one that they
    /// contradict (docs/fold.md).
    public let weight: Double
    /// The probability that the version gives to the choice as it was made.
    public let probability: Double
}

/// An image and its score.
public struct ScoredImage: Hashable, Sendable {
    /// The image.
    public let id: String
    /// Logits above the catalogue's mean.
    public let score: Double
}

/// How two versions differ.
public struct VersionDifference: Sendable {
    /// The version compared from.
    public let first: Version
    /// The version compared to.
    public let second: Version
    /// The cosine of the angle between the directions: 1 the same, 0 unrelated, −1 opposite; 0 if one is neutral.
    public let cosine: Double
    /// Second minus first, in logits per unit cosine.
    public let gainChange: Double
    /// Second minus first, in thousandths.
    public let confidenceChange: Int
    /// The taste events between what the two cover, newest first, when both are of one profile; else empty.
    public let events: [StoredEvent]
    /// The images whose score moved most, with the change, greatest movement first.
    public let moved: [ScoredImage]
}
