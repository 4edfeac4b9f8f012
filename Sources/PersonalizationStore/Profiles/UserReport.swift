/// Everything that the store knows of a user, without the events themselves: what "download what is known about me" rests
/// on.
public struct UserReport: Hashable, Sendable {
    /// The user.
    public let user: String
    /// The user's profiles in the order of their opening, archived ones and boards among them.
    public let profiles: [ProfileReport]
    /// The user's settings, for each space in which they were ever changed, in the order of the spaces.
    public let settings: [SpaceSettings]

    /// The references that work for others now.
    public var sharedReferences: [String] { profiles.map(\.summary).filter(\.isShared).map(\.reference) }

    /// Whether nothing is known of the user.
    public var isEmpty: Bool { profiles.isEmpty && settings.isEmpty }

    /// A user's settings in a space.
    public struct SpaceSettings: Hashable, Sendable {
        /// The space.
        public let space: String
        /// The settings.
        public let settings: Settings
    }
}

/// What is known of one profile.
public struct ProfileReport: Hashable, Sendable {
    /// Its names, label and state.
    public let summary: ProfileSummary
    /// How often what was said; what was taken back, or came before a reset, was said all the same.
    public let counts: EventCounts
    /// What it amounts to: effective comparisons, confidence, stability; nil when it cannot be folded.
    public let progress: ComparisonProgress?
    /// Its codes, newest first.
    public let codes: [CodeListEntry]

    /// How many events of each kind a profile has.
    public struct EventCounts: Hashable, Sendable {
        /// Rankings of two images.
        public internal(set) var rankings = 0
        /// Likes; on a board, images put on it.
        public internal(set) var likes = 0
        /// Likes taken back; on a board, images taken off it.
        public internal(set) var unlikes = 0
        /// Choices of one or more of several images.
        public internal(set) var picks = 0
        /// Choices of none of several images.
        public internal(set) var skips = 0
    }
}
