import PersonalizationStore
import SeededRandom

/// A small catalogue with seeded embeddings; some of whose images the test's users made themselves.
struct SyntheticSpace: Sendable {
    let name: String
    let images: [NewImage]
    let threshold: Int
    let descriptor: SpaceDescriptor

    init(
        _ name: String, imageCount: Int = 48, dimension: Int = 8, threshold: Int = 5,
        authors: [String] = ["ada", "ben"], idPrefix: String? = nil, seed: UInt64 = 1
    ) throws {
        var generator = SeededGenerator(seed: seed)
        self.name = name
        self.threshold = threshold
        images = try (0..<imageCount).map { index in
            NewImage(
                id: "\(idPrefix ?? name)/\(index)", author: generator.chance(25) ? generator.pick(authors) : nil,
                embedding: try Self.embedding(dimension: dimension, using: &generator))
        }
        descriptor = try SpaceDescriptor(name: name, catalogue: images.map { ($0.id, $0.embedding) })
    }

    /// A random embedding; one in twenty is zero, which compares with nothing.
    static func embedding(dimension: Int, using generator: inout SeededGenerator) throws -> Embedding {
        let isZero = generator.chance(5)
        return try Embedding(
            canonicalizing: (0..<dimension).map { _ in
                isZero ? 0 : Double.random(in: -1...1, using: &generator)
            })
    }

    /// Defines the space in a store, with one model, `model of` its name, the first one the store's default.
    func define(in store: Store, isDefault: Bool = false) async throws {
        let model = "model-\(name)"
        try await store.defineSpace(
            name, models: [model], defaultModel: isDefault ? model : nil, images: images, threshold: threshold)
    }
}
