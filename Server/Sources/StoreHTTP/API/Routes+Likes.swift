internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// What a gallery shows as liked.
    static let likes = [
        Route(
            method: .get, path: ofSpace + "likes", rule: .userOfPath,
            returns: Documents.object(["images": Documents.list(Documents.string("An image."))]),
            summary: "The images that the user likes now, those liked last first.", pathParameters: ofUser,
            query: [profile], problems: [.notFound]
        ) { call in
            let likes = try likedImages(of: call.profile(), in: call.store)
            return Answer.json(["images": .array(likes.map { .string($0) })] as JSONValue)
        }
    ]

    /// Walks the stream back to its beginning, or to where the profile started over. Of each image the last word counts.
    private static func likedImages(of profile: ProfileName, in store: Store) throws -> [String] {
        var liked: [String] = []
        var decided: Set<String> = []
        var retracted: Set<Position> = []
        var next: UInt32?
        while true {
            let events = try store.eventsBackward(of: profile, from: next, limit: 256)
            newestFirst: for event in events {
                next = event.revision - 1
                switch event.content {
                case .retracted(_, let position): retracted.insert(position)
                case .like(_, let image) where !retracted.contains(event.position):
                    if decided.insert(image).inserted { liked.append(image) }
                case .unlike(_, let image) where !retracted.contains(event.position): decided.insert(image)
                case .reset: return liked
                case .reverted(_, let name):
                    // What a version was folded from is what counts again: its events go on before it.
                    next = try store.version(hash: name.hash)?.mint.foldedThrough
                default: continue
                }
                if case .reverted = event.content { break newestFirst }
            }
            guard !events.isEmpty, let left = next, left > 0 else { return liked }
        }
    }
}
