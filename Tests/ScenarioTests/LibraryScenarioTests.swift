import PersonalizationStore
import Synchronization
import Testing

/// What a backend does with the store, through the library alone.
@Suite struct LibraryScenarioTests {
    @Test func `a user gets a code once there is enough, and the prompt says which`() async throws {
        let world = try await World()
        let store = world.store
        _ = try await store.append(world.rankings(of: "ada", liking: 0, pairs: 0..<4))
        await #expect {
            try await store.resolve("a harbour --p", user: "ada")
        } throws: { error in
            guard case .fault(.notEnoughData(_, have: 4, need: 10)) = error as? StoreError else {
                return false
            }
            return "\(error)".contains("rank 6 more pairs")
        }
        let progress = try store.progress(of: ProfileName(user: "ada", space: "v6"))
        #expect(progress.have == 4 && progress.need == 10 && !progress.isReady)

        _ = try await store.append(world.rankings(of: "ada", liking: 0, pairs: 4..<20))
        let resolution = try await store.resolve("a harbour --p --ar 3:2", user: "ada")
        let part = try #require(resolution.personalization?.parts.first)
        #expect(resolution.prompt == "a harbour --p \(part.code) --ar 3:2")
        #expect(resolution.didAppend)
        #expect(try store.version(part.code).hash == part.hash)
    }

    @Test func `an old code keeps its bytes however much comes after`() async throws {
        let world = try await World()
        let store = world.store
        _ = try await store.append(world.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let first = try await store.currentVersion(of: ProfileName(user: "ada", space: "v6"))
        for step in 1..<20 {
            _ = try await store.append(world.rankings(of: "ada", liking: step % 8, pairs: step * 20..<step * 20 + 20))
            _ = try await store.currentVersion(of: ProfileName(user: "ada", space: "v6"))
        }
        #expect(try store.version(first.code) == first)
        let listed = try store.codes(of: ProfileName(user: "ada", space: "v6"))
        #expect(listed.count == 20 && listed.last?.version == first)
        #expect(listed.map(\.position) == listed.map(\.position).sorted(by: >), "newest first")
        let page = try store.codes(of: ProfileName(user: "ada", space: "v6"), before: listed[7].position, limit: 3)
        #expect(page == Array(listed[8...10]))
        let audit = try await store.audit()
        #expect(audit.isClean && audit.mintCount == 20)
    }

    @Test func `many resolutions of one profile at once agree on one code`() async throws {
        let world = try await World()
        let store = world.store
        _ = try await store.append(world.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let prompts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<32 { group.addTask { try await store.resolve("x --p", user: "ada").prompt } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(prompts.count == 1)
        #expect(try store.codes(of: ProfileName(user: "ada", space: "v6")).count == 1)
    }

    @Test func `users who resolve at once share commits`() async throws {
        let commits = Mutex(0)
        let world = try await World { _ in commits.withLock { $0 += 1 } }
        let store = world.store
        let users = (0..<64).map { "user \($0)" }
        for user in users { _ = try await store.append(world.rankings(of: user, liking: 2, pairs: 0..<12)) }
        let before = commits.withLock { $0 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for user in users { group.addTask { _ = try await store.resolve("x --p", user: user) } }
            try await group.waitForAll()
        }
        #expect(commits.withLock { $0 } - before < users.count, "64 mints in fewer commits")
        #expect(try await store.audit().mintCount == users.count)
    }

    @Test func `a blend is free of order, duplicates add, and one code is itself`() async throws {
        let world = try await World()
        let store = world.store
        var versions: [Version] = []
        for (index, user) in ["ada", "ben"].enumerated() {
            _ = try await store.append(world.rankings(of: user, liking: index * 3, pairs: 0..<20))
            versions.append(try await store.currentVersion(of: ProfileName(user: user, space: "v6")))
        }
        let (a, b) = (versions[0].code, versions[1].code)
        func taste(_ codes: String) async throws -> Taste? {
            try await store.resolve("x --p \(codes)", user: "cy").personalization?.taste
        }
        #expect(try await taste("\(a) \(b)") == taste("\(b) \(a)"))
        #expect(try await taste("\(a)::2 \(b)") == taste("\(a) \(b) \(a)"))
        #expect(try await taste("\(a)") == versions[0].taste)
        let blended = try await store.resolve("x --p \(a) \(b) --s 1000", user: "cy")
        let personalization = try #require(blended.personalization)
        #expect(personalization.stylize == 1000 && (0...2.5).contains(personalization.strength))
        let prompt = try Embedding(canonicalizing: (0..<World.dimension).map { Double($0) - 7.5 })
        #expect(try personalization.steer(prompt) != prompt)
        let unmoved = try await store.resolve("x --p \(a) --s 0", user: "cy")
        #expect(try #require(unmoved.personalization).steer(prompt) == prompt)
    }

    @Test func `what cannot be used is refused, each with its own error`() async throws {
        let world = try await World()
        let store = world.store
        _ = try await store.append(world.rankings(of: "ada", liking: 0, pairs: 0..<20))
        _ = try await store.append(world.rankings(of: "ada", liking: 0, pairs: 0..<20, space: "niji6"))
        let ada = ProfileName(user: "ada", space: "v6")
        let code = try await store.currentVersion(of: ada).code
        let niji = try await store.currentVersion(of: ProfileName(user: "ada", space: "niji6")).code
        func fault(_ prompt: String, model: String? = nil) async -> CodeFault? {
            do {
                _ = try await store.resolve(prompt, user: "ada", model: model)
                return nil
            } catch {
                guard case .fault(let fault) = error else { return nil }
                return fault
            }
        }
        #expect(await fault("x --p 0000000000000") == .unknown("0000000000000"))
        #expect(await fault("x --p \(niji)") == .otherSpace(code: niji.description, space: "niji6", expected: "v6"))
        #expect(await fault("x --p", model: "5.2") == .unsupportedModel("5.2"))
        try await store.revoke(code, of: ada)
        #expect(await fault("x --p \(code)") == .revoked(code))
        let position = try #require(try store.head()).position
        #expect(try store.taste(of: ada, asOf: .position(position)).code == code, "its owner still sees what it was")
        try await store.restore(code, of: ada)
        #expect(await fault("x --p \(code)") == nil)
        await #expect(throws: StoreError.self, "only its owner may") {
            try await store.revoke(code, of: ProfileName(user: "ben", space: "v6"))
        }
    }

    @Test func `a retried batch returns its first receipts, and expectations are kept`() async throws {
        let world = try await World()
        let store = world.store
        let ada = ProfileName(user: "ada", space: "v6")
        var events = world.rankings(of: "ada", liking: 0, pairs: 0..<5)
        for index in events.indices { events[index].eventID = .random() }
        let first = try await store.append(events, expecting: .revision(ada, 0))
        let again = try await store.append(events, expecting: .revision(ada, 0))
        #expect(again.map(\.position) == first.map(\.position) && again.allSatisfy(\.isRepeat))
        await #expect(throws: StoreError.self) {
            try await store.append([.like(ada, image: "i/1")], expecting: .revision(ada, 0))
        }
        let head = try #require(try store.head()).position
        _ = try await store.append([.like(ada, image: "i/1")], expecting: .head(head))
        let size = try #require(try store.head()).position
        await #expect(throws: StoreError.self, "one bad event, and nothing of the batch is there") {
            try await store.append([.like(ada, image: "i/2"), .like(ada, image: "nowhere")])
        }
        #expect(try store.head()?.position == size)
    }

    @Test func `closing keeps what was accepted and refuses what comes later`() async throws {
        let world = try await World()
        let store = world.store
        let appends = (0..<50).map { index in
            let events = world.rankings(of: "user \(index)", liking: 1, pairs: 0..<10)
            return Task { try await store.append(events) }
        }
        await Task.yield()
        await store.close()
        var accepted = 0
        for append in appends {
            do {
                accepted += try await append.value.count
            } catch StoreError.storage(.closed) {
                continue
            }
        }
        let reopened = try Store.open(at: world.path)
        let events = try reopened.events(from: .first, limit: 10_000)
        let rankings = events.count { if case .rank = $0.content { true } else { false } }
        #expect(rankings == accepted)
        await reopened.close()
    }
}
