internal import ByteCoding
public import EventLog
public import TasteFold

/// Names a user's taste in one space: what a stream of events is about.
public struct ProfileName: Hashable, Sendable {
    /// The user.
    public var user: String
    /// The space.
    public var space: String
    /// The profile's name; `default` unless the user keeps several.
    public var profile: String

    /// Names a profile.
    public init(user: String, space: String, profile: String = ProfileName.defaultProfile) {
        self.user = user
        self.space = space
        self.profile = profile
    }

    /// The name of the profile that a user has without asking for one.
    public static let defaultProfile = "default"

    /// Equal names are equal bytes: names are compared as UTF-8, not by Unicode equivalence.
    public static func == (left: Self, right: Self) -> Bool {
        left.user.hasSameBytes(as: right.user) && left.space.hasSameBytes(as: right.space)
            && left.profile.hasSameBytes(as: right.profile)
    }

    /// Hashes the user alone, who seldom has more than one profile: names are looked up for every event.
    public func hash(into hasher: inout Hasher) { hasher.combine(user) }
}

extension ProfileName: CustomStringConvertible {
    /// `user in space`, and the profile's name unless it is the default.
    public var description: String {
        if isHouse { return "the house of \(space)" }
        return profile == Self.defaultProfile ? "\(user) in \(space)" : "\(user)/\(profile) in \(space)"
    }
}

/// An image for a space's catalogue.
public struct NewImage: Hashable, Sendable {
    /// The id, unique in the space: 1 to 255 UTF-8 bytes, no NUL.
    public var id: String
    /// The user who made it, whose own likes of it never count; nil when nobody is known.
    public var author: String?
    /// The canonical embedding.
    public var embedding: Embedding

    /// Describes an image.
    public init(id: String, author: String? = nil, embedding: Embedding) {
        self.id = id
        self.author = author
        self.embedding = embedding
    }
}

/// An event to append.
///
/// Give it an ``eventID`` when the append may be retried: an event whose id and content are in the log already is not
/// written again, and its first receipt is returned.
public struct NewEvent: Hashable, Sendable {
    /// What happened.
    public enum Action: Hashable, Sendable {
        /// The user chose one image of the profile's space over another.
        case rank(ProfileName, winner: String, loser: String)
        /// The user liked an image.
        case like(ProfileName, image: String)
        /// The user took a like back.
        case unlike(ProfileName, image: String)
        /// The user chose one or more of 2 to 16 images shown together, not all of them: each chosen one over each other.
        case pick(ProfileName, chosen: [String], shown: [String])
        /// The user chose none of 2 to 16 images shown together; counts nothing, but they are not asked for again.
        case skip(ProfileName, shown: [String])
        /// An image entered a space's catalogue. Registering the same image again is not written and not an error.
        case image(space: String, NewImage)
    }

    /// What happened.
    public var action: Action {
        get { content.action }
        set { content = EventContent(newValue) }
    }
    /// The same, to be read without a copy.
    private(set) var content: EventContent
    /// When the user did it, in milliseconds since 1970; kept with the event, of no effect on the fold.
    public var occurredAt: Int64?
    /// The caller's own name for the event, unique in the store.
    public var eventID: EventID?
    /// The time to record instead of the writer's clock, when a history is imported with trusted times.
    package var trustedTime: Timestamp?

    /// Describes an event.
    public init(_ action: Action, occurredAt: Int64? = nil, eventID: EventID? = nil) {
        content = EventContent(action)
        self.occurredAt = occurredAt
        self.eventID = eventID
    }

    /// The profile that the event is of; nil for an image.
    public var profile: ProfileName? {
        switch content.kind {
        case .rank, .like, .unlike, .pick, .skip: content.profile
        case .image, .authoredImage: nil
        }
    }

    /// A ranking.
    public static func rank(_ profile: ProfileName, winner: String, loser: String) -> NewEvent {
        NewEvent(.rank(profile, winner: winner, loser: loser))
    }

    /// A like.
    public static func like(_ profile: ProfileName, image: String) -> NewEvent {
        NewEvent(.like(profile, image: image))
    }

    /// The end of a like.
    public static func unlike(_ profile: ProfileName, image: String) -> NewEvent {
        NewEvent(.unlike(profile, image: image))
    }
}

extension NewEvent {
    /// A choice of one or more of several images.
    public static func pick(_ profile: ProfileName, chosen: [String], shown: [String]) -> NewEvent {
        NewEvent(.pick(profile, chosen: chosen, shown: shown))
    }

    /// A choice of none of several images.
    public static func skip(_ profile: ProfileName, shown: [String]) -> NewEvent {
        NewEvent(.skip(profile, shown: shown))
    }
}

/// Where an appended event is.
public struct Receipt: Hashable, Sendable {
    /// Its place in the log.
    public let position: Position
    /// Its place in its stream.
    public let revision: UInt32
    /// When it was recorded.
    public let recordedAt: Timestamp
    /// True when the event was in the log already, and this is its first receipt.
    public let isRepeat: Bool
}

/// What an append requires of the log; when it does not hold, nothing is appended.
public enum AppendCondition: Hashable, Sendable {
    /// The profile's stream has exactly this many events (0: it does not exist yet).
    case revision(ProfileName, UInt32)
    /// The log's last event has this position (nil: the log is empty).
    case head(Position?)
}
