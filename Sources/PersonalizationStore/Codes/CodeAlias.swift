public import EventLog

/// A code of another service and the version that it means in a space.
public struct CodeAlias: Hashable, Sendable {
    /// The code of the other service, in lower case.
    public let alias: String
    /// The space whose prompts may name it.
    public let space: String
    /// What it means, with label and revocation as they are now.
    public let version: Version
    /// The event that said so.
    public let position: Position
    /// When that was.
    public let recordedAt: Timestamp
}
