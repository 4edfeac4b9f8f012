internal import CodeRegistry
internal import EventLog

/// What owners say of a profile as a whole: that it is there, what it is called, whether it is put away, and whether others
/// may use it. Everything is an event; what holds already appends nothing.
///
/// A user's `default` profile, and any other, is also there once something was ranked or liked in it. With an `eventID` a
/// call may be repeated.
extension Store {
    /// How many profiles a user can have, boards and archived ones among them, over all spaces.
    public static let profileLimit = 1000

    /// The permanent reference of a profile, whether there is such a profile or not: `u` and 13 characters.
    ///
    /// In a prompt of its owner, `--p` and the reference mean the profile's newest taste at that moment; in others' prompts
    /// too while the profile is shared. Computed from the names and the store's secret.
    public func reference(of profile: ProfileName) -> String {
        ProfileReference(secret: secret, profile).description
    }

    /// Opens a profile of a user, with a label of up to 255 UTF-8 bytes.
    ///
    /// - Throws: ``EventFault/profileExists(_:)`` when there is one of this name, a board also.
    @discardableResult
    public func createProfile(
        _ profile: ProfileName, label: String = "", eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await change(profile, .create(label: label, isBoard: false, images: []), eventID: eventID)
    }

    /// Gives a profile a label of up to 255 UTF-8 bytes; an empty one takes the label away. Its name, reference and codes
    /// stay as they are.
    @discardableResult
    public func labelProfile(
        _ profile: ProfileName, _ label: String, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await change(profile, .label(label), eventID: eventID)
    }

    /// Puts a profile away: it takes no rankings, likes or other events, mints no code, leaves the lists, and its reference
    /// is refused. Its codes go on working, and can be labelled, revoked and restored.
    @discardableResult
    public func archiveProfile(
        _ profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await change(profile, .archive(true), eventID: eventID)
    }

    /// Takes an archived profile out again, as it was.
    @discardableResult
    public func restoreProfile(
        _ profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await change(profile, .archive(false), eventID: eventID)
    }

    /// Lets a profile's reference work for everybody from now on.
    ///
    /// Who uses it learns the newest code at each moment, and nothing of the profile's owner, name or label.
    @discardableResult
    public func shareProfile(
        _ profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await change(profile, .share(true), eventID: eventID)
    }

    /// Lets a profile's reference work for its owner only: to others it is unknown again, as if there were no such profile.
    /// Codes that it was expanded to go on working, until they are revoked.
    @discardableResult
    public func unshareProfile(
        _ profile: ProfileName, eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await change(profile, .share(false), eventID: eventID)
    }

    @discardableResult
    func change(
        _ profile: ProfileName, _ action: StoreRequest.ProfileAction, eventID: EventID? = nil, at time: Timestamp? = nil
    ) async throws(StoreError) -> Receipt {
        try await submit(profileRequest(profile, action, eventID), at: time)[0]
    }

    func profileRequest(
        _ profile: ProfileName, _ action: StoreRequest.ProfileAction, _ eventID: EventID?
    ) -> StoreRequest {
        .profile(
            StoreRequest.ProfileRequest(
                profile: profile, reference: ProfileReference(secret: secret, profile).bits, action: action,
                eventID: eventID))
    }
}

extension ProfileReference {
    /// The reference of a store's profile.
    init(secret: StoreSecret, _ profile: ProfileName) {
        self.init(
            ProfileDigest(
                secret: secret.bytes, user: profile.user, space: profile.space, profile: profile.profile))
    }
}

extension StoreView {
    /// The reference of a profile.
    func reference(of profile: ProfileName) -> ProfileReference {
        ProfileReference(secret: store.secret, profile)
    }
}
