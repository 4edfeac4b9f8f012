internal import ByteCoding
internal import CodeRegistry
public import EventLog
internal import Projections
public import TasteFold

/// A preference space as the store has it.
public struct SpaceSummary: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// SHA-256 of what pins it: name, dimension, mean and panel.
    public let id: String
    /// The number of components of its embeddings.
    public let dimension: Int
    /// How many effective comparisons `--p` needs.
    public let threshold: Int
    /// The event that defined it.
    public let position: Position
    /// How many events its own stream has: the definition, its models and its images.
    public let eventCount: Int
}

extension Store {
    /// Defines a space from its catalogue: computes the mean and the panel, records them, assigns the models, and
    /// registers the images.
    ///
    /// Defining the same space again is a no-op, so an interrupted definition is finished by repeating it. Images go in
    /// batches of a thousand, each durable on its own.
    ///
    /// - Parameters:
    ///   - name: The space's name.
    ///   - models: The generator models that the space serves; a model of another space moves to this one.
    ///   - defaultModel: The model of prompts that name none.
    ///   - images: The catalogue, whose mean and panel the space keeps.
    ///   - threshold: How many effective comparisons `--p` needs, at least 1.
    /// - Returns: The space, and how many images were new.
    @discardableResult
    public func defineSpace(
        _ name: String, models: [String] = [], defaultModel: String? = nil, images: [NewImage], threshold: Int = 40
    ) async throws(StoreError) -> (space: SpaceSummary, newImageCount: Int) {
        guard (1...Int(UInt32.max)).contains(threshold) else { throw .fault(.spaceThreshold(threshold)) }
        let catalogue = images.map { (id: $0.id, embedding: $0.embedding) }
        let descriptor: SpaceDescriptor
        do { descriptor = try SpaceDescriptor(name: name, catalogue: catalogue) } catch {
            throw .fault(.catalogue("\(error)"))
        }
        var models = models
        if let defaultModel, !models.contains(defaultModel) { models.append(defaultModel) }
        _ = try await submit(
            .space(
                SpaceDefinition(descriptor, threshold: threshold), models: models, defaultModel: defaultModel))
        var newImageCount = 0
        for start in stride(from: 0, to: images.count, by: 1000) {
            let batch = images[start..<min(images.count, start + 1000)]
            let receipts = try await append(batch.map { NewEvent(.image(space: name, $0)) })
            newImageCount += receipts.count { !$0.isRepeat }
        }
        guard let space = try spaces().first(where: { $0.name.hasSameBytes(as: name) }) else {
            throw StoreError.event(.unknownSpace(name))
        }
        return (space, newImageCount)
    }

    /// Lets a space serve a generator model, which leaves the space that served it before.
    ///
    /// - Parameters:
    ///   - model: The model's name, such as `6.1`.
    ///   - space: The space that serves it from now on.
    ///   - isDefault: Whether prompts that name no model mean this one.
    @discardableResult
    public func assignModel(
        _ model: String, to space: String, isDefault: Bool = false
    ) async throws(StoreError) -> Receipt? {
        try await assignModel(model, to: space, isDefault: isDefault, at: nil)
    }

    @discardableResult
    func assignModel(
        _ model: String, to space: String, isDefault: Bool, at time: Timestamp?
    ) async throws(StoreError) -> Receipt? {
        let found = try read { (view) throws(StoreError) in try view.space(named: space) }
        guard let found else { throw .event(index: 0, .unknownSpace(space)) }
        let definition = SpaceDefinition(found.descriptor, threshold: found.threshold)
        let receipts = try await submit(
            .space(definition, models: [model], defaultModel: isDefault ? model : nil), at: time)
        return receipts.dropFirst().first
    }

    /// Every space of the store, in the order of definition.
    public func spaces() throws(StoreError) -> [SpaceSummary] {
        try read { (view) throws(StoreError) in
            var summaries: [SpaceSummary] = []
            for position in try view.rows(Spaces.self) {
                let space = try view.space(at: position)
                guard let head = try view.row(Heads.self, position) else {
                    throw .damagedRow(table: Heads.name, "there is none for the stream \(position)")
                }
                summaries.append(
                    SpaceSummary(
                        name: space.name, id: space.descriptor.id.description,
                        dimension: space.descriptor.dimension, threshold: space.threshold, position: position,
                        eventCount: Int(head.revision)))
            }
            return summaries.sorted { $0.position < $1.position }
        }
    }

    /// The descriptor of a space: mean, panel and id, as the fold needs them; nil when there is no such space.
    public func spaceDescriptor(_ name: String) throws(StoreError) -> SpaceDescriptor? {
        try read { (view) throws(StoreError) in try view.space(named: name)?.descriptor }
    }
}
