import PersonalizationStore
import TestSupport
import Testing

/// Several profiles of a user: listed, labelled, archived, blended by default.
@Suite struct ProfileTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let day = ProfileName(user: "eve", space: "v6")
    private let night = ProfileName(user: "eve", space: "v6", profile: "nights")

    init() async throws {
        folder = try TemporaryFolder()
        let secret = try #require(StoreSecret(bytes: [UInt8](repeating: 5, count: 32)))
        store = try Store.create(at: folder.file("store"), secret: secret, options: .small)
        try await SyntheticSpace("v6").define(in: store, isDefault: true)
        try await SyntheticSpace("niji", seed: 2).define(in: store)
        try await rank(day, from: 0)
    }

    private func rank(_ profile: ProfileName, from start: Int) async throws {
        _ = try await store.append(
            (0..<6).map {
                .rank(
                    profile, winner: "\(profile.space)/\(start + $0 * 2)",
                    loser: "\(profile.space)/\(start + $0 * 2 + 1)")
            })
    }

    /// What an append was refused for.
    private func fault(_ body: () async throws -> Void) async -> EventFault? {
        do {
            try await body()
            return nil
        } catch {
            guard case .event(_, let fault)? = error as? StoreError else { return nil }
            return fault
        }
    }

    @Test func `a profile is there once it is created or has an event, and is listed in its order`() async throws {
        #expect(try store.profiles(of: "nobody") == [])
        let created = try await store.createProfile(night, label: "Warm nights")
        #expect(created.revision == 2 && !created.isRepeat)
        try await rank(ProfileName(user: "eve", space: "niji"), from: 0)
        let list = try store.profiles(of: "eve")
        #expect(list.map(\.name) == [day, night, ProfileName(user: "eve", space: "niji")])
        #expect(list.map(\.label) == [nil, "Warm nights", nil])
        #expect(list.map(\.revision) == [7, 2, 7] && list.allSatisfy { !$0.isBoard && !$0.isShared && !$0.isArchived })
        #expect(list.map(\.reference) == list.map { store.reference(of: $0.name) })
        #expect(try store.profiles(of: "eve", in: "niji").map(\.name.space) == ["niji"])
        #expect(throws: StoreError.self) { try store.profiles(of: "eve", in: "nowhere") }
        #expect(await fault { try await store.createProfile(night) } == .profileExists(night))
        #expect(await fault { try await store.createProfile(day, label: "x") } == .profileExists(day))
        let code = try await store.currentVersion(of: day).code
        #expect(try store.profile(day)?.newestCode == code)
        #expect(try store.profile(ProfileName(user: "eve", space: "v6", profile: "none")) == nil)
        #expect(try store.profile(.house(of: "v6")) == nil)
        #expect(try store.verify().isClean)
    }

    @Test func `a label changes neither name nor reference nor codes, and saying it again is no event`() async throws {
        let code = try await store.currentVersion(of: day).code
        let reference = try store.profile(day)?.reference
        let first = try await store.labelProfile(day, "Days")
        let again = try await store.labelProfile(day, "Days")
        #expect(again.isRepeat && again.position == first.position)
        #expect(try await store.currentVersion(of: day).code == code, "what is said of a profile changes no taste")
        #expect(try store.profile(day)?.label == "Days" && store.profile(day)?.reference == reference)
        try await store.labelProfile(day, "")
        #expect(try store.profile(day)?.label == nil)
        #expect(await fault { try await store.labelProfile(night, "x") } == .unknownProfile(night))
        let long = String(repeating: "ä", count: 128)
        #expect(await fault { try await store.labelProfile(day, long) } == .invalidName(field: "label", long))
        #expect(try await store.unshareProfile(day).isRepeat, "what was never shared is not shared")
    }

    @Test func `an archived profile takes no events, and its codes go on working`() async throws {
        let version = try await store.currentVersion(of: day)
        let code = version.code
        let label = try await store.label(code, of: day, "mine")
        try await store.archiveProfile(day)
        #expect(try await store.archiveProfile(day).isRepeat)
        #expect(try store.profiles(of: "eve") == [])
        #expect(try store.profiles(of: "eve", includesArchived: true).map(\.isArchived) == [true])
        let expected = EventFault.archivedProfile(day)
        let events: [NewEvent] = [
            .rank(day, winner: "v6/1", loser: "v6/2"), .like(day, image: "v6/1"), .unlike(day, image: "v6/1"),
            .pick(day, chosen: ["v6/1"], shown: ["v6/1", "v6/2"]), .skip(day, shown: ["v6/1", "v6/2"]),
        ]
        for event in events { #expect(await fault { _ = try await store.append(event) } == expected) }
        #expect(await fault { try await store.revert(day, to: code) } == expected)
        #expect(await fault { try await store.reset(day) } == expected)
        #expect(await fault { try await store.retract(label.position, of: day) } == expected)
        #expect(await fault { try await store.adopt(day, into: day) } == expected)
        #expect(try await store.currentVersion(of: day).code == code, "nothing must be minted")
        #expect(try await store.resolve("x --p \(code)", user: "ben").prompt == "x --p \(code)")
        await expectFault("archived") { try await store.resolve("x --p", user: "eve") }
        try await store.revoke(code, of: day)
        await expectFault("revoked") { try await store.resolve("x --p \(code)", user: "ben") }
        try await store.restore(code, of: day)
        try await store.labelProfile(day, "put away")
        #expect(try store.taste(of: day, asOf: .revision(7)).hash == version.hash)
        try await store.restoreProfile(day)
        _ = try await store.append(.like(day, image: "v6/40"))
        #expect(try await store.resolve("x --p", user: "eve").prompt != "x --p \(code)")
        #expect(try store.verify().isClean)
        #expect(try await store.audit().isClean)
    }

    @Test func `an archived profile with something to mint mints nothing until it is restored`() async throws {
        try await store.archiveProfile(day)
        await #expect(throws: StoreError.self) { try await store.currentVersion(of: day) }
        #expect(try store.codes(of: day).isEmpty)
        try await store.restoreProfile(day)
        #expect(try await store.currentVersion(of: day).code.symbolCount == 12)
    }

    @Test func `a batch with an event of an archived profile is refused whole`() async throws {
        try await store.createProfile(night)
        try await store.archiveProfile(night)
        let head = try store.head()?.position
        let batch: [NewEvent] = [.like(day, image: "v6/1"), .like(night, image: "v6/1"), .like(day, image: "v6/2")]
        await #expect {
            _ = try await store.append(batch)
        } throws: { error in
            guard case .event(1, .archivedProfile(night)) = error as? StoreError else { return false }
            return true
        }
        #expect(try store.head()?.position == head)
        _ = try await store.append(.like(day, image: "v6/1"))
    }

    @Test func `lists are told as they were at any event`() async throws {
        let before = try store.head()?.position
        try await store.createProfile(night, label: "Nights")
        let created = try store.head()?.position
        try await store.shareProfile(night)
        let shared = try store.head()?.position
        try await store.archiveProfile(night)
        let archived = try store.head()?.position
        try await store.labelProfile(night, "")
        func list(_ position: Position?) throws -> [ProfileSummary] {
            try store.profiles(of: "eve", includesArchived: true, asOf: position).filter { $0.name == night }
        }
        #expect(try list(before) == [])
        #expect(try list(created).map(\.label) == ["Nights"] && list(created).map(\.isShared) == [false])
        #expect(try list(shared).map(\.isShared) == [true] && list(shared).map(\.isArchived) == [false])
        #expect(try list(archived).map(\.isArchived) == [true] && list(archived).map(\.label) == ["Nights"])
        #expect(try list(nil).map(\.label) == [nil] && list(nil).map(\.revision) == [5])
        #expect(try store.profiles(of: "eve", asOf: archived).map(\.name) == [day])
    }

    @Test func `settings with several profiles expand to the newest code of each`() async throws {
        try await rank(night, from: 20)
        let settings = Settings(
            personalizesAlways: false, profiles: [.init(profile: "nights", weight: 3), .init(profile: "default")],
            pinned: [])
        try await store.setSettings(of: "eve", in: "v6", to: settings)
        #expect(try store.settings(of: "eve", in: "v6") == settings)
        let first = try await store.resolve("a lake --p --s 7", user: "eve")
        let (days, nights) = (
            try await store.currentVersion(of: day).code, try await store.currentVersion(of: night).code
        )
        #expect(first.prompt == "a lake --p \(nights)::3 \(days) --s 7" && first.didAppend)
        #expect(first.personalization?.parts.map(\.weight) == [3, 1])
        let blend = try await store.resolve("a lake --p \(nights)::3 \(days) --s 7", user: "ben").personalization
        #expect(first.personalization == blend)
        _ = try await store.append(.like(day, image: "v6/41"))
        #expect(try await store.resolve("a lake --p", user: "eve").prompt.contains("--p \(nights)::3 "))
        for (count, weight) in [(0, 1), (256, 1), (2, 0), (2, 1001)] {
            let wrong = Settings(
                personalizesAlways: false, profiles: (0..<count).map { .init(profile: "p\($0)", weight: weight) },
                pinned: [])
            await #expect(throws: StoreError.self) {
                try await store.setSettings(of: "eve", in: "v6", to: wrong)
            }
        }
        #expect(try store.settings(of: "eve", in: "v6") == settings)
    }

    @Test func `a repeated request with an event id changes nothing, and with other content is refused`() async throws {
        let id = EventID(high: 7, low: 7)
        let first = try await store.createProfile(night, label: "N", eventID: id)
        let head = try store.head()?.position
        let again = try await store.createProfile(night, label: "N", eventID: id)
        #expect(again.isRepeat && again.position == first.position)
        for attempt in [
            { _ = try await store.createProfile(night, label: "other", eventID: id) },
            { _ = try await store.createProfile(day, label: "N", eventID: id) },
            { _ = try await store.shareProfile(night, eventID: id) },
            { _ = try await store.append(NewEvent(.like(night, image: "v6/1"), eventID: id)) },
        ] as [() async throws -> Void] {
            #expect(await fault(attempt) == .eventIDConflict(id, first.position))
        }
        let other = EventID(high: 7, low: 8)
        try await store.archiveProfile(night, eventID: other)
        try await store.restoreProfile(night)
        #expect(try await store.archiveProfile(night, eventID: other).isRepeat, "a late retry says nothing anew")
        #expect(try store.profile(night)?.isArchived == false)
        #expect(try store.head()?.position.number == (head?.number ?? 0) + 2)
    }

    @Test func `a user has a thousand profiles at most`() async throws {
        let names = (1..<Store.profileLimit).map { ProfileName(user: "eve", space: "v6", profile: "p\($0)") }
        _ = try await store.append(names.map { .like($0, image: "v6/1") })
        #expect(try store.profiles(of: "eve").count == 1000)
        let one = ProfileName(user: "eve", space: "niji", profile: "one more")
        let expected = EventFault.tooManyProfiles(user: "eve", limit: 1000)
        #expect(await fault { try await store.createProfile(one) } == expected)
        #expect(await fault { _ = try await store.append(.like(one, image: "niji/1")) } == expected)
        _ = try await store.append(.like(names[5], image: "v6/2"))
        _ = try await store.append(.like(ProfileName(user: "ben", space: "v6"), image: "v6/1"))
        let reference = store.reference(of: names[998])
        await expectFault("notEnoughData") { try await store.resolve("x --p \(reference)", user: "eve") }
    }

    @Test func `an export imported with the same secret gives the same profiles`() async throws {
        try await rank(night, from: 20)
        try await store.shareProfile(night)
        try await store.labelProfile(night, "Nights")
        _ = try await store.currentVersion(of: night)
        try await store.createBoard(ProfileName(user: "eve", space: "v6", profile: "board"), images: ["v6/3", "v6/4"])
        let shared = try await store.resolve("x --p \(store.reference(of: night))", user: "ben").prompt
        try await store.archiveProfile(day)
        try await store.setSettings(
            of: "eve", in: "v6",
            to: Settings(
                personalizesAlways: true, profiles: [.init(profile: "nights", weight: 2), .init(profile: "board")],
                pinned: []))
        let prompt = try await store.resolve("x", user: "eve").prompt
        let lines = try store.events(limit: .max).map(\.interchangeJSON)
        let copy = try Store.create(at: folder.file("copy"), secret: store.secret, options: .small)
        var options = ImportOptions()
        options.trustsTimes = true
        var importer = Importer(into: copy, options: options)
        for line in lines { try await importer.add(Array(line.utf8)) }
        try await importer.finish()
        #expect(try copy.events(limit: .max).map(\.interchangeJSON) == lines)
        #expect(
            try copy.profiles(of: "eve", includesArchived: true) == store.profiles(of: "eve", includesArchived: true))
        #expect(try await copy.resolve("x", user: "eve").prompt == prompt)
        #expect(try await copy.resolve("x --p \(store.reference(of: night))", user: "ben").prompt == shared)
        #expect(try copy.report(of: "eve") == store.report(of: "eve"))
        #expect(try copy.verify().isClean)
        #expect(try await copy.audit().isClean)
    }

    @Test(arguments: [
        (#"{"kind":"profileChange","space":"v6"}"#, "user"),
        (#"{"kind":"profileChange","user":"eve","board":1,"space":"v6"}"#, "board"),
        (#"{"kind":"profileChange","user":"eve","board":true,"space":"v6"}"#, "another kind"),
        (#"{"kind":"settings","user":"eve","space":"v6","profiles":[{"profile":"x"}]}"#, "weight"),
        (#"{"kind":"settings","user":"eve","space":"v6","profiles":[]}"#, "name 1 to 255"),
        (#"{"kind":"settings","user":"eve","space":"v6","profiles":[{"profile":"","weight":1}]}"#, "not a name"),
    ])
    func `a line that says nothing sensible of profiles is refused`(line: String, word: String) async throws {
        let head = try store.head()?.position
        var importer = Importer(into: store)
        await #expect {
            try await importer.add(Array(line.utf8))
            try await importer.finish()
        } throws: { "\($0)".contains(word) }
        #expect(try store.head()?.position == head)
    }
}
