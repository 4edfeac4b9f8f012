internal import ByteCoding

/// A user's settings in a space, whole: a change replaces them all.
package struct SettingsChange: Hashable, Sendable {
    /// A minted version, and its weight in the blend, that stands in for the newest one.
    package struct PinnedVersion: Hashable, Sendable {
        /// The mint or import of the version.
        package var mint: Position
        /// Its weight, 1 to 1,000.
        package var weight: UInt16
        /// Pins a version.
        package init(mint: Position, weight: UInt16) {
            self.mint = mint
            self.weight = weight
        }
    }

    /// A profile, and its weight in the blend of several.
    package struct WeightedProfile: Hashable, Sendable {
        /// The profile's name.
        package var profile: String
        /// Its weight, 1 to 1,000.
        package var weight: UInt16
        /// Weighs a profile.
        package init(profile: String, weight: UInt16 = 1) {
            self.profile = profile
            self.weight = weight
        }
    }

    /// Whether a prompt without `--p` gets one.
    package var personalizesAlways: Bool
    /// Whether new mints start from the user's own choices only, whatever house is pinned.
    package var refusesHouse: Bool
    /// The profiles that `--p` means, 1 to 255 of them.
    package var profiles: [WeightedProfile]
    /// The versions that `--p` means instead of the newest; empty for the newest.
    package var pinned: [PinnedVersion]

    /// Describes settings.
    package init(
        personalizesAlways: Bool, refusesHouse: Bool = false, profiles: [WeightedProfile], pinned: [PinnedVersion]
    ) {
        self.personalizesAlways = personalizesAlways
        self.refusesHouse = refusesHouse
        self.profiles = profiles
        self.pinned = pinned
    }

    /// Describes settings with one profile.
    package init(personalizesAlways: Bool, refusesHouse: Bool = false, profile: String, pinned: [PinnedVersion]) {
        self.init(
            personalizesAlways: personalizesAlways, refusesHouse: refusesHouse,
            profiles: [WeightedProfile(profile: profile)], pinned: pinned)
    }

    /// Whether the settings name one profile, whose weight then says nothing and is 1.
    var hasOneProfile: Bool { profiles.count == 1 && profiles[0].weight == 1 }
}

extension SettingsChange {
    /// The bits of the flags byte.
    enum Flag {
        static let always: UInt8 = 1
        static let noHouse: UInt8 = 2
        /// A list of profiles follows the pinned versions, where otherwise the name of one does.
        static let profiles: UInt8 = 4
        static let known: UInt8 = 7
    }

    /// Appends the body of a `settings changed`.
    func encode(to writer: inout ByteWriter) {
        var flags: UInt8 = personalizesAlways ? Flag.always : 0
        if refusesHouse { flags |= Flag.noHouse }
        if !hasOneProfile { flags |= Flag.profiles }
        writer.write(flags)
        writer.write(UInt8(pinned.count))
        for version in pinned {
            writer.writeVarint(version.mint.number)
            writer.writeVarint(UInt64(version.weight))
        }
        if !hasOneProfile { writer.write(UInt8(profiles.count)) }
        for entry in profiles {
            if !hasOneProfile { writer.writeVarint(UInt64(entry.weight)) }
            writer.writeText(entry.profile)
        }
    }
}
