import PersonalizationStore
import SeededRandom
import Testing

/// Minting, and what owners say.
extension ModelRunner {
    /// Asks for the newest version, by name or by prompt.
    mutating func mint(_ profile: ProfileName) async throws {
        let expected = model.mint(profile)
        let store = store()
        // A prompt is refused where the version is revoked, which this model says nothing of.
        let isPrompted =
            profile.profile == ProfileName.defaultProfile && maker.generator.chance(30)
            && model.settings(of: profile.user, in: profile.space) == .standard && !model.isRevoked(expected)
            && !model.state(of: profile).isArchived
        let found: TasteModel.MintOutcome
        do throws(StoreError) {
            if isPrompted {
                found = .version(try await promptedName(profile, store))
            } else {
                found = .version(check(try await store.currentVersion(of: profile)))
            }
        } catch {
            guard let outcome = TasteModel.MintOutcome(error, of: profile) else { throw error }
            found = outcome
        }
        try #require(found == expected, place)
    }

    private func promptedName(
        _ profile: ProfileName, _ store: Store
    ) async throws(StoreError) -> VersionName {
        let resolution = try await store.resolve("a lake --p", user: profile.user, model: "model-\(profile.space)")
        guard let part = resolution.personalization?.parts.first else {
            preconditionFailure("a prompt with --p resolves to a taste")
        }
        return VersionName(code: part.code, hash: part.hash)
    }

    /// Checks a version's fields against the model's and returns its name.
    @discardableResult
    func check(_ version: Version) -> VersionName {
        let name = VersionName(code: version.code, hash: version.hash)
        let expected = model.versions[name]
        #expect(version.bytes == expected?.bytes, place)
        #expect(version.rankings == expected?.rankings && version.likes == expected?.likes, place)
        #expect(version.mint.position == expected?.position, place)
        #expect(version.mint.foldedThrough == expected?.covers, place)
        #expect(version.label == expected?.label && version.isRevoked == expected?.isRevoked, place)
        return name
    }

    /// Labels, revokes or restores a code of a profile's own, or of a house; somebody else's is refused, and revoking the
    /// house that is pinned.
    mutating func sayOfCode() async throws {
        let isOfHouse = !model.houseOrder.isEmpty && maker.generator.chance(30)
        guard let name = (isOfHouse ? model.houseOrder : model.versionOrder).randomElement(using: &maker.generator),
            let owner = model.versions[name]?.profile
        else { return }
        let profile = maker.generator.chance(80) ? owner : maker.profile()
        let store = store()
        do throws(StoreError) {
            switch Int.random(in: 0..<3, using: &maker.generator) {
            case 0:
                let label = maker.generator.pick(["", "holiday", "für dich"])
                try await store.label(name.code, of: profile, label)
                model.add(.labeled(profile, name, label: label), to: profile)
                model.versions[name]?.label = label.isEmpty ? nil : label
            case 1:
                try await store.revoke(name.code, of: profile)
                #expect(model.houses[owner.space]?.name != name, place)
                model.add(.revoked(profile, name), to: profile)
                model.versions[name]?.isRevoked = true
            default:
                try await store.restore(Code(hash: name.hash), of: profile)
                model.add(.restored(profile, name), to: profile)
                model.versions[name]?.isRevoked = false
            }
            #expect(profile == owner, place)
        } catch {
            try expectRefusal(error, of: name, to: profile)
        }
    }

    /// A code is somebody else's, or of the house that is pinned.
    private func expectRefusal(_ error: StoreError, of name: VersionName, to profile: ProfileName) throws {
        let version = try #require(model.versions[name], place)
        switch error {
        case .fault(.notOwner(_, let found)): #expect(found == profile && found != version.profile, place)
        case .event(0, .houseIsPinned(let position)):
            let pinned = model.houses[version.profile.space]?.name
            #expect(pinned == name && position == version.position, place)
        default: throw error
        }
    }

    /// Goes back to an older version; a retry with the same event id changes nothing.
    mutating func revert() async throws {
        let profile = maker.profile()
        guard let name = model.ownVersions(of: profile).randomElement(using: &maker.generator) else { return }
        if model.state(of: profile).isArchived { return }
        let eventID = maker.generator.chance(50) ? maker.eventID() : nil
        let receipt = try await store().revert(profile, to: name.code, eventID: eventID)
        let event = model.add(.reverted(profile, name), to: profile, eventID: eventID)
        try #require(receipt.position == event.position, place)
        guard let eventID else { return }
        let repeated = try await store().revert(profile, to: name.code, eventID: eventID)
        try #require(repeated.isRepeat && repeated.position == event.position, place)
    }

