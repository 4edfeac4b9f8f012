import PersonalizationStore
import SeededRandom
import TestSupport
import Testing

/// Houses: who contributes, what a pin changes and what it leaves alone, and that all of it comes out again.
@Suite struct HouseOfSpaceTests {
    private let space = "v6"

    private func user(_ number: Int) -> ProfileName { ProfileName(user: "user \(number)", space: space) }

    /// A store in which so many people have made 22 rankings each, of much the same taste.
    private func withPeople(
        _ count: Int, _ body: (Store, SyntheticSpace, inout SeededGenerator) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"), options: .small)
        let catalogue = try SyntheticSpace(space, threshold: 15, seed: 5)
        try await catalogue.define(in: store, isDefault: true)
        var random = SeededGenerator(seed: 17)
        for number in 0..<count { try await rank(22, as: user(number), in: store, catalogue, &random) }
        try await body(store, catalogue, &random)
        await store.close()
    }

    /// Ranks so many more pairs by the sum of the embeddings' first components, with some noise; never a zero difference.
    private func rank(
        _ count: Int, as profile: ProfileName, in store: Store, _ catalogue: SyntheticSpace,
        _ random: inout SeededGenerator
    ) async throws {
        let images = catalogue.images.filter { $0.embedding.components.contains { $0 != 0 } }
        let have = try store.progress(of: profile).have
        while try store.progress(of: profile).have < have + count {
            let one = random.pick(images)
            let other = random.pick(images)
            if one.embedding == other.embedding { continue }
            let isBetter =
                Int(one.embedding.components[0]) + Int(random.below(4000)) > Int(other.embedding.components[0])
            let (winner, loser) = isBetter ? (one, other) : (other, one)
            _ = try await store.append(.rank(profile, winner: winner.id, loser: loser.id))
        }
    }

    private func fault(_ body: () async throws -> Void) async -> CodeFault? {
        do { try await body() } catch StoreError.fault(let fault) { return fault } catch {}
        return nil
    }

    @Test func `a house is the mean of everybody with enough comparisons, and of at least twenty`() async throws {
        try await withPeople(19) { store, catalogue, random in
            let tooFew = await fault { _ = try await store.mintHouse(of: space) }
            #expect(tooFew == .tooFewContributors(space: space, have: 19, need: 20))
            // Somebody with 19 comparisons is not enough; with one more it is.
            try await rank(19, as: user(19), in: store, catalogue, &random)
            let stillTooFew = await fault { _ = try await store.mintHouse(of: space) }
            #expect(stillTooFew == .tooFewContributors(space: space, have: 19, need: 20))
            try await rank(1, as: user(19), in: store, catalogue, &random)
            let house = try await store.mintHouse(of: space)
            #expect(house.contributorCount == 20)
            var tastes: [Taste] = []
            for number in 0..<20 {
                let version = try #require(try store.streamHead(of: user(number))).revision
                tastes.append(try store.taste(of: user(number), asOf: .revision(version)).taste)
            }
            #expect(house.version.taste == HM1.house(of: tastes.shuffled(), in: catalogue.descriptor))
            #expect(try store.owner(of: house.version) == .house(of: space))
            // The same people again are the same house, and nothing is written.
            let head = try store.head()?.position
            #expect(try await store.mintHouse(of: space, asOf: house.asOf) == house)
            #expect(try store.head()?.position == head)
        }
    }

