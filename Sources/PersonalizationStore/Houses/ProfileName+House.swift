extension ProfileName {
    /// The reserved profile that the houses of a space are versions of. Its user has the empty name, which nobody can
    /// have.
    public static func house(of space: String) -> ProfileName {
        ProfileName(user: "", space: space, profile: houseProfile)
    }

    /// Whether this is the reserved profile of a space's houses.
    public var isHouse: Bool { user.isEmpty && profile.hasSameBytes(as: Self.houseProfile) }

    private static let houseProfile = "house"
}