    /// Starts over; a retry with the same event id changes nothing.
    mutating func reset() async throws {
        let profile = maker.profile()
        guard model.streams[profile] != nil, !model.state(of: profile).isArchived else { return }
        let eventID = maker.generator.chance(50) ? maker.eventID() : nil
        let receipt = try await store().reset(profile, eventID: eventID)
        let event = model.add(.reset(profile), to: profile, eventID: eventID)
        try #require(receipt.position == event.position, place)
        guard let eventID else { return }
        let repeated = try await store().reset(profile, eventID: eventID)
        try #require(repeated.isRepeat && repeated.position == event.position, place)
    }

    /// Has a profile begin with what another one amounts to; only one of the same user's in another space is allowed.
    mutating func adopt() async throws {
        let (profile, source) = (maker.profile(), maker.profile())
        guard let last = model.streams[source]?.last else { return }
        let state = model.state(of: profile)
        if state.isArchived || state.isBoard { return }
        let isAllowed = profile.user == source.user && profile.space != source.space
        do {
            let receipt = try await store().adopt(source, into: profile)
            let event = model.add(.adopted(profile, from: source, event: last), to: profile)
            try #require(isAllowed && receipt.position == event.position, place)
        } catch let error as StoreError {
            guard case .event(0, .notAdoptable(let position)) = error else { throw error }
            #expect(position == last && !isAllowed, place)
        }
    }

    /// Takes a statement back; what is none of the profile's is refused.
    mutating func retract() async throws {
        let profile = maker.profile()
        let other = maker.profile()
        let candidates = model.events(of: maker.generator.chance(85) ? profile : other)
        guard model.streams[profile] != nil, !model.state(of: profile).isArchived,
            let target = candidates.randomElement(using: &maker.generator)
        else {
            return
        }
        let isAllowed = target.isStatement(of: profile)
        do {
            let receipt = try await store().retract(target.position, of: profile)
            let event = model.add(.retracted(profile, target.position), to: profile)
            try #require(isAllowed && receipt.position == event.position, place)
        } catch let error as StoreError {
            guard case .event(0, .notRetractable(let position)) = error else { throw error }
            #expect(position == target.position && !isAllowed, place)
        }
    }

    mutating func changeSettings() async throws {
        let profile = maker.profile()
        let pinned = model.versionOrder.filter { model.versions[$0]?.profile.space == profile.space }.suffix(2)
        let profiles =
            maker.generator.chance(60)
            ? [WeightedProfile(profile: profile.profile)]
            : [WeightedProfile(profile: profile.profile, weight: 3), WeightedProfile(profile: "no such one")]
        let settings = Settings(
            personalizesAlways: maker.generator.chance(50), refusesHouse: hasHouses && maker.generator.chance(30),
            profiles: profiles,
            pinned: maker.generator.chance(50) ? [] : pinned.map { WeightedCode($0.code, weight: 7) })
        let receipt = try await store().setSettings(of: profile.user, in: profile.space, to: settings)
        let event = model.change(settings, of: profile.user, in: profile.space)
        try #require(receipt.position == event.position && receipt.revision == event.revision, place)
    }
}

extension TasteModel.MintOutcome {
    /// What an error says of a profile; nil when it is another error.
    init?(_ error: StoreError, of profile: ProfileName) {
        switch error {
        case .fault(.notEnoughData(profile, let have, let need)): self = .notEnoughData(have: have, need: need)
        case .fault(.archived(profile.description)): self = .archived
        default: return nil
        }
    }
}

extension TasteModel.Event {
    /// Whether this is a rank, like, unlike or pick of a profile.
    func isStatement(of profile: ProfileName) -> Bool {
        switch content {
        case .rank(let owner, _, _), .like(let owner, _), .unlike(let owner, _), .pick(let owner, _, _):
            owner == profile
        default: false
        }
    }
}

extension TasteModel {
    /// Whether the version of an outcome was revoked by its owner.
    fileprivate func isRevoked(_ outcome: MintOutcome) -> Bool {
        guard case .version(let name) = outcome else { return false }
        return versions[name]?.isRevoked ?? false
    }

    /// A user's last settings.
    func settings(of user: String, in space: String) -> Settings {
        for event in log.reversed() {
            if case .settingsChanged(space, user, let settings) = event.content { return settings }
        }
        return .standard
    }
}