    @Test func `a pinned house is where new codes start, with fewer comparisons, unless a user refuses it`()
        async throws
    {
        try await withPeople(21) { store, catalogue, random in
            let early = try await store.currentVersion(of: user(0))
            let house = try await store.mintHouse(of: space)
            // Minted is not pinned.
            let newcomer = ProfileName(user: "newcomer", space: space)
            try await rank(3, as: newcomer, in: store, catalogue, &random)
            let notYet = await fault { _ = try await store.currentVersion(of: newcomer) }
            #expect(notYet == .notEnoughData(newcomer, have: 3, need: 15))
            try await store.pinHouse(house.version.code, of: space, threshold: 3)
            #expect(try store.houses(of: space).pinned == house.version && store.houses(of: space).threshold == 3)
            #expect(try store.progress(of: newcomer).need == 3)
            let nobody = ProfileName(user: "nobody", space: space)
            let alone = try store.progress(of: nobody).confidence
            #expect(alone == Int(house.version.taste.confidence), "who has no events is as the house is")
            let version = try await store.currentVersion(of: newcomer)
            #expect(version.taste.foldID == HP1.id && version.taste.house == house.version.hash)
            // Old codes are the same bytes, and current until something is said.
            #expect(try store.version(early.code) == early)
            #expect(try await store.currentVersion(of: user(0)) == early && early.taste.foldID == DL1.id)
            try await rank(1, as: user(0), in: store, catalogue, &random)
            #expect(try await store.currentVersion(of: user(0)).taste.foldID == HP1.id)
            // The house's own code is one like any other.
            let prompt = "a lake --p \(house.version.code)::2 \(early.code)"
            let blend = try await store.resolve(prompt, user: "newcomer")
            #expect(blend.personalization?.taste.foldID == DL1.id)
            // Only my own choices.
            var settings = try store.settings(of: "newcomer", in: space)
            settings.refusesHouse = true
            try await store.setSettings(of: "newcomer", in: space, to: settings)
            #expect(try store.settings(of: "newcomer", in: space) == settings)
            try await rank(1, as: newcomer, in: store, catalogue, &random)
            let refused = await fault { _ = try await store.currentVersion(of: newcomer) }
            #expect(refused == .notEnoughData(newcomer, have: 4, need: 15))
            // And no house any more, for everybody.
            try await store.pinHouse(nil, of: space)
            #expect(try store.houses(of: space).pinned == nil && store.houses(of: space).threshold == 15)
            try await rank(1, as: user(0), in: store, catalogue, &random)
            #expect(try await store.currentVersion(of: user(0)).taste.foldID == DL1.id)
            let report = try await store.audit()
            #expect(report.isClean && report.incompleteHouses.isEmpty && report.mintCount == 5)
            #expect(try store.verify().findings == [])
        }
    }

    @Test func `at every moment a taste is what a mint would have made of it then`() async throws {
        try await withPeople(20) { store, catalogue, random in
            let plain = try await store.currentVersion(of: user(3))
            let house = try await store.mintHouse(of: space)
            let pin = try await store.pinHouse(house.version.code, of: space)
            func fold(_ moment: PointInTime) throws -> PastTaste { try store.taste(of: user(3), asOf: moment) }
            // The last code is current, whatever is pinned; before the first word after it, too.
            #expect(try fold(.position(pin.position)).hash == plain.hash)
            #expect(try fold(.revision(plain.mint.foldedThrough)).hash == plain.hash)
            try await rank(1, as: user(3), in: store, catalogue, &random)
            let version = try await store.currentVersion(of: user(3))
            #expect(version.taste.foldID == HP1.id)
            #expect(try fold(.position(version.mint.position)).hash == version.hash)
            #expect(try fold(.revision(version.mint.foldedThrough)).hash == version.hash)
            #expect(try fold(.position(Position(pin.position.number - 1))).taste.foldID == DL1.id)
            // Who had no code yet is folded as the house of the time says.
            #expect(try store.taste(of: user(4), asOf: .position(pin.position)).taste.foldID == HP1.id)
            let before = Position(pin.position.number - 1)
            #expect(try store.taste(of: user(4), asOf: .position(before)).taste.foldID == DL1.id)
            // What-if: every code by another fold; the house itself is not asked about.
            let plainAudit = try await store.audit(AuditScope(fold: DL1.id))
            #expect(plainAudit.mintCount == 2 && plainAudit.mismatches.map(\.code) == [version.code])
            let houseAudit = try await store.audit(AuditScope(fold: HP1.id, house: house.version.code))
            #expect(houseAudit.mintCount == 2 && houseAudit.mismatches.map(\.code) == [plain.code])
            #expect(try store.explain(version.code).choices.count == Int(version.taste.comparisonCount))
        }
    }

