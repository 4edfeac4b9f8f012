internal import ByteCoding
public import CodeRegistry
public import EventLog
internal import Projections

/// What owners can do with their codes and history. Everything is an event: nothing is erased, all of it can be undone.
///
/// With an `eventID` a call may be repeated: an event whose id and content are in the log is not written again.
///
/// A house's code is labelled, revoked and restored with ``ProfileName/house(of:)`` as its profile, which has nothing else
/// to change.
extension Store {
    /// Gives a code of a profile a label of up to 255 UTF-8 bytes; an empty one takes the label away.
    @discardableResult
    public func label(
        _ code: Code, of profile: ProfileName, _ label: String, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile, .label(mint: try ownedMint(code, of: profile), label), eventID: eventID)
    }

    /// Makes a code of a profile unusable in prompts, for everybody, from now on.
    ///
    /// The owner still sees it listed, and as-of queries still answer for it. A pinned house is not revoked: pin another
    /// first, or none.
    @discardableResult
    public func revoke(
        _ code: Code, of profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile, .revoke(mint: try ownedMint(code, of: profile)), eventID: eventID)
    }

    /// Makes a revoked code usable again.
    @discardableResult
    public func restore(
        _ code: Code, of profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile, .restore(mint: try ownedMint(code, of: profile)), eventID: eventID)
    }

    /// Makes an older version of a profile its current one: the effective set becomes that version's again, and later
    /// events build on it.
    @discardableResult
    public func revert(
        _ profile: ProfileName, to code: Code, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile, .revert(mint: try ownedMint(code, of: profile)), eventID: eventID)
    }

    /// Starts a profile over: what was said before counts no more, and later events build on nothing.
    ///
    /// Codes that were minted before go on working; a revert to one of them brings back what it was made from.
    @discardableResult
    public func reset(
        _ profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile, .reset, eventID: eventID)
    }

    /// Takes one rank, like, unlike or pick of a profile back, as if it had not been said.
    @discardableResult
    public func retract(
        _ event: Position, of profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile, .retract(event), eventID: eventID)
    }

    /// The event that has an id, or nil.
    public func position(of eventID: EventID) throws(StoreError) -> Position? {
        try read { (view) throws(StoreError) in
            guard let position = try view.row(EventIDs.self, eventID) else { return nil }
            guard try view.record(at: position, namedBy: EventIDs.name).header.eventID == eventID else {
                throw StoreView.mismatch(EventIDs.name, at: position)
            }
            return position
        }
    }

    /// A user's settings in a space; the standard ones when they were never changed.
    public func settings(of user: String, in space: String) throws(StoreError) -> Settings {
        try read { (view) throws(StoreError) in
            if let found = try view.space(named: space) {
                guard let change = try view.settings(of: user, in: found) else { return .standard }
                var namer = EventNamer()
                return try namer.settings(change, view)
            }
            throw .fault(.unknownSpace(space))
        }
    }

    /// Changes a user's settings in a space, all of them.
    @discardableResult
    public func setSettings(
        of user: String, in space: String, to settings: Settings, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await setSettings(of: user, in: space, to: settings, eventID: eventID, at: nil)
    }

    @discardableResult
    func setSettings(
        of user: String, in space: String, to settings: Settings, eventID: EventID?, at time: Timestamp?
    ) async throws(StoreError) -> Receipt {
        var pinned: [SettingsChange.PinnedVersion] = []
        for entry in settings.pinned {
            let version = try version(entry.code)
            guard version.space.hasSameBytes(as: space) else {
                throw .fault(.otherSpace(code: entry.code.description, space: version.space, expected: space))
            }
            let weight = try Self.weight(entry.weight, of: entry.code.description)
            pinned.append(.init(mint: version.mint.position, weight: weight))
        }
        guard pinned.count <= Int(UInt8.max) else { throw .fault(.tooManyPinned(pinned.count)) }
        guard (1...Int(UInt8.max)).contains(settings.profiles.count) else {
            throw .fault(.profileCount(settings.profiles.count))
        }
        var profiles: [SettingsChange.WeightedProfile] = []
        for entry in settings.profiles {
            let weight = try Self.weight(entry.weight, of: entry.profile)
            // One profile is not weighed against any other.
            profiles.append(.init(profile: entry.profile, weight: settings.profiles.count == 1 ? 1 : weight))
        }
        let change = SettingsChange(
            personalizesAlways: settings.personalizesAlways, refusesHouse: settings.refusesHouse,
            profiles: profiles, pinned: pinned)
        return try await submit(.settings(user: user, space: space, change, eventID), at: time)[0]
    }

    private static func weight(_ weight: Int, of name: String) throws(StoreError) -> UInt16 {
        guard let number = UInt16(exactly: weight), (1...1000).contains(number) else {
            throw .fault(.weight(name, weight))
        }
        return number
    }

    @discardableResult
    func own(
        _ profile: ProfileName, _ action: StoreRequest.OwnerAction, eventID: EventID? = nil, at time: Timestamp? = nil
    ) async throws(StoreError) -> Receipt {
        return try await submit(.owner(profile, action, eventID), at: time)[0]
    }

    /// The mint of a code that a profile owns.
    func ownedMint(_ code: Code, of profile: ProfileName) throws(StoreError) -> Position {
        let version = try version(code)
        guard try owner(of: version) == profile else { throw .fault(.notOwner(code, profile)) }
        return version.mint.position
    }
}
