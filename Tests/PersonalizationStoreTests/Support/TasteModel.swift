import PersonalizationStore

/// What a store should answer, as a list of events in memory: written from the architecture's rules, not from the
/// library's code. Everything derived is computed anew from the list whenever it is asked for.
struct TasteModel {
    /// One event of the log.
    struct Event {
        let position: Position
        let revision: UInt32
        let occurredAt: Int64?
        let eventID: EventID?
        let content: StoredEvent.Content
    }

    /// A version that some profile minted.
    struct MintedVersion {
        let name: VersionName
        let bytes: [UInt8]
        let rankings: Int
        let likes: Int
        let profile: ProfileName
        /// Where it was minted first.
        let position: Position
        let covers: UInt32
        var label: String?
        var isRevoked = false
    }

    let secret: StoreSecret
    private(set) var log: [Event] = []
    /// The positions of each profile's events.
    private(set) var streams: [ProfileName: [Position]] = [:]
    var versions: [VersionName: MintedVersion] = [:]
    /// The order in which versions were minted.
    var versionOrder: [VersionName] = []
    /// The order in which houses were minted.
    var houseOrder: [VersionName] = []
    private(set) var spaces: [String: SyntheticSpace] = [:]
    /// What new mints of a space start from.
    var houses: [String: PinnedHouse] = [:]
    private(set) var images: [String: [String: NewImage]] = [:]
    /// What each space's foreign codes mean.
    private(set) var aliases: [String: [String: VersionName]] = [:]
    private(set) var eventIDs: [EventID: Position] = [:]
    private var otherStreams: [String: UInt32] = [:]
    private var imagePositions: [String: [String: Position]] = [:]

    init(secret: StoreSecret) { self.secret = secret }

    /// The last event's position.
    var head: Position? { Position(stored: UInt64(log.count)) }

    /// The event at a position.
    subscript(position: Position) -> Event { log[Int(position.number) - 1] }

    /// A profile's events, oldest first.
    func events(of profile: ProfileName) -> [Event] { (streams[profile] ?? []).map { self[$0] } }

    /// The number of events of a profile.
    func revision(of profile: ProfileName) -> UInt32 { UInt32(streams[profile]?.count ?? 0) }

    // MARK: Adding events

    /// A space, its model and its images, as `defineSpace` records them.
    mutating func define(_ space: SyntheticSpace, isDefault: Bool = false) {
        spaces[space.name] = space
        let panel = space.descriptor.panel.flatMap { $0.x.components + $0.y.components }
        let definition = SpaceDefinition(
            name: space.name, threshold: UInt32(space.threshold), mean: space.descriptor.mean, panel: panel)
        addOther(.spaceDefined(definition), to: "space \(space.name)")
        addOther(
            .modelAssigned(space: space.name, model: "model-\(space.name)", isDefault: isDefault),
            to: "space \(space.name)")
        for image in space.images { register(image, in: space.name) }
    }

    /// An image that the space does not have yet.
    @discardableResult
    mutating func register(
        _ image: NewImage, in space: String, occurredAt: Int64? = nil, eventID: EventID? = nil
    ) -> Event {
        images[space, default: [:]][image.id] = image
        let registration = ImageRegistration(
            id: image.id, author: image.author, embedding: image.embedding.components)
        let event = addOther(
            .imageRegistered(space: space, registration), to: "space \(space)", occurredAt: occurredAt,
            eventID: eventID)
        imagePositions[space, default: [:]][image.id] = event.position
        return event
    }

    /// Where an image was registered.
    func position(ofImage id: String, in space: String) -> Position? { imagePositions[space]?[id] }

    /// A change of settings; the first one opens the user's stream of them.
    @discardableResult
    mutating func change(_ settings: Settings, of user: String, in space: String) -> Event {
        let stream = "settings \(space) \(user)"
        if otherStreams[stream] == nil { addOther(.settingsOpened(space: space, user: user), to: stream) }
        return addOther(.settingsChanged(space: space, user: user, settings), to: stream)
    }

    /// An alias, or its end.
    @discardableResult
    mutating func alias(_ alias: String, in space: String, to name: VersionName?) -> Event {
        aliases[space, default: [:]][alias] = name
        return addOther(.aliased(space: space, alias: alias, name), to: "space \(space)")
    }

    @discardableResult
    private mutating func addOther(
        _ content: StoredEvent.Content, to stream: String, occurredAt: Int64? = nil, eventID: EventID? = nil
    ) -> Event {
        otherStreams[stream, default: 0] += 1
        return add(content, version: otherStreams[stream] ?? 1, occurredAt, eventID)
    }

    /// An event of a profile; the first one is preceded by the event that opens the stream.
    @discardableResult
    mutating func add(
        _ content: StoredEvent.Content, to profile: ProfileName, occurredAt: Int64? = nil, eventID: EventID? = nil
    ) -> Event {
        if streams[profile] == nil { streams[profile] = [add(.profileOpened(profile), version: 1, nil, nil).position] }
        let event = add(content, version: revision(of: profile) + 1, occurredAt, eventID)
        streams[profile]?.append(event.position)
        return event
    }

    private mutating func add(
        _ content: StoredEvent.Content, version: UInt32, _ occurredAt: Int64?, _ eventID: EventID?
    ) -> Event {
        let event = Event(
            position: Position(UInt64(log.count) + 1), revision: version, occurredAt: occurredAt,
            eventID: eventID, content: content)
        log.append(event)
        if let eventID { eventIDs[eventID] = event.position }
        return event
    }

    /// Takes the last taste events and images back: a batch is appended whole or not at all.
    mutating func remove(after count: Int) {
        while log.count > count {
            let event = log.removeLast()
            if let eventID = event.eventID { eventIDs[eventID] = nil }
            switch event.content {
            case .imageRegistered(let space, let image):
                images[space]?[image.id] = nil
                imagePositions[space]?[image.id] = nil
                otherStreams["space \(space)", default: 1] -= 1
            case .profileOpened(let profile): streams[profile] = nil
            case .rank(let profile, _, _), .like(let profile, _), .unlike(let profile, _), .pick(let profile, _, _),
                .skip(let profile, _):
                streams[profile]?.removeLast()
            default: preconditionFailure("only appended batches are taken back")
            }
        }
    }
}

extension TasteModel.Event {
    /// Whether a stored event is this one; its time is the writer's, and checked elsewhere.
    func matches(_ stored: StoredEvent) -> Bool {
        stored.position == position && stored.revision == revision && stored.occurredAt == occurredAt
            && stored.eventID == eventID && stored.content == content
    }
}
