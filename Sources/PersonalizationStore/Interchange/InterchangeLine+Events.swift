internal import ByteCoding
internal import EventLog
internal import TasteFold

extension InterchangeLine {
    /// What a line asks for.
    package enum Request {
        /// An event to append, in a batch with its neighbours.
        case event(NewEvent)
        /// Anything else, which is done on its own, in order.
        case other
    }

    /// The event that the line holds; `defaultSpace` stands in for a missing space.
    package func request(defaultSpace: String?, trustsTimes: Bool) throws(InterchangeFault) -> Request {
        var event: NewEvent
        switch kind {
        case "rank":
            let profile = try profileName(defaultSpace)
            event = .rank(profile, winner: try need(winner, "winner"), loser: try need(loser, "loser"))
        case "like": event = .like(try profileName(defaultSpace), image: try need(image, "image"))
        case "unlike": event = .unlike(try profileName(defaultSpace), image: try need(image, "image"))
        case "pick":
            let profile = try profileName(defaultSpace)
            event = .pick(profile, chosen: try need(chosen, "chosen"), shown: try need(shown, "shown"))
        case "skip": event = .skip(try profileName(defaultSpace), shown: try need(shown, "shown"))
        case "image": event = NewEvent(.image(space: try need(space ?? defaultSpace, "space"), try newImage()))
        case "space", "model", "profile", "minted", "recalled", "settingsOpened", "settings", "label", "revoke",
            "restore", "revert", "retract", "reset", "importedVersion", "importedLabel", "takeDown", "putBack", "alias",
            "unalias",
            "houseMinted", "housePinned", "adopt", "erasureScheduled", "erasureCancelled", "personErased", "erased",
            "profileChange":
            return .other
        default: throw .unknownKind(kind)
        }
        event.occurredAt = try occurredAt()
        if trustsTimes { event.trustedTime = try trustedTime() }
        event.eventID = try parsedEventID()
        return .event(event)
    }

    /// Whether the line is something that an owner says of codes, history or settings, which an event id keeps from being
    /// said twice.
    var isOwners: Bool {
        switch kind {
        case "label", "revoke", "restore", "revert", "retract", "settings", "profileChange": true
        default: false
        }
    }

    /// Whether the line has a time that is more likely one in seconds.
    func isImplausiblyEarly() throws(InterchangeFault) -> Bool {
        guard at != nil, let milliseconds = try occurredAt() else { return false }
        return milliseconds < Timestamp.earliestPlausible.milliseconds
    }

    /// The image that the line describes, from floats or from exported integers.
    func newImage() throws(InterchangeFault) -> NewImage {
        let id = try need(id, "id")
        do throws(EmbeddingError) {
            if let embeddingQ14 {
                return NewImage(id: id, author: author, embedding: try Embedding(canonicalComponents: embeddingQ14))
            }
            if let embedding {
                return NewImage(id: id, author: author, embedding: try Embedding(canonicalizing: embedding))
            }
        } catch {
            throw .invalidValue("embedding", "\(error)")
        }
        throw .missingField("embedding")
    }

    func profileName(_ defaultSpace: String?) throws(InterchangeFault) -> ProfileName {
        ProfileName(
            user: try need(user, "user"), space: try need(space ?? defaultSpace, "space"),
            profile: profile ?? ProfileName.defaultProfile)
    }

    func need<Value>(_ value: Value?, _ field: String) throws(InterchangeFault) -> Value {
        guard let value else { throw .missingField(field) }
        return value
    }

    /// The time to record: that of the export if there is one, else when the user did it.
    func trustedTime() throws(InterchangeFault) -> Timestamp? {
        if let recordedAt { return try Self.time(recordedAt, field: "recordedAt") }
        if case .text(let text) = at { return try Self.time(text, field: "at") }
        return try occurredAt().map { Timestamp(milliseconds: $0) }
    }

    /// When the user did it, in milliseconds since 1970.
    private func occurredAt() throws(InterchangeFault) -> Int64? {
        switch at {
        case .none: return nil
        case .milliseconds(let number):
            guard Timestamp.rfc3339Milliseconds.contains(number) else {
                throw .invalidValue("at", "\(number) milliseconds are not in the years 1 to 9999; correct the time")
            }
            return number
        case .text(let text): return try Self.time(text, field: "at").milliseconds
        }
    }

    /// When a person is to be erased.
    func dueTime() throws(InterchangeFault) -> Timestamp { try Self.time(try need(due, "due"), field: "due") }

    private static func time(_ text: String, field: String) throws(InterchangeFault) -> Timestamp {
        do throws(TimeTextError) { return try Timestamp(parsing: text) } catch {
            throw .invalidValue(field, error.description)
        }
    }

    /// The id that the line gives its event.
    func parsedEventID() throws(InterchangeFault) -> EventID? {
        guard let text = eventID else { return nil }
        guard let id = EventID(text) else { throw .invalidValue("eventID", "'\(text)' is no UUID") }
        return id
    }
}

extension NewImage {
    /// Reads an image from a line of the interchange format; its `space` is not looked at.
    ///
    /// - Throws: What is wrong with the line.
    public init(interchangeJSON json: [UInt8]) throws(InterchangeFault) {
        let line = try InterchangeLine(json: json)
        guard line.kind == "image" else { throw .invalidValue("kind", "'\(line.kind)' is no image") }
        self = try line.newImage()
    }
}

extension EventID {
    /// The id of a line that has none of its own: of what names the lines' source, the line's number and its content, so
    /// that importing the same lines again writes nothing twice, and the same line of another file is another event.
    init(ofLine number: Int, json: [UInt8], source: String) {
        let digest = SHA256Digest(hashing: Array("\(source)\0line \(number)\n".utf8) + json)
        self.init(high: digest.words.0, low: digest.words.1)
    }
}
