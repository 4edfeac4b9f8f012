public import ByteCoding
public import CodeRegistry
public import EventLog
public import TasteFold

/// A minted personalization version: what a code stands for. Immutable.
public struct Version: Hashable, Sendable {
    /// The code, 13 characters unless codes collided.
    public let code: Code
    /// SHA-256 of the canonical bytes; works wherever a code does.
    public let hash: SHA256Digest
    /// The canonical bytes (docs/format.md, section 4).
    public let bytes: [UInt8]
    /// The name of the space.
    public let space: String
    /// The number of effective rankings that the fold has seen.
    public let rankings: Int
    /// The number of effective likes that the fold has seen.
    public let likes: Int
    /// Direction, gain, confidence and the number of comparisons.
    public let taste: Taste
    /// Where it was minted.
    public let mint: Mint
    /// The owner's name for it.
    public let label: String?
    /// Whether its owner has revoked the code, or an operator has taken the version down.
    public let isRevoked: Bool

    /// Where and when a version was minted.
    public struct Mint: Hashable, Sendable {
        /// The event that holds the version's bytes.
        public let position: Position
        /// When it was recorded.
        public let recordedAt: Timestamp
        /// The revision up to which the fold has seen the profile's stream; 0 for an imported version.
        public let foldedThrough: UInt32
        /// The profile that minted it, or the space that imported it, by its opening event.
        package let stream: Position
        /// The import of the same bytes, also when the version was minted here later; nil when there is none.
        package let imported: Position?
    }
}

/// One line of a list of codes: when a profile came to a version.
public struct CodeListEntry: Hashable, Sendable {
    /// The event by which the profile came to the version: its mint, or a recall of an earlier one.
    public let position: Position
    /// When that was.
    public let recordedAt: Timestamp
    /// The version.
    public let version: Version
    /// True when the profile had minted the version before and came back to it.
    public let isRecall: Bool
}
