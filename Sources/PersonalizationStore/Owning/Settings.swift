/// A user's settings in a space.
public struct Settings: Hashable, Sendable {
    /// Whether a prompt without `--p` gets one.
    public var personalizesAlways: Bool
    /// The profiles that `--p` means, with their weights, 1 to 255 of them: several are blended, each by its newest code.
    public var profiles: [WeightedProfileName]
    /// Whether new codes start from the user's own choices only, whatever house the operator has pinned.
    public var refusesHouse: Bool
    /// Codes and weights that `--p` means instead of the profiles' newest versions; empty for the newest.
    public var pinned: [WeightedCodeName]

    /// The first of the profiles, the only one of most users. Setting it has `--p` mean this one alone.
    public var profile: String {
        get { profiles.first?.profile ?? ProfileName.defaultProfile }
        set { profiles = [WeightedProfileName(profile: newValue)] }
    }

    /// What holds for a user who never changed anything.
    public static let standard = Settings(
        personalizesAlways: false, profile: ProfileName.defaultProfile, pinned: [])

    /// Describes settings.
    public init(
        personalizesAlways: Bool, refusesHouse: Bool = false, profiles: [WeightedProfileName],
        pinned: [WeightedCodeName]
    ) {
        self.personalizesAlways = personalizesAlways
        self.refusesHouse = refusesHouse
        self.profiles = profiles
        self.pinned = pinned
    }

    /// Describes settings with one profile.
    public init(
        personalizesAlways: Bool, refusesHouse: Bool = false, profile: String, pinned: [WeightedCodeName]
    ) {
        self.init(
            personalizesAlways: personalizesAlways, refusesHouse: refusesHouse,
            profiles: [WeightedProfileName(profile: profile)], pinned: pinned)
    }
}

/// A code and its weight in a blend.
public struct WeightedCodeName: Hashable, Sendable {
    /// The code.
    public var code: String
    /// The weight, 1 to 1,000.
    public var weight: Int

    /// Weighs a code.
    public init(code: String, weight: Int = 1) {
        self.code = code
        self.weight = weight
    }
}

/// A profile's name and its weight in a blend.
public struct WeightedProfileName: Hashable, Sendable {
    /// The name.
    public var profile: String
    /// The weight, 1 to 1,000.
    public var weight: Int

    /// Weighs a profile.
    public init(profile: String, weight: Int = 1) {
        self.profile = profile
        self.weight = weight
    }
}
