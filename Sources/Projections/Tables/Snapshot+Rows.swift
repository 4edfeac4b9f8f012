package import EventLog

/// The look-ups of a resolution, each compiled for its table: through the generic one they would cost twice as much.
extension Snapshot {
    /// The opening event of a profile's stream.
    package func profile(user: String, profile: String, space: Position) throws(StorageError) -> Position? {
        try row(Profiles.self, ScopedName(space: space, user, profile))
    }

    /// Where a stream stands.
    package func streamHead(of stream: Position) throws(StorageError) -> StreamHead? {
        try row(Heads.self, stream)
    }

    /// The stream of a user's settings.
    package func settingsStream(user: String, space: Position) throws(StorageError) -> Position? {
        try row(SettingsStreams.self, ScopedName(space: space, user))
    }

    /// The assignment of a model, or of the default one.
    package func modelAssignment(_ key: ScopedName) throws(StorageError) -> Position? {
        try row(Models.self, key)
    }

    /// What an owner says of a version.
    package func codeStatus(of mint: Position) throws(StorageError) -> CodeStatus? {
        try row(CodeStatuses.self, mint)
    }

    /// The event that gave a foreign code its meaning in a space, or took it away.
    package func alias(_ code: String, space: Position) throws(StorageError) -> Position? {
        try row(Aliases.self, ScopedName(space: space, code))
    }

    /// The opening events of a user's profiles, over all spaces, in their order.
    package func profiles(of user: String) throws(StorageError) -> [Position] {
        try row(UserProfiles.self, ScopedName(space: nil, user))?.positions ?? []
    }

    /// The stream of the profile that is shared under a reference.
    package func sharedProfile(_ reference: HashPrefix) throws(StorageError) -> Position? {
        try row(References.self, reference)?.shared
    }

    /// The versions whose hashes begin with 60 bits.
    package func versions(_ prefix: HashPrefix) throws(StorageError) -> VersionLocations? {
        try row(Versions.self, prefix)
    }
}
