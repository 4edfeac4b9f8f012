import PersonalizationStore
import SeededRandom

/// Makes random events of some profiles, good and bad ones.
struct EventMaker {
    let profiles: [ProfileName]
    var generator: SeededGenerator
    /// The images of each space.
    private var imageIDs: [String: [String]]
    private let dimension: Int
    private var newImageCount = 0

    init(profiles: [ProfileName], spaces: [SyntheticSpace], generator: SeededGenerator) {
        self.profiles = profiles
        self.generator = generator
        imageIDs = Dictionary(uniqueKeysWithValues: spaces.map { ($0.name, $0.images.map(\.id)) })
        dimension = spaces[0].descriptor.dimension
    }

    mutating func profile() -> ProfileName { generator.pick(profiles) }

    /// A ranking, like or unlike that the store must take; the first images come up most, so that pairs repeat.
    mutating func event(of profile: ProfileName? = nil) -> NewEvent {
        let profile = profile ?? self.profile()
        let one = image(in: profile.space)
        var event: NewEvent
        switch Int.random(in: 0..<12, using: &generator) {
        case 0, 1: event = .like(profile, image: one)
        case 2: event = .unlike(profile, image: one)
        case 3:
            let shown = slate(in: profile.space)
            let chosen = shown.prefix(Int.random(in: 1..<shown.count, using: &generator)).shuffled(using: &generator)
            event = .pick(profile, chosen: chosen, shown: shown.shuffled(using: &generator))
        case 4: event = .skip(profile, shown: slate(in: profile.space))
        default:
            var other = image(in: profile.space)
            while other == one { other = image(in: profile.space) }
            event = .rank(profile, winner: one, loser: other)
        }
        if generator.chance(30) { event.occurredAt = Int64.random(in: -1000...1_700_000_000_000, using: &generator) }
        if generator.chance(50) { event.eventID = eventID() }
        return event
    }

    mutating func events(_ count: ClosedRange<Int>, of profile: ProfileName? = nil) -> [NewEvent] {
        (0..<Int.random(in: count, using: &generator)).map { _ in event(of: profile) }
    }

    mutating func eventID() -> EventID { EventID(high: generator.next(), low: generator.next()) }

    /// An image that its space does not have; it comes up in rankings once it is noted.
    mutating func newImage(in space: String) throws -> NewEvent {
        newImageCount += 1
        let image = NewImage(
            id: "new \(newImageCount)", author: generator.chance(30) ? profile().user : nil,
            embedding: try SyntheticSpace.embedding(dimension: dimension, using: &generator))
        return NewEvent(.image(space: space, image), eventID: generator.chance(50) ? eventID() : nil)
    }

    /// Notes an image that the store has taken.
    mutating func note(_ event: NewEvent) {
        if case .image(let space, let image) = event.action, imageIDs[space]?.contains(image.id) == false {
            imageIDs[space]?.append(image.id)
        }
    }

    /// An event that the store must refuse.
    mutating func badEvent(_ model: TasteModel) throws -> NewEvent {
        let profile = profile()
        let id = image(in: profile.space)
        switch Int.random(in: 0..<9, using: &generator) {
        case 8: return badSlate(of: profile)
        case 0: return .like(ProfileName(user: profile.user, space: "nowhere"), image: id)
        case 1: return .rank(profile, winner: id, loser: "no such image")
        case 2: return .rank(profile, winner: id, loser: id)
        case 3: return .like(ProfileName(user: "", space: profile.space), image: id)
        case 4:
            let tooLong = String(repeating: "x", count: 129)
            return .unlike(ProfileName(user: "ada", space: profile.space, profile: tooLong), image: id)
        case 5:
            let image = NewImage(id: "wrong", embedding: try Embedding(canonicalizing: [1.0, 2.0]))
            return NewEvent(.image(space: profile.space, image))
        case 6:
            let image = NewImage(
                id: id, author: "somebody else",
                embedding: try SyntheticSpace.embedding(dimension: dimension, using: &generator))
            return NewEvent(.image(space: profile.space, image))
        default:
            return NewEvent(
                .image(
                    space: profile.space,
                    NewImage(
                        id: "", embedding: try SyntheticSpace.embedding(dimension: dimension, using: &generator))))
        }
    }

    /// A pick or skip that the store must refuse.
    private mutating func badSlate(of profile: ProfileName) -> NewEvent {
        let shown = slate(in: profile.space)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: return .skip(profile, shown: Array(shown.prefix(1)))
        case 1: return .skip(profile, shown: shown + [shown[0]])
        case 2: return .skip(profile, shown: shown + ["no such image"])
        case 3: return .pick(profile, chosen: [], shown: shown)
        case 4: return .pick(profile, chosen: shown, shown: shown)
        case 5: return .pick(profile, chosen: ["no such image"], shown: shown)
        case 6: return .pick(profile, chosen: [shown[0]], shown: (0..<17).map { "\($0)" })
        default: return .pick(ProfileName(user: "", space: profile.space), chosen: [shown[0]], shown: shown)
        }
    }

    /// 2 to 6 different images of a space.
    private mutating func slate(in space: String) -> [String] {
        let count = Int.random(in: 2...6, using: &generator)
        var shown: [String] = []
        while shown.count < count {
            let image = image(in: space)
            if !shown.contains(image) { shown.append(image) }
        }
        return shown
    }

    /// Some different images of a space.
    mutating func imageIDs(in space: String, _ count: ClosedRange<Int>) -> [String] {
        var ids: [String] = []
        let wanted = Int.random(in: count, using: &generator)
        while ids.count < wanted {
            let id = image(in: space)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// The same event again, or another one with its id.
    mutating func retry(of event: NewEvent) -> NewEvent {
        var retry = event
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: retry.occurredAt = (event.occurredAt ?? 0) + 1
        case 1:
            var other = self.event()
            other.eventID = event.eventID
            return other
        default: break
        }
        return retry
    }

    private mutating func image(in space: String) -> String {
        guard let ids = imageIDs[space] else { preconditionFailure("every space of a profile has images") }
        let index = min(
            Int.random(in: ids.indices, using: &generator), Int.random(in: ids.indices, using: &generator))
        return ids[index]
    }
}
