import PersonalizationStore
import Testing

/// Comparing a store's answers with the model's.
extension ModelRunner {
    /// One random look at one instance.
    mutating func compareSample() throws {
        let store = store()
        let profile = maker.profile()
        let expected = model.events(of: profile)
        let head = try store.streamHead(of: profile)
        try #require(head?.position == expected.last?.position, place)
        try #require(head?.revision ?? 0 == model.revision(of: profile), place)
        let version = UInt32.random(in: 1...UInt32(expected.count + 2), using: &maker.generator)
        let limit = Int.random(in: 1...20, using: &maker.generator)
        let forward = try store.events(of: profile, from: version, limit: limit)
        try requireMatch(forward, Array(expected.dropFirst(Int(version) - 1).prefix(limit)))
        let backward = try store.eventsBackward(of: profile, from: version, limit: limit)
        try requireMatch(backward, Array(expected.prefix(Int(version)).reversed().prefix(limit)))
        let start = UInt64.random(in: 1...UInt64(model.log.count + 2), using: &maker.generator)
        try requireMatch(
            try store.events(from: Position(start), limit: limit),
            Array(model.log.dropFirst(Int(start) - 1).prefix(limit)))
        try compareTaste(of: profile, in: store)
        try compareProfiles(in: store)
        try compareProfiles(in: store, asOf: Position(start))
    }

    /// Codes and progress of a profile.
    func compareTaste(of profile: ProfileName, in store: Store) throws {
        let codes = try store.codes(of: profile, limit: .max)
        try #require(codes.map(TasteModel.ListedCode.init) == model.codes(of: profile), place)
        for entry in codes { check(entry.version) }
        let progress = try store.progress(of: profile)
        let folded = model.fold(profile)
        try #require(progress.have == folded.comparisonCount, place)
        try #require(progress.rankings == folded.rankings && progress.likes == folded.likes, place)
        try #require(progress.confidence == folded.confidence && progress.stability == folded.stability, place)
        try #require(progress.need == model.need(of: profile), place)
    }

    /// Every event, stream, code, event id and setting, of every instance.
    func compareAll() throws {
        for store in stores {
            try compareLog(of: store)
            for profile in maker.profiles {
                let expected = model.events(of: profile)
                try requireMatch(try store.events(of: profile, limit: .max), expected)
                try requireMatch(try store.eventsBackward(of: profile, limit: .max), expected.reversed())
                try compareTaste(of: profile, in: store)
                let settings = try store.settings(of: profile.user, in: profile.space)
                try #require(settings == model.settings(of: profile.user, in: profile.space), place)
            }
            for (space, aliases) in model.aliases {
                let found = try store.aliases(in: space).map { [$0.alias, $0.version.code.description] }
                try #require(
                    found == aliases.sorted { $0.key < $1.key }.map { [$0.key, $0.value.code.description] }, place)
            }
            for (eventID, position) in model.eventIDs {
                try #require(try store.position(of: eventID) == position, place)
            }
            for (name, version) in model.versions {
                try #require(check(try store.version(name.code)) == name, place)
                try #require(try store.version(hash: name.hash)?.bytes == version.bytes, place)
            }
        }
    }

    /// The whole log, whose times never go back.
    private func compareLog(of store: Store) throws {
        let events = try store.events(limit: .max)
        try requireMatch(events, model.log)
        try #require(zip(events, events.dropFirst()).allSatisfy { $0.recordedAt <= $1.recordedAt }, place)
        let head = try store.head()
        try #require(head?.position == model.head && head?.recordedAt == events.last?.recordedAt, place)
    }

    /// Everything that `verify` checks, and an audit of every mint.
    func verify() async throws {
        for store in stores {
            let report = try store.verify()
            try #require(report.findings == [] && report.eventCount == model.log.count, place)
        }
        let audit = try await stores[0].audit()
        let houseCount = model.versions.values.count { $0.profile.isHouse }
        let mintCount = maker.profiles.reduce(houseCount) { $0 + model.codes(of: $1).count }
        try #require(audit.isClean && audit.mintCount == mintCount && audit.eventCount == model.log.count, place)
    }

    private func requireMatch(_ found: [StoredEvent], _ expected: [TasteModel.Event]) throws {
        try #require(found.count == expected.count, place)
        for (found, expected) in zip(found, expected) {
            try #require(expected.matches(found), "\(found) instead of \(expected); \(place)")
        }
    }
}
