import PersonalizationStore
import SeededRandom
import Testing

/// Profiles as a whole: labels, sharing, archives, boards, and the references by which prompts name them.
extension ModelRunner {
    /// Says something of a profile as a whole, sometimes again.
    mutating func changeProfile() async throws {
        let profile = maker.profile()
        let store = store()
        let eventID = maker.generator.chance(30) ? maker.eventID() : nil
        let label = maker.generator.pick(["", "evenings", "für dich"])
        // What was put away comes out soon, so that it does not hold up the rest.
        let kind = model.state(of: profile).isArchived ? 3 : Int.random(in: 0..<6, using: &maker.generator)
        func say(_ store: Store) async throws -> Receipt {
            switch kind {
            case 0: try await store.labelProfile(profile, label, eventID: eventID)
            case 1: try await store.shareProfile(profile, eventID: eventID)
            case 2: try await store.unshareProfile(profile, eventID: eventID)
            case 3: try await store.restoreProfile(profile, eventID: eventID)
            default: try await store.archiveProfile(profile, eventID: eventID)
            }
        }
        let expected = model.change(profile, eventID: eventID) { change in
            switch kind {
            case 0: change.label = label
            case 1: change.isShared = true
            case 2: change.isShared = false
            case 3: change.isArchived = false
            default: change.isArchived = true
            }
        }
        do {
            let receipt = try await say(store)
            try #require(TasteModel.ExpectedReceipt(receipt) == expected, place)
            if eventID != nil, !receipt.isRepeat {
                let repeated = try await say(self.store())
                try #require(repeated.isRepeat && repeated.position == receipt.position, place)
            }
        } catch let error as StoreError {
            guard case .event(0, .unknownProfile(profile)) = error else { throw error }
            try #require(expected == nil, place)
        }
    }

    /// Makes a board or a profile once; a second one of the name is refused.
    mutating func createProfile() async throws {
        let profile = maker.profile()
        let isBoard = maker.generator.chance(50)
        let images = isBoard ? maker.imageIDs(in: profile.space, 0...3) : []
        let store = store()
        do {
            let receipt =
                isBoard
                ? try await store.createBoard(profile, images: images, label: "b")
                : try await store.createProfile(profile, label: "p")
            try #require(model.streams[profile] == nil, place)
            model.create(profile, label: isBoard ? "b" : "p", isBoard: isBoard, images: images)
            try #require(receipt.position == model.streams[profile]?[1], place)
        } catch let error as StoreError {
            guard case .event(0, .profileExists(profile)) = error else { throw error }
            try #require(model.streams[profile] != nil, place)
        }
    }

    /// Puts images on a board or takes them off; only boards take them.
    mutating func changeBoard() async throws {
        let profile = maker.profile()
        let images = maker.imageIDs(in: profile.space, 1...3)
        let isPut = maker.generator.chance(60)
        let state = model.streams[profile].map { _ in model.state(of: profile) }
        let store = store()
        do {
            let receipts = isPut ? try await store.put(images, on: profile) : try await store.take(images, off: profile)
            try #require(state.map { $0.isBoard && !$0.isArchived } ?? false, place)
            for (image, receipt) in zip(images, receipts) {
                let event = model.add(
                    isPut ? .like(profile, image: image) : .unlike(profile, image: image), to: profile)
                try #require(receipt.position == event.position, place)
            }
            let on = model.effectiveSet(of: profile, through: model.revision(of: profile)).likes
            try #require(Set(try store.images(on: profile)) == Set(on), place)
        } catch let error as StoreError {
            guard case .event(0, let fault) = error else { throw error }
            switch fault {
            case .unknownProfile(profile): try #require(state == nil, place)
            case .notBoard(profile): try #require(state?.isBoard == false && state?.isArchived == false, place)
            case .archivedProfile(profile): try #require(state?.isArchived == true, place)
            default: throw error
            }
        }
    }

    /// Names a profile by its reference, as its owner or as another.
    mutating func resolveReference() async throws {
        let (profile, other) = (maker.profile(), maker.profile())
        let store = store()
        let isOwn = other.user == profile.user
        let state = model.state(of: profile)
        let isKnown = model.streams[profile] != nil && (isOwn || state.isShared)
        let expected = isKnown && !state.isArchived ? model.mint(profile) : .archived
        let reference = store.reference(of: profile)
        do throws(StoreError) {
            let resolution = try await store.resolve(
                "a lake --p \(reference)::2", user: other.user, model: "model-\(profile.space)")
            guard case .version(let name) = expected, isKnown else {
                Issue.record("answered with \(resolution.prompt); \(place)")
                return
            }
            #expect(resolution.prompt == "a lake --p \(name.code)::2", place)
        } catch {
            switch error {
            case .fault(.unknown(reference)): #expect(!isKnown, place)
            case .fault(.archived(let what)):
                #expect(isKnown && state.isArchived && what == (isOwn ? profile.description : reference), place)
            case .fault(.revoked(let code)):
                guard case .version(let name) = expected else { throw error }
                #expect(name.code == code && model.versions[name]?.isRevoked == true, place)
            case .fault(.notEnoughData(profile, let have, let need)):
                #expect(isOwn && expected == .notEnoughData(have: have, need: need), place)
            case .fault(.notReady(reference)):
                guard case .notEnoughData = expected else { throw error }
                #expect(!isOwn, place)
            default: throw error
            }
        }
    }

    /// The lists of all users' profiles, now and at a moment.
    func compareProfiles(in store: Store, asOf position: Position? = nil) throws {
        for user in Set(maker.profiles.map(\.user)) {
            let found = try store.profiles(of: user, includesArchived: true, asOf: position)
            try #require(found.map(\.expectation) == model.profiles(of: user, asOf: position), place)
            let listed = try store.profiles(of: user, asOf: position).map(\.name)
            try #require(listed == found.filter { !$0.isArchived }.map(\.name), place)
        }
    }
}
