internal import PersonalizationStore
internal import SeededRandom

/// The names and embeddings of the seeded workload.
struct Catalogue: Sendable {
    /// The one space.
    static let space = "bench"
    /// The model that the space serves, the default of prompts.
    static let model = "bench-1"

    /// The profiles by user.
    let profiles: [ProfileName]
    /// The image ids, 36 characters each.
    let imageIDs: [String]

    /// The names that the parameters describe.
    init(_ arguments: Arguments) throws {
        let users = try arguments.number("users", 10_000, atLeast: 1)
        let images = try arguments.number("images", 10_000, atLeast: 2)
        self.init(users: users, images: images)
    }

    init(users: Int, images: Int) {
        profiles = (0..<users).map { ProfileName(user: Self.userName($0), space: Self.space) }
        imageIDs = (0..<images).map { "image-" + Self.padded($0, to: 30) }
    }

    static func userName(_ user: Int) -> String { "user-" + padded(user, to: 6) }

    /// The event of a draw.
    func event(_ draw: EventSource.Draw) -> NewEvent {
        var event = NewEvent.rank(
            profiles[draw.user], winner: imageIDs[draw.winner], loser: imageIDs[draw.loser])
        event.occurredAt = draw.at
        return event
    }

    /// The next events of a source.
    func events(_ count: Int, from source: inout EventSource) -> [NewEvent] {
        (0..<count).map { _ in event(source.next()) }
    }

    /// The images with their embeddings.
    func images(dimension: Int) throws -> [NewImage] {
        try imageIDs.enumerated().map { index, id in
            NewImage(id: id, embedding: try Self.embedding(index, dimension: dimension))
        }
    }

    /// The embedding of an image: components drawn below 2001 from a generator of its own, minus 1000, canonicalized.
    static func embedding(_ image: Int, dimension: Int) throws -> Embedding {
        var generator = SeededGenerator(seed: 1 << 40 + UInt64(image))
        return try Embedding(canonicalizing: (0..<dimension).map { _ in Double(generator.below(2001) - 1000) })
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
