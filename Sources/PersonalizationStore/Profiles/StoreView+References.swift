internal import CodeRegistry
internal import EventLog
internal import Projections

/// A profile that a reference means for somebody.
struct ReferencedProfile {
    let name: ProfileName
    let state: StoreView.ProfileState
    /// Whether it is of the user who asks; what others learn of it is a code and nothing else.
    let isOwn: Bool
}

extension StoreView {
    /// The profile that a reference means for a user: one of the user's own, or one that is shared; nil when there is none,
    /// or only one that somebody else does not share.
    ///
    /// Looks for both in the same way whether there is such a profile or not, so that time tells nothing. Cost: a hash for
    /// each of the user's profiles.
    func profile(
        referredTo reference: ProfileReference, by user: String
    ) throws(StoreError) -> ReferencedProfile? {
        for stream in try profileStreams(of: user) {
            let name = try listedName(ofStream: stream, user)
            if self.reference(of: name) == reference { return try referenced(name, isOwn: true) }
        }
        let shared = try StoreError.wrap { () throws(StorageError) in
            try snapshot.sharedProfile(HashPrefix(bits: reference.bits))
        }
        guard let stream = shared else { return nil }
        guard let name = try profileName(ofStream: stream), self.reference(of: name) == reference else {
            throw Self.mismatch(References.name, at: stream)
        }
        // A space that was defined again under its name has other profiles.
        guard let found = try referenced(name, isOwn: false), found.state.stream == stream else { return nil }
        guard found.state.head.isShared else { throw Self.mismatch(References.name, at: stream) }
        return found
    }

    private func referenced(_ name: ProfileName, isOwn: Bool) throws(StoreError) -> ReferencedProfile? {
        guard let state = try profile(name) else { return nil }
        return ReferencedProfile(name: name, state: state, isOwn: isOwn)
    }

    /// The name of a profile that a user's row lists.
    func listedName(ofStream stream: Position, _ user: String) throws(StoreError) -> ProfileName {
        guard let name = try profileName(ofStream: stream), name.user.hasSameBytes(as: user) else {
            throw Self.mismatch(UserProfiles.name, at: stream)
        }
        return name
    }

    /// The names of a user's profiles, over all spaces, in the order of their opening.
    func profileNames(of user: String) throws(StoreError) -> [ProfileName] {
        var names: [ProfileName] = []
        for stream in try profileStreams(of: user) { names.append(try listedName(ofStream: stream, user)) }
        return names
    }
}
