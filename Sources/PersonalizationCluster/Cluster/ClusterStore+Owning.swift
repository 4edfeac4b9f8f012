public import CodeRegistry
public import EventLog
public import PersonalizationStore

/// What users do with their profiles, codes and settings; each as the method of ``Store`` of the same name, in the user's
/// shard.
extension ClusterStore {
    /// Opens a profile; see ``Store/createProfile(_:label:eventID:)``.
    @discardableResult
    public func createProfile(
        _ profile: ProfileName, label: String = "", eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile) { (store) async throws(StoreError) in
            try await store.createProfile(profile, label: label, eventID: eventID)
        }
    }

    /// Opens a board; see ``Store/createBoard(_:images:label:eventID:)``.
    @discardableResult
    public func createBoard(
        _ board: ProfileName, images: [String] = [], label: String = "", eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(board, images) { (store) async throws(StoreError) in
            try await store.createBoard(board, images: images, label: label, eventID: eventID)
        }
    }

    /// Puts images on a board; see ``Store/put(_:on:)``.
    @discardableResult
    public func put(_ images: [String], on board: ProfileName) async throws(StoreError) -> [Receipt] {
        try await own(board, images) { (store) async throws(StoreError) in try await store.put(images, on: board) }
    }

    /// Takes images off a board; see ``Store/take(_:off:)``.
    @discardableResult
    public func take(_ images: [String], off board: ProfileName) async throws(StoreError) -> [Receipt] {
        try await own(board, images) { (store) async throws(StoreError) in try await store.take(images, off: board) }
    }

    /// Names a profile for its owner; see ``Store/labelProfile(_:_:eventID:)``.
    @discardableResult
    public func labelProfile(
        _ profile: ProfileName, _ label: String, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile) { (store) async throws(StoreError) in
            try await store.labelProfile(profile, label, eventID: eventID)
        }
    }

    /// Archives a profile; see ``Store/archiveProfile(_:eventID:)``.
    @discardableResult
    public func archiveProfile(_ profile: ProfileName, eventID: EventID? = nil) async throws(StoreError) -> Receipt {
        try await own(profile) { (store) async throws(StoreError) in
            try await store.archiveProfile(profile, eventID: eventID)
        }
    }

    /// Takes a profile out of the archive; see ``Store/restoreProfile(_:eventID:)``.
    @discardableResult
    public func restoreProfile(_ profile: ProfileName, eventID: EventID? = nil) async throws(StoreError) -> Receipt {
        try await own(profile) { (store) async throws(StoreError) in
            try await store.restoreProfile(profile, eventID: eventID)
        }
    }

    /// Begins a profile anew; see ``Store/reset(_:eventID:)``.
    @discardableResult
    public func reset(_ profile: ProfileName, eventID: EventID? = nil) async throws(StoreError) -> Receipt {
        try await own(profile) { (store) async throws(StoreError) in try await store.reset(profile, eventID: eventID) }
    }

    /// Begins a profile with what another of the same user amounts to; see ``Store/adopt(_:into:eventID:)``.
    @discardableResult
    public func adopt(
        _ source: ProfileName, into profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile) { (store) async throws(StoreError) in
            try await store.adopt(source, into: profile, eventID: eventID)
        }
    }

    /// Takes an event back; see ``Store/retract(_:of:eventID:)``. The position is one of the user's shard.
    @discardableResult
    public func retract(
        _ event: Position, of profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile) { (store) async throws(StoreError) in
            try await store.retract(event, of: profile, eventID: eventID)
        }
    }

    /// Goes back to an older version of one's own; see ``Store/revert(_:to:eventID:)``.
    @discardableResult
    public func revert(
        _ profile: ProfileName, to code: Code, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile) { (store) async throws(StoreError) in
            try await store.revert(profile, to: code, eventID: eventID)
        }
    }

    /// Names a code for its owner; see ``Store/label(_:of:_:eventID:)``.
    @discardableResult
    public func label(
        _ code: Code, of profile: ProfileName, _ label: String, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await own(profile) { (store) async throws(StoreError) in
            try await store.label(code, of: profile, label, eventID: eventID)
        }
    }

    /// Revokes a code; see ``Store/revoke(_:of:eventID:)``. Nodes that follow the catalogue refuse it in every shard within
    /// their lag, and those that do not, within ``ClusterStore/Options/staleCatalogueLimit``.
    @discardableResult
    public func revoke(
        _ code: Code, of profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        // Only its owner's code is told of in the catalogue, and there first: what fails half-way must not leave it usable.
        let version = try await ownVersion(code, of: profile)
        _ = try await publish(isTakenDown: true, version.bytes)
        return try await own(profile) { (store) async throws(StoreError) in
            try await store.revoke(code, of: profile, eventID: eventID)
        }
    }

    /// Restores a code that its owner had revoked; see ``Store/restore(_:of:eventID:)``.
    @discardableResult
    public func restore(
        _ code: Code, of profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        let version = try await ownVersion(code, of: profile)
        let receipt = try await own(profile) { (store) async throws(StoreError) in
            try await store.restore(code, of: profile, eventID: eventID)
        }
        _ = try await publish(isTakenDown: false, version.bytes)
        return receipt
    }

    /// A user's settings in a space; see ``Store/settings(of:in:)``.
    public func settings(of user: String, in space: String) throws(StoreError) -> Settings {
        do throws(StoreError) { return try store(of: user).settings(of: user, in: space) } catch {
            // A space that the shard has not met yet.
            guard error.isAboutCatalogue, try catalogue.spaceDescriptor(space) != nil else { throw error }
            return .standard
        }
    }

    /// Changes a user's settings in a space; see ``Store/setSettings(of:in:to:eventID:)``. Codes of other shards that are
    /// pinned are imported into the user's.
    @discardableResult
    public func setSettings(
        of user: String, in space: String, to settings: Settings, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        let profile = ProfileName(user: user, space: space)
        let node = try node(of: user)
        _ = try await copy(.space(of: profile), to: node)
        for entry in settings.pinned {
            do throws(StoreError) { _ = try node.store.version(entry.code) } catch {
                guard case .fault(.unknown) = error else { throw error }
                try requireFreshCatalogue()
                let version = try await version(entry.code)
                if version.isRevoked { throw .fault(.revoked(entry.code)) }
                _ = try await write(to: node) { (store) async throws(StoreError) in
                    try await store.adoptVersion(version.bytes)
                }
            }
        }
        return try await own(profile) { (store) async throws(StoreError) in
            try await store.setSettings(of: user, in: space, to: settings, eventID: eventID)
        }
    }

    /// A profile's codes, newest first; see ``Store/codes(of:before:limit:)``.
    public func codes(
        of profile: ProfileName, before: Position? = nil, limit: Int = 50
    ) throws(StoreError) -> [CodeListEntry] {
        try store(of: profile.user).codes(of: profile, before: before, limit: limit)
    }

    /// A profile's taste as it was at a moment of its shard's log; see ``Store/taste(of:asOf:)``.
    public func taste(of profile: ProfileName, asOf moment: PointInTime) throws(StoreError) -> PastTaste {
        try store(of: profile.user).taste(of: profile, asOf: moment)
    }

    /// A profile's events, oldest first; see ``Store/events(of:from:limit:)``.
    public func events(
        of profile: ProfileName, from revision: UInt32 = 1, limit: Int = 1000
    ) throws(StoreError) -> [StoredEvent] {
        try store(of: profile.user).events(of: profile, from: revision, limit: limit)
    }

    /// The events of one shard's log as they become readable here, whichever node appended them; see
    /// ``Store/follow(from:pollInterval:)``.
    public func follow(
        shard: Int, from start: Position = .first, pollInterval: Duration = .milliseconds(10)
    ) throws(StoreError) -> EventSequence {
        try store(ofShard: shard).follow(from: start, pollInterval: pollInterval)
    }

    /// Folds every mint of a shard again and compares; see ``Store/audit(_:onProgress:)``.
    public func audit(
        shard: Int, _ scope: AuditScope = AuditScope(),
        onProgress: @escaping @Sendable (OperationProgress) -> Void = { _ in }
    ) async throws(StoreError) -> AuditReport {
        try await store(ofShard: shard).audit(scope, onProgress: onProgress)
    }

    /// A profile's own version by its code.
    private func ownVersion(_ code: Code, of profile: ProfileName) async throws(StoreError) -> Version {
        let store = try store(of: profile.user)
        let version = try store.version(code)
        guard try store.owner(of: version) == profile else { throw .fault(.notOwner(code, profile)) }
        return version
    }

    private func own<Result: Sendable>(
        _ profile: ProfileName, _ images: [String] = [], _ body: (Store) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        var names = CatalogueNames()
        names.add(images, of: profile.space)
        return try await withShard(of: profile.user, naming: names, body)
    }
}
