extension UserReport: Encodable {
    private enum Field: String, CodingKey {
        case user, profiles, settings, sharedReferences
    }

    /// Encodes what `storectl info --json` prints (docs/storectl-json.md).
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(user, forKey: .user)
        try object.encode(profiles, forKey: .profiles)
        try object.encode(settings, forKey: .settings)
        try object.encode(sharedReferences, forKey: .sharedReferences)
    }
}

extension UserReport.SpaceSettings: Encodable {
    private enum Field: String, CodingKey {
        case space, settings
    }

    /// Encodes the space's name and the settings.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(space, forKey: .space)
        try object.encode(settings, forKey: .settings)
    }
}

extension ProfileReport: Encodable {
    private enum Field: String, CodingKey {
        case profile, counts, progress, codes
    }

    /// Encodes the profile as a list shows it, its counts, its codes, and how far it is; no `progress` when it cannot be
    /// folded.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(summary, forKey: .profile)
        try object.encode(counts, forKey: .counts)
        try object.encodeIfPresent(progress, forKey: .progress)
        try object.encode(codes, forKey: .codes)
    }
}

extension ProfileReport.EventCounts: Encodable {
    private enum Field: String, CodingKey {
        case rankings, likes, unlikes, picks, skips
    }

    /// Encodes the counts by kind.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(rankings, forKey: .rankings)
        try object.encode(likes, forKey: .likes)
        try object.encode(unlikes, forKey: .unlikes)
        try object.encode(picks, forKey: .picks)
        try object.encode(skips, forKey: .skips)
    }
}