    @Test func `nobody adds to a house's stream, and what is no house is not pinned`() async throws {
        try await withPeople(20) { store, catalogue, random in
            let house = try await store.mintHouse(of: space)
            let event = NewEvent.like(.house(of: space), image: catalogue.images[0].id)
            let error = await #expect(throws: StoreError.self) { _ = try await store.append(event) }
            guard case .event(0, .invalidName("user", "")) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let code = try await store.currentVersion(of: user(1)).code
            #expect(await fault { try await store.pinHouse(code, of: space) } == .notHouse(code, space: space))
            #expect(
                await fault { try await store.pinHouse(house.version.code, of: space, threshold: 0) } == .threshold(0))
            #expect(await fault { try await store.pinHouse(nil, of: space, threshold: 5) } == .threshold(5))
            #expect(
                await fault { _ = try await store.currentVersion(of: .house(of: space)) } == .houseProfile(space))
            #expect(await fault { _ = try await store.mintHouse(of: "nowhere") } == .unknownSpace("nowhere"))
        }
    }

    @Test func `a house's code is labelled, revoked and restored, and has no history to change`() async throws {
        try await withPeople(20) { store, catalogue, random in
            let name = ProfileName.house(of: space)
            let nothing = await fault { try await store.label("0000000000000", of: name, "early") }
            #expect(nothing != nil)
            let house = try await store.mintHouse(of: space)
            let code = house.version.code
            try await store.label(code, of: name, "spring", eventID: .random())
            try await store.revoke(code, of: name)
            #expect(try store.version(code).label == "spring" && store.version(code).isRevoked)
            #expect(try store.houses(of: space).minted.map(\.version.isRevoked) == [true])
            #expect(
                await fault { _ = try await store.resolve("a lake --p \(code)", user: "user 0") } == .revoked(code))
            // What is revoked is not pinned, and what is pinned is not revoked.
            let mint = house.version.mint.position
            #expect(await eventFault { try await store.pinHouse(code, of: space) } == .houseIsRevoked(mint))
            try await store.restore(code, of: name)
            try await store.pinHouse(code, of: space)
            #expect(await eventFault { try await store.revoke(code, of: name) } == .houseIsPinned(mint))
            try await store.label(code, of: name, "")
            #expect(try store.version(code).label == nil && !store.version(code).isRevoked)
            // A newer house in its place, and it may go. Codes that started from it stay.
            try await rank(1, as: user(3), in: store, catalogue, &random)
            let started = try await store.currentVersion(of: user(3))
            let newer = try await store.mintHouse(of: space)
            try await store.pinHouse(newer.version.code, of: space)
            try await store.revoke(code, of: name)
            #expect(try await store.currentVersion(of: user(3)) == started)
            #expect(started.taste.house == house.version.hash)
            try await store.pinHouse(nil, of: space)
            try await store.revoke(newer.version.code, of: name)
            // Nobody else's code is a house's to speak of, and the other way round.
            #expect(await fault { try await store.revoke(started.code, of: name) } == .notOwner(started.code, name))
            #expect(await fault { try await store.restore(code, of: user(3)) } == .notOwner(code, user(3)))
            let history = EventFault.houseHistory(space)
            #expect(await eventFault { try await store.revert(name, to: code) } == history)
            #expect(await eventFault { try await store.reset(name) } == history)
            #expect(await eventFault { try await store.retract(mint, of: name) } == history)
            #expect(try await store.audit().isClean)
            #expect(try store.verify().findings == [])
        }
    }

    private func eventFault(_ body: () async throws -> Void) async -> EventFault? {
        do { try await body() } catch let error as StoreError {
            if case .event(0, let fault) = error { return fault }
        } catch {}
        return nil
    }

    @Test func `an export of houses, pins and codes imports to the same lines`() async throws {
        try await withPeople(20) { store, catalogue, random in
            let picked = try await store.append(
                .pick(user(2), chosen: [catalogue.images[0].id], shown: catalogue.images.prefix(3).map(\.id)))
            try await store.retract(picked.position, of: user(2))
            let house = try await store.mintHouse(of: space)
            try await store.pinHouse(house.version.code, of: space, threshold: 4)
            try await store.label(house.version.code, of: .house(of: space), "spring")
            let newcomer = ProfileName(user: "newcomer", space: space)
            try await rank(4, as: newcomer, in: store, catalogue, &random)
            _ = try await store.currentVersion(of: newcomer)
            try await store.setSettings(
                of: "newcomer", in: space,
                to: Settings(personalizesAlways: false, refusesHouse: true, profile: "default", pinned: []))
            try await store.pinHouse(nil, of: space)
            try await store.revoke(house.version.code, of: .house(of: space))
            let lines = try store.events(limit: .max).map(\.interchangeJSON)
            let folder = try TemporaryFolder()
            let other = try Store.create(at: folder.file("other"), secret: store.secret, options: .small)
            var options = ImportOptions()
            options.trustsTimes = true
            var importer = Importer(into: other, options: options)
            for line in lines { try await importer.add(Array(line.utf8)) }
            try await importer.finish()
            #expect(try other.events(limit: .max).map(\.interchangeJSON) == lines)
            #expect(try await other.audit().isClean)
            await other.close()
        }
    }
}
