package import EventLog
internal import Projections
internal import TasteFold

/// Names of a catalogue that something refers to: in a cluster, what a user's shard must have before an event that names it.
package struct CatalogueNames: Sendable {
    /// Spaces, by name.
    package var spaces: Set<String> = []
    /// Images, by space and id.
    package var images: [String: Set<String>] = [:]

    /// No names.
    package init() {}

    /// Whether there are none.
    package var isEmpty: Bool { spaces.isEmpty && images.isEmpty }

    /// The names in some events.
    package init(in events: [NewEvent]) {
        for event in events {
            switch event.action {
            case .rank(let profile, let winner, let loser): add([winner, loser], of: profile.space)
            case .like(let profile, let image), .unlike(let profile, let image): add([image], of: profile.space)
            case .pick(let profile, _, let shown), .skip(let profile, let shown): add(shown, of: profile.space)
            case .image(let space, _): add([], of: space)
            }
        }
    }

    /// Adds a space and some of its images.
    package mutating func add(_ images: [String], of space: String) {
        spaces.insert(space)
        if !images.isEmpty { self.images[space, default: []].formUnion(images) }
    }
}

/// A space as a catalogue has it, to be copied.
package struct SpaceCopy: Hashable, Sendable {
    /// What pins the space.
    package let definition: SpaceDefinition
    /// The models that it serves.
    package let models: [String]
    /// The model of prompts that name none, if it is one of those.
    package let defaultModel: String?
}

extension Store {
    /// Those of some names that the store does not have.
    package func lacking(_ names: CatalogueNames) throws(StoreError) -> CatalogueNames {
        try read { (view) throws(StoreError) in
            var lacking = CatalogueNames()
            for name in names.spaces.union(names.images.keys) {
                guard let space = try view.space(named: name) else {
                    lacking.spaces.insert(name)
                    if let images = names.images[name] { lacking.images[name] = images }
                    continue
                }
                for image in names.images[name] ?? [] where try view.image(image, in: space) == nil {
                    lacking.images[name, default: []].insert(image)
                }
            }
            return lacking
        }
    }

    /// The spaces of some names, as far as the store has them, with the models that they serve now.
    package func spaceCopies(of names: Set<String>) throws(StoreError) -> [SpaceCopy] {
        try read { (view) throws(StoreError) in
            let standard = try view.defaultModel()
            var models: [Position: [String]] = [:]
            for position in try view.rows(Models.self) {
                guard case .modelAssigned(let model, _) = try view.body(of: try view.record(at: position)),
                    let space = try view.space(ofModel: model)
                else { continue }
                if models[space.position]?.contains(model) != true { models[space.position, default: []].append(model) }
            }
            var copies: [SpaceCopy] = []
            for name in names.sorted() {
                guard let space = try view.space(named: name) else { continue }
                copies.append(
                    SpaceCopy(
                        definition: SpaceDefinition(space.descriptor, threshold: space.threshold),
                        models: (models[space.position] ?? []).sorted(),
                        defaultModel: standard?.space.position == space.position ? standard?.model : nil))
            }
            return copies
        }
    }

    /// The name of the space that serves a model, or of the default model's when none is given; nil when there is none.
    package func spaceName(ofModel model: String?) throws(StoreError) -> String? {
        try read { (view) throws(StoreError) in
            if let model { return try view.space(ofModel: model)?.name }
            return try view.defaultModel()?.space.name
        }
    }

    /// Registrations of some images, as far as the store has them.
    ///
    /// - Parameter keepsAuthor: Whether the copy says who made an image.
    package func imageCopies(
        of names: CatalogueNames, keepsAuthor: (String) -> Bool
    ) throws(StoreError) -> [NewEvent] {
        try read { (view) throws(StoreError) in
            var events: [NewEvent] = []
            for (name, images) in names.images.sorted(by: { $0.key < $1.key }) {
                guard let space = try view.space(named: name) else { continue }
                for id in images.sorted() {
                    guard let position = try view.image(id, in: space) else { continue }
                    let image = try view.image(at: position, in: space)
                    let embedding: Embedding
                    do throws(EmbeddingError) { embedding = try Embedding(canonicalComponents: image.embedding) } catch
                    {
                        throw .record(.notCanonical(position, "\(error)"))
                    }
                    let author = image.author.flatMap { keepsAuthor($0) ? $0 : nil }
                    events.append(
                        NewEvent(.image(space: name, NewImage(id: id, author: author, embedding: embedding))))
                }
            }
            return events
        }
    }

    /// Defines a space as a catalogue has it, and assigns its models as there. What is so already is not written again.
    package func adopt(_ space: SpaceCopy) async throws(StoreError) {
        let known = try spaceCopies(of: [space.definition.name]).first
        if known == space { return }
        // A default model is assigned anew each time: only when it is another one.
        let isDefault = known?.defaultModel == space.defaultModel ? nil : space.defaultModel
        _ = try await submit(.space(space.definition, models: space.models, defaultModel: isDefault))
    }
}
