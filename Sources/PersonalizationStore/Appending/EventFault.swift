public import EventLog

/// What did not hold.
public enum UnmetCondition: Error, Hashable, Sendable {
    /// The stream has another version.
    case revision(ProfileName, expected: UInt32, found: UInt32)
    /// The log has another head.
    case head(expected: Position?, found: Position?)
}

/// What is wrong with one event.
public enum EventFault: Error, Hashable, Sendable {
    /// No space has this name.
    case unknownSpace(String)
    /// The space has no image with this id.
    case unknownImage(space: String, id: String)
    /// The embedding has another dimension than the space.
    case wrongDimension(space: String, id: String, expected: Int, found: Int)
    /// Winner and loser are the same image.
    case winnerIsLoser(String)
    /// The images of a pick or skip do not make one.
    case slate(SlateFault)
    /// The space has an image with this id and other content.
    case imageConflict(space: String, id: String)
    /// The event id is in the log with other content.
    case eventIDConflict(EventID, Position)
    /// A name is empty, too long or has a NUL in it.
    case invalidName(field: String, String)
    /// A trusted time is before the last recorded one.
    case timeGoesBack(given: Timestamp, last: Timestamp)
    /// A time, in milliseconds since 1970, is not in the years 1 to 9999, so that no text can say it.
    case unwritableTime(milliseconds: Int64)
    /// A time is more than a day ahead of the wall clock.
    case timeAhead(given: Timestamp, clock: Timestamp)
    /// The wall clock is more than ten years after the last event, so that it is more likely wrong.
    case clockAhead(clock: Timestamp, last: Timestamp)
    /// The user has no such profile yet.
    case unknownProfile(ProfileName)
    /// The position holds no event of the profile that can be taken back.
    case notRetractable(Position)
    /// The version's bytes are not of this profile.
    case notOwnVersion(Position)
    /// The event is of no profile of the same user in another space.
    case notAdoptable(Position)
    /// The house minted at the position is what new codes start from, so it cannot be revoked.
    case houseIsPinned(Position)
    /// The house minted at the position is revoked, so it cannot be pinned.
    case houseIsRevoked(Position)
    /// The houses of the space have no history of choices that could be changed.
    case houseHistory(String)
    /// A space with this name and other content exists.
    case spaceConflict(String)
    /// The profile has moved on since the caller looked.
    case profileMoved(ProfileName)
    /// The profile is archived and takes no events.
    case archivedProfile(ProfileName)
    /// The profile is a board, which is made of images alone.
    case boardTakesImages(ProfileName)
    /// The profile is no board, and images are put on boards only.
    case notBoard(ProfileName)
    /// The user has a profile of this name, or one of another kind.
    case profileExists(ProfileName)
    /// The user has as many profiles as anybody can have.
    case tooManyProfiles(user: String, limit: Int)
    /// The space has no such alias.
    case unknownAlias(String, space: String)
    /// There is nothing of this person to erase.
    case unknownPerson(String)
    /// The person is to be erased, and takes no part until then.
    case erasureScheduled(user: String, due: Timestamp)
    /// The person is not to be erased, so there is nothing to cancel.
    case noErasureScheduled(String)
}

extension EventFault: CustomStringConvertible {
    /// What is wrong and the remedy.
    public var description: String {
        switch self {
        case .unknownSpace(let name):
            "there is no space '\(name)'; define it with 'storectl space define', or correct the name"
        case .unknownImage(let space, let id):
            "the space '\(space)' has no image '\(id)'; register the image first, or correct the id"
        case .wrongDimension(let space, let id, let expected, let found):
            "the embedding of image '\(id)' has \(found) components and the space '\(space)' needs \(expected); "
                + "use the space's embedding model"
        case .winnerIsLoser(let id): "winner and loser are the same image '\(id)'; rank two different images"
        case .slate(let fault): fault.description
        case .imageConflict(let space, let id):
            "the space '\(space)' has an image '\(id)' with another author or embedding; images never change, so "
                + "register it under a new id"
        case .eventIDConflict(let id, let position):
            "the event id \(id) is at position \(position) with other content; use a new id for a new event"
        case .invalidName(let field, let name):
            "the \(field) '\(name.prefix(40))' is not a name; use 1 to 255 bytes of UTF-8 without NUL "
                + "(at most 128 for profiles and spaces)"
        case .timeGoesBack(let given, let last):
            "the time \(given.rfc3339) is before \(last.rfc3339), the last recorded one; sort the lines by time"
        case .unwritableTime(let milliseconds):
            "\(milliseconds) milliseconds since 1970 are not in the years 1 to 9999; correct the time"
        case .timeAhead(let given, let clock):
            "the time \(given.rfc3339) is more than a day ahead of the clock, which says \(clock.rfc3339); correct the time "
                + "or the clock, or allow it (--allow-future)"
        case .clockAhead(let clock, let last):
            "the clock says \(clock.rfc3339), more than ten years after the last event (\(last.rfc3339)); correct the clock, "
                + "or allow it (--allow-future) when it is right: later events are never stamped earlier"
        case .unknownProfile(let profile): "there is nothing of \(profile) yet; rank some images first"
        case .notRetractable(let position):
            "position \(position) holds no rank, like, unlike or pick of this profile; look it up with 'storectl log'"
        case .notOwnVersion(let position):
            "the version minted at position \(position) is not of this profile; only its owner can do that"
        case .notAdoptable(let position):
            "position \(position) is of no profile of the same user in another space; name such a one"
        case .houseIsPinned(let position):
            "the house minted at position \(position) is pinned; pin another first, or none "
                + "('storectl house pin --none')"
        case .houseIsRevoked(let position):
            "the house minted at position \(position) is revoked; restore its code first, or pin another"
        case .houseHistory(let space):
            "the houses of '\(space)' are made of people's choices and have none of their own to change; "
                + "mint another with 'storectl house mint'"
        case .spaceConflict(let name):
            "a space '\(name)' with other content exists; define the new one under another name"
        case .unknownAlias(let alias, let space):
            "the space '\(space)' has no alias '\(alias)'; 'storectl aliases' lists those that there are"
        case .unknownPerson(let user): "there is nothing of '\(user)' in the store; check the name"
        case .erasureScheduled(let user, let due):
            "'\(user)' is to be erased at \(due.rfc3339), and takes no part until then; 'storectl erase \(user) --cancel' "
                + "takes it back"
        case .noErasureScheduled(let user):
            "'\(user)' is not to be erased; 'storectl erasures' lists who is"
        case .archivedProfile(let profile):
            "\(profile) is archived and takes no events; restore it with 'storectl profile restore' first"
        case .boardTakesImages(let profile):
            "\(profile) is a board, which is made of images alone; put them on it with 'storectl board add'"
        case .notBoard(let profile): "\(profile) is no board; make one with 'storectl board create', or like the images"
        case .profileExists(let profile):
            "there is a profile \(profile), or one of another kind, already; choose another name"
        case .tooManyProfiles(let user, let limit):
            "\(user) has \(limit) profiles, which is the most that a user can have; use one that is there"
        case .profileMoved(let profile): "\(profile) has changed meanwhile; try again"
        }
    }
}

extension UnmetCondition: CustomStringConvertible {
    /// What was expected and what was found.
    public var description: String {
        switch self {
        case .revision(let profile, let expected, let found):
            "\(profile) is at revision \(found), not \(expected); read again and decide anew"
        case .head(let expected, let found):
            "the log's head is \(found.map(\.description) ?? "none"), not \(expected.map(\.description) ?? "none"); "
                + "read again and decide anew"
        }
    }
}
