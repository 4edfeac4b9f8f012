import PersonalizationStore
import Testing

/// The past of random histories: at every moment, a taste is what the events up to then fold to.
@Suite struct AsOfModelTests {
    /// A random history, its seed printed.
    private func history(_ flushing: StoreModelTests.Flushing) async throws -> ModelRunner {
        let seed = StoreModelTests.seed()
        print("as of: seed \(seed), flushing \(flushing.rawValue)")
        var runner = try await ModelRunner(seed: seed, policy: flushing.policy)
        for _ in 1...350 { try await runner.operate() }
        return runner
    }

    @Test(arguments: StoreModelTests.Flushing.allCases)
    func `at every position a taste is what its prefix folds to`(_ flushing: StoreModelTests.Flushing) async throws {
        var runner = try await history(flushing)
        let head = try #require(runner.model.head)
        for profile in runner.maker.profiles {
            let past = PastOfProfile(profile, in: runner.model)
            let store = runner.store()
            for number in 1...(head.number + 2) {
                let position = Position(number)
                try past.check(.position(position), in: store, expecting: past.version(at: position), runner.place)
            }
        }
    }

    @Test(arguments: StoreModelTests.Flushing.allCases)
    func `at every revision a taste is what its prefix folds to`(
        _ flushing: StoreModelTests.Flushing
    ) async throws {
        var runner = try await history(flushing)
        for profile in runner.maker.profiles {
            let past = PastOfProfile(profile, in: runner.model)
            let last = runner.model.revision(of: profile)
            let store = runner.store()
            for version in 0...(last + 2) {
                try past.check(
                    .revision(version), in: store, expecting: min(version, last), runner.place)
            }
        }
    }

    @Test func `at every time a taste is what was recorded until then`() async throws {
        var runner = try await history(.often)
        let events = try runner.store().events(limit: .max)
        let times = Set(events.map(\.recordedAt.microseconds))
        let profile = runner.maker.profile()
        let past = PastOfProfile(profile, in: runner.model)
        for microseconds in times.union(times.map { $0 - 1 }) {
            let time = Timestamp(microseconds: microseconds)
            let last = events.last { $0.recordedAt <= time }?.position
            let store = runner.store()
            try #require(try store.position(asOf: time) == last, runner.place)
            try past.check(
                .time(time), in: store, expecting: last.map { past.version(at: $0) } ?? 0, runner.place)
        }
    }

    @Test func `a taste as of a mint is the version that was minted`() async throws {
        let runner = try await history(.often)
        var mintCount = 0
        for event in runner.model.log {
            guard case .minted(let profile, let name, let covers) = event.content else { continue }
            mintCount += 1
            for moment in [PointInTime.position(event.position), .revision(covers)] {
                let past = try runner.stores[0].taste(of: profile, asOf: moment)
                let version = try runner.stores[1].version(name.code)
                try #require(past.bytes == version.bytes && past.code == name.code, runner.place)
                try #require(past.hash == name.hash && past.taste == version.taste, runner.place)
            }
        }
        #expect(mintCount > 0, runner.place)
    }

    @Test func `codes as of a position are the list as it was`() async throws {
        var runner = try await history(.nearlyAtOnce)
        let head = try #require(runner.model.head)
        for profile in runner.maker.profiles {
            for number in 1...(head.number + 1) {
                let position = Position(number)
                let codes = try runner.store().codes(of: profile, asOf: position, limit: .max)
                let expected = runner.model.codes(of: profile, asOf: position)
                try #require(codes.map(TasteModel.ListedCode.init) == expected, runner.place)
            }
        }
    }

    @Test func `pages of codes join to the whole list`() async throws {
        let runner = try await history(.often)
        let lists = runner.maker.profiles.map { (profile: $0, codes: runner.model.codes(of: $0)) }
        let longest = try #require(lists.max { $0.codes.count < $1.codes.count })
        try #require(longest.codes.count >= 3, runner.place)
        var joined: [CodeListEntry] = []
        while true {
            let page = try runner.stores[0].codes(of: longest.profile, before: joined.last?.position, limit: 2)
            if page.isEmpty { break }
            joined += page
        }
        #expect(joined.map(TasteModel.ListedCode.init) == longest.codes, runner.place)
    }
}

/// What a profile's taste was after each of its events, by the model.
private struct PastOfProfile {
    let profile: ProfileName
    let events: [TasteModel.Event]
    /// What the stream folds to after each event.
    let folded: [TasteModel.FoldedVersion]
    let versions: [VersionName: TasteModel.MintedVersion]

    init(_ profile: ProfileName, in model: TasteModel) {
        self.profile = profile
        events = model.events(of: profile)
        folded = events.map { model.fold(profile, through: $0.revision) }
        versions = model.versions
    }

    /// The revision of the last event at or before a position; 0 for none.
    func version(at position: Position) -> UInt32 { UInt32(events.count { $0.position <= position }) }

    /// Checks a store's answer for a moment whose last event has a revision; 0 for none.
    func check(
        _ moment: PointInTime, in store: Store, expecting version: UInt32, _ place: Comment
    ) throws {
        let past: PastTaste
        do throws(StoreError) { past = try store.taste(of: profile, asOf: moment) } catch {
            switch error {
            case .fault(.unknownProfile): try #require(events.isEmpty, place)
            case .fault(.beforeFirstEvent): try #require(version == 0 && !events.isEmpty, place)
            default: throw error
            }
            return
        }
        try #require(version > 0, place)
        let expected = folded[Int(version) - 1]
        try #require(past.bytes == expected.bytes && past.hash == expected.name.hash, place)
        try #require(past.position == events[Int(version) - 1].position && past.revision == version, place)
        try #require(past.rankings == expected.rankings && past.likes == expected.likes, place)
        try #require(past.code == versions[expected.name]?.name.code, place)
    }
}
