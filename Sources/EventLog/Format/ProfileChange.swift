internal import ByteCoding

/// What is said of a profile as a whole, besides its taste: a change replaces all of it.
///
/// A profile of which nothing was ever said is none of these, and has no label.
public struct ProfileChange: Hashable, Sendable {
    /// Whether the profile is a board: made of images alone, which likes put on it. Said once, when it is opened.
    public var isBoard: Bool
    /// Whether the profile is put away: it takes no events, and its codes go on working.
    public var isArchived: Bool
    /// Whether the profile's reference works for others than its owner.
    public var isShared: Bool
    /// The first 60 bits of the hash that the profile's reference spells (docs/format-codes.md).
    package var reference: UInt64
    /// What the owner calls the profile, 0 to 255 UTF-8 bytes; empty for nothing.
    public var label: String

    /// Describes a profile.
    package init(
        isBoard: Bool = false, isArchived: Bool = false, isShared: Bool = false, reference: UInt64, label: String = ""
    ) {
        self.isBoard = isBoard
        self.isArchived = isArchived
        self.isShared = isShared
        self.reference = reference
        self.label = label
    }

    /// The bits of the flags byte.
    enum Flag {
        static let board: UInt8 = 1
        static let archived: UInt8 = 2
        static let shared: UInt8 = 4
        static let known: UInt8 = 7
    }

    /// References are numbers below this.
    static let referenceLimit: UInt64 = 1 << 60

    /// Appends the body of a `profile changed`.
    func encode(to writer: inout ByteWriter) {
        var flags: UInt8 = isBoard ? Flag.board : 0
        if isArchived { flags |= Flag.archived }
        if isShared { flags |= Flag.shared }
        writer.write(flags)
        writer.write(reference)
        writer.writeText(label)
    }
}
