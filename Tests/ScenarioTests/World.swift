import Foundation
import PersonalizationStore

/// A store in a folder of its own with one space, and people who choose by one component of the embeddings.
final class World {
    let path: String
    let store: Store

    static let imageCount = 40
    static let dimension = 16

    /// - Parameter onCommit: See ``Store/Options/onCommit``.
    init(threshold: Int = 10, onCommit: @escaping @Sendable (CommitReport) -> Void = { _ in }) async throws {
        path = FileManager.default.temporaryDirectory.appending(path: "scenario-\(UUID().uuidString)").path
        var options = Store.Options()
        options.onCommit = onCommit
        store = try Store.create(at: path, options: options)
        for (name, models) in [("v6", ["6", "6.1"]), ("niji6", ["niji 6"])] {
            try await store.defineSpace(
                name, models: models, defaultModel: name == "v6" ? "6.1" : nil, images: try Self.images(),
                threshold: threshold)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    static func component(_ index: Int, of image: Int) -> Double {
        let mixed: Int = image * 7919 + index * 104_729 + image * image * (index + 3)
        return Double(mixed % 2001) / 1000 - 1
    }

    static func images() throws -> [NewImage] {
        try (0..<imageCount).map { image in
            NewImage(
                id: "i/\(image)", author: image % 5 == 0 ? "ada" : "studio",
                embedding: try Embedding(canonicalizing: (0..<dimension).map { component($0, of: image) }))
        }
    }

    /// Rankings by somebody who likes more of a component.
    func rankings(
        of user: String, liking component: Int, pairs: Range<Int>, space: String = "v6"
    ) -> [NewEvent] {
        let profile = ProfileName(user: user, space: space)
        return pairs.map { pair in
            let one = pair % Self.imageCount
            let shifted = (pair * 3 + 1 + pair / Self.imageCount) % Self.imageCount
            let other = shifted == one ? (one + 1) % Self.imageCount : shifted
            let prefersOne = Self.component(component, of: one) > Self.component(component, of: other)
            let (winner, loser) = prefersOne ? (one, other) : (other, one)
            return .rank(profile, winner: "i/\(winner)", loser: "i/\(loser)")
        }
    }
}
