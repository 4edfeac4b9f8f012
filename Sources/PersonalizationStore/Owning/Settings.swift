public import CodeRegistry

/// A user's settings in a space.
public struct Settings: Hashable, Sendable {
    /// Whether a prompt without `--p` gets one.
    public var personalizesAlways: Bool
    /// The profiles that `--p` means, with their weights, 1 to 255 of them: several are blended, each by its newest code.
    public var profiles: [WeightedProfile]
    /// Whether new codes start from the user's own choices only, whatever house the operator has pinned.
    public var refusesHouse: Bool
    /// Codes and weights that `--p` means instead of the profiles' newest versions; empty for the newest.
    public var pinned: [WeightedCode]

    /// The first of the profiles, the only one of most users. Setting it has `--p` mean this one alone.
    public var profile: String {
        get { profiles.first?.profile ?? ProfileName.defaultProfile }
        set { profiles = [WeightedProfile(profile: newValue)] }
    }

    /// What holds for a user who never changed anything.
    public static let standard = Settings(
        personalizesAlways: false, profile: ProfileName.defaultProfile, pinned: [])

    /// Describes settings.
    public init(
        personalizesAlways: Bool, refusesHouse: Bool = false, profiles: [WeightedProfile],
        pinned: [WeightedCode]
    ) {
        self.personalizesAlways = personalizesAlways
        self.refusesHouse = refusesHouse
        self.profiles = profiles
        self.pinned = pinned
    }

    /// Describes settings with one profile.
    public init(
        personalizesAlways: Bool, refusesHouse: Bool = false, profile: String, pinned: [WeightedCode]
    ) {
        self.init(
            personalizesAlways: personalizesAlways, refusesHouse: refusesHouse,
            profiles: [WeightedProfile(profile: profile)], pinned: pinned)
    }
}

/// A profile's name and its weight in a blend.
public struct WeightedProfile: Hashable, Sendable {
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
