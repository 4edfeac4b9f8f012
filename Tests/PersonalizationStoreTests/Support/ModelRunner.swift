import PersonalizationStore
import Projections
import SeededRandom
import TestSupport
import Testing

/// A store and the model of it, to which the same operations are applied.
///
/// Two instances have the store open, each with its own memory of derived rows, as two processes have: every operation
/// goes to one of them by chance, and all answers of both must be the model's.
struct ModelRunner {
    let folder: TemporaryFolder
    let options: Store.Options
    var stores: [Store]
    var model: TasteModel
    var maker: EventMaker
    /// Events with an id that the store has taken.
    var taken: [NewEvent] = []
    var operationCount = 0
    /// Whether houses are minted and pinned: there are people enough for it.
    var hasHouses = false
    /// Whether a rebuild may be one of the operations: no two at a time.
    var rebuilds = true
    let seed: UInt64

    init(
        seed: UInt64, policy: DerivedTables.FlushPolicy, limits: PlannerLimits = .standard, instanceCount: Int = 2
    ) async throws {
        let clock = TestClock(seed: seed)
        let secret = try #require(StoreSecret(bytes: (0..<32).map { UInt8(truncatingIfNeeded: seed) &+ $0 }))
        var options = Store.Options()
        options.now = { clock.now() }
        options.flushPolicy = policy
        options.plannerLimits = limits
        options.mapByteCount = 1 << 32
        let folder = try TemporaryFolder()
        stores = [try Store.create(at: folder.file("store"), secret: secret, options: options)]
        for _ in 1..<instanceCount { stores.append(try Store.open(at: folder.file("store"), options: options)) }
        let spaces = [
            // Of the same ids, so that a profile of one space can be adopted in the other.
            try SyntheticSpace("v6", idPrefix: "i", seed: seed),
            try SyntheticSpace("niji", imageCount: 40, idPrefix: "i", seed: seed &+ 1),
        ]
        model = TasteModel(secret: secret)
        for space in spaces {
            try await space.define(in: stores[0])
            model.define(space)
        }
        let profiles =
            ["ada", "ben", "cy", "dora"].flatMap { user in
                [ProfileName(user: user, space: "v6"), ProfileName(user: user, space: "niji", profile: "p of \(user)")]
            } + ["ada", "ben"].map { ProfileName(user: $0, space: "v6", profile: "another") }
        maker = EventMaker(profiles: profiles, spaces: spaces, generator: SeededGenerator(seed: seed &* 31))
        self.folder = folder
        self.options = options
        self.seed = seed
    }

    /// What failed, for the message: enough to repeat it.
    var place: Comment { "seed \(seed), operation \(operationCount)" }

    /// One of the instances.
    mutating func store() -> Store { maker.generator.pick(stores) }

    /// One random operation.
    mutating func operate() async throws {
        operationCount += 1
        if hasHouses, maker.generator.chance(4) { return try await houseOperation() }
        switch Int.random(in: 0..<1000, using: &maker.generator) {
        case ..<380: try await append(maker.events(1...1))
        case ..<520: try await append(maker.events(2...8))
        case ..<600: try await retry()
        case ..<680: try await appendExpecting()
        case ..<740: try await appendBadBatch()
        case ..<770: try await appendImages()
        case ..<850: try await mint(maker.profile())
        case ..<880: try await sayOfCode()
        case ..<897: try await revert()
        case ..<900: try await reset()
        case ..<905: try await adopt()
        case ..<930: try await retract()
        case ..<945: try await changeSettings()
        case ..<948: try await changeAlias()
        case ..<949: try await createProfile()
        case ..<955: try await changeProfile()
        case ..<960: try await resolveReference()
        case ..<964: try await changeBoard()
        case ..<972: try await appendConcurrently()
        case ..<977: try await race()
        case ..<980: try await mintConcurrently()
        case ..<998: try await reopen(isClosed: maker.generator.chance(50))
        default: if rebuilds { try stores[0].rebuild() }
        }
    }

    // MARK: Appending

    /// Appends to the store and to the model and compares receipts or refusals.
    mutating func append(
        _ events: [NewEvent], expecting expectation: PersonalizationStore.AppendCondition? = nil
    ) async throws {
        let expected = model.append(events, expecting: expectation)
        let found = await store().appending(events, expecting: expectation)
        switch (expected, found) {
        case (.success(let expected), .success(let receipts)):
            try #require(receipts.map(TasteModel.ExpectedReceipt.init) == expected, place)
            note(events)
        case (.failure(let expected), .failure(let error)):
            try #require(TasteModel.Refusal(error) == expected, place)
        default: Issue.record("expected \(expected), found \(found); \(place)")
        }
    }

    private mutating func note(_ events: [NewEvent]) {
        for event in events {
            maker.note(event)
            if event.eventID.map({ model.eventIDs[$0] != nil }) ?? false { taken.append(event) }
        }
    }

    private mutating func retry() async throws {
        guard !taken.isEmpty else { return }
        var events = [maker.retry(of: maker.generator.pick(taken))]
        if maker.generator.chance(40) { events.insert(contentsOf: maker.events(1...3), at: 0) }
        // The same event twice in one batch is a retry too.
        if maker.generator.chance(20) { events.append(events[0]) }
        try await append(events)
    }

    private mutating func appendExpecting() async throws {
        let profile = maker.profile()
        let isRight = maker.generator.chance(60)
        let expectation: PersonalizationStore.AppendCondition
        if maker.generator.chance(50) {
            let version = model.revision(of: profile)
            expectation = .revision(profile, isRight ? version : version + 1)
        } else {
            expectation = .head(isRight ? model.head : model.head?.previous)
        }
        var events = maker.events(0...3, of: profile)
        // A repeat is recognised before the expectation is looked at.
        if !taken.isEmpty, maker.generator.chance(30) { events.insert(maker.generator.pick(taken), at: 0) }
        try await append(events, expecting: expectation)
    }

    private mutating func appendBadBatch() async throws {
        var events = maker.events(0...4)
        events.insert(
            try maker.badEvent(model), at: Int.random(in: 0...events.count, using: &maker.generator))
        try await append(events)
    }

    private mutating func appendImages() async throws {
        let profile = maker.profile()
        var events = [try maker.newImage(in: profile.space)]
        // The same image again is no event; an image may be ranked in the batch that brings it.
        if maker.generator.chance(30) { events.append(events[0]) }
        if case .image(_, let image) = events[0].action { events.append(.like(profile, image: image.id)) }
        try await append(events)
    }

    // MARK: Reopening

    /// Opens one instance again: closed before, or dropped with all that it had not flushed.
    mutating func reopen(isClosed: Bool) async throws {
        let index = stores.indices.randomElement(using: &maker.generator) ?? 0
        let path = stores[index].path
        if isClosed { await stores[index].close() }
        stores.remove(at: index)
        stores.append(try Store.open(at: path, options: options))
    }
}

extension TasteModel.ExpectedReceipt {
    init(_ receipt: Receipt) {
        self.init(
            position: receipt.position, revision: receipt.revision, isRepeat: receipt.isRepeat)
    }
}

extension TasteModel.Refusal {
    /// The refusal that an error says; nil when the store failed.
    init?(_ error: StoreError) {
        switch error {
        case .event(let index, let fault): self = .event(index: index, fault)
        case .expectation(let fault): self = .expectation(fault)
        case .fault, .prompt, .storage, .cancelled: return nil
        }
    }
}
