public import CodeRegistry
public import EventLog

/// A profile as its owner's list shows it.
public struct ProfileSummary: Hashable, Sendable {
    /// Its user, space and name.
    public let name: ProfileName
    /// Its permanent reference.
    public let reference: String
    /// What its owner calls it; nil for nothing.
    public let label: String?
    /// Whether it is a board: made of images alone.
    public let isBoard: Bool
    /// Whether it is put away.
    public let isArchived: Bool
    /// Whether its reference works for others.
    public let isShared: Bool
    /// When it was opened.
    public let openedAt: Timestamp
    /// How many events it has.
    public let revision: UInt32
    /// The last code that it was given; nil when none was.
    public let newestCode: Code?
}
