extension Settings: Encodable {
    private enum Field: String, CodingKey {
        case always, ownChoicesOnly, profiles, pinned
    }

    /// Encodes what `storectl settings --json` prints (docs/storectl-json.md).
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(personalizesAlways, forKey: .always)
        try object.encode(refusesHouse, forKey: .ownChoicesOnly)
        try object.encode(profiles, forKey: .profiles)
        try object.encode(pinned, forKey: .pinned)
    }
}

extension WeightedProfile: Encodable {
    private enum Field: String, CodingKey {
        case profile, weight
    }

    /// Encodes the profile's name and its weight.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(profile, forKey: .profile)
        try object.encode(weight, forKey: .weight)
    }
}
