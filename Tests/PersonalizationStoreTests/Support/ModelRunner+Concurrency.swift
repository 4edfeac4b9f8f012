import PersonalizationStore
import SeededRandom
import Testing

/// Several callers at once. The log's order decides: the model follows it.
extension ModelRunner {
    /// Several callers append batches at once: the store puts them in some order, each whole.
    mutating func appendConcurrently() async throws {
        let requests = (0..<Int.random(in: 2...6, using: &maker.generator)).map { _ in
            (store: store(), events: maker.events(1...3, of: openProfile()) + maker.events(1...3, of: openProfile()))
        }
        let answers = try await withThrowingTaskGroup(of: (events: [NewEvent], receipts: [Receipt]).self) { group in
            for request in requests {
                group.addTask { (request.events, try await request.store.append(request.events)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for answer in answers.sorted(by: { $0.receipts[0].position < $1.receipts[0].position }) {
            let expected = try model.append(answer.events).get()
            try #require(answer.receipts.map(TasteModel.ExpectedReceipt.init) == expected, place)
            taken += answer.events.filter { $0.eventID != nil }
        }
    }

    /// Several callers expect the same revision: one is served, the others are told what the winner left.
    mutating func race() async throws {
        let profile = openProfile()
        let version = model.revision(of: profile)
        let requests = (0..<4).map { _ in (store: store(), events: maker.events(1...3, of: profile)) }
        let answers = await withTaskGroup(of: RaceAnswer.self) { group in
            for request in requests {
                group.addTask {
                    let result = await request.store.appending(
                        request.events, expecting: .revision(profile, version))
                    return RaceAnswer(events: request.events, result: result)
                }
            }
            return await group.reduce(into: [RaceAnswer]()) { $0.append($1) }
        }
        var winners = 0
        for answer in answers {
            guard case .success(let receipts) = answer.result else { continue }
            winners += 1
            let expected = try model.append(answer.events).get()
            try #require(receipts.map(TasteModel.ExpectedReceipt.init) == expected, place)
            taken += answer.events.filter { $0.eventID != nil }
        }
        try #require(winners == 1, place)
        let found = model.revision(of: profile)
        for answer in answers {
            guard case .failure(let error) = answer.result else { continue }
            let refusal = TasteModel.Refusal.expectation(.revision(profile, expected: version, found: found))
            try #require(TasteModel.Refusal(error) == refusal, place)
        }
    }

    /// A profile that takes every event.
    private mutating func openProfile() -> ProfileName {
        let open = maker.profiles.filter { profile in
            let state = model.state(of: profile)
            return !state.isArchived && !state.isBoard
        }
        return maker.generator.pick(open)
    }

    /// Several callers ask for the same code at once: all get one version, minted once.
    mutating func mintConcurrently() async throws {
        let profile = maker.profile()
        guard case .version(let expected) = model.mint(profile) else { return }
        let callers = (0..<4).map { _ in store() }
        let names = try await withThrowingTaskGroup(of: VersionName.self) { group in
            for caller in callers {
                group.addTask {
                    let version = try await caller.currentVersion(of: profile)
                    return VersionName(code: version.code, hash: version.hash)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try #require(names == [VersionName](repeating: expected, count: 4), place)
        try #require(try stores[0].head()?.position == model.head, place)
    }
}

/// What one of several racing callers got.
private struct RaceAnswer: Sendable {
    let events: [NewEvent]
    let result: Result<[Receipt], StoreError>
}

extension Store {
    /// Appends, and returns the receipts or why there are none.
    func appending(
        _ events: [NewEvent], expecting expectation: PersonalizationStore.AppendCondition? = nil
    ) async -> Result<[Receipt], StoreError> {
        do throws(StoreError) {
            let receipts = try await append(events, expecting: expectation)
            return .success(receipts)
        } catch {
            return .failure(error)
        }
    }
}
