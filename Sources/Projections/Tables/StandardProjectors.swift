extension Projector {
    /// Every derived table of a store, in the order in which they are flushed.
    package static let standard: [Projector] = [
        Projector(Heads.self), Projector(Spaces.self), Projector(Models.self), Projector(Images.self),
        Projector(Profiles.self), Projector(SettingsStreams.self), Projector(EventIDs.self),
        Projector(Versions.self), Projector(CodeStatuses.self), Projector(Aliases.self),
        Projector.tree,
        Projector(Erasures.self), Projector(ErasureSchedules.self),
        Projector(UserProfiles.self), Projector(References.self),
    ]
}
