internal import ByteCoding

/// What a record says beyond its header, by kind; names are positions (docs/format.md, section 3).
///
/// Encoding and decoding are inverse and canonical: every body has exactly one encoding, and decoding refuses all else.
public enum RecordBody: Hashable, Sendable {
    case spaceDefined(SpaceDefinition)
    case imageRegistered(ImageRegistration)
    case profileOpened(space: Position, user: String, profile: String)
    case rank(winner: Position, loser: Position)
    case like(image: Position)
    case unlike(image: Position)
    case versionMinted(VersionMint)
    case versionRecalled(VersionRecall)
    case modelAssigned(model: String, isDefault: Bool)
    case settingsOpened(space: Position, user: String)
    case settingsChanged(SettingsChange)
    case codeLabeled(mint: Position, label: String)
    case codeRevoked(mint: Position)
    case codeRestored(mint: Position)
    case tasteReverted(mint: Position, resumesAt: Position?)
    case eventRetracted(Position)
    case versionImported(symbolCount: UInt8, version: [UInt8])

    /// The kind of record that carries this body.
    public var kind: RecordKind {
        switch self {
        case .spaceDefined: .spaceDefined
        case .imageRegistered: .imageRegistered
        case .profileOpened: .profileOpened
        case .rank: .rank
        case .like: .like
        case .unlike: .unlike
        case .versionMinted: .versionMinted
        case .versionRecalled: .versionRecalled
        case .modelAssigned: .modelAssigned
        case .settingsOpened: .settingsOpened
        case .settingsChanged: .settingsChanged
        case .codeLabeled: .codeLabeled
        case .codeRevoked: .codeRevoked
        case .codeRestored: .codeRestored
        case .tasteReverted: .tasteReverted
        case .eventRetracted: .eventRetracted
        case .versionImported: .versionImported
        }
    }
}

/// A preference space as its defining record pins it.
public struct SpaceDefinition: Hashable, Sendable {
    /// The space's name, such as `v6`.
    public var name: String
    /// How many effective comparisons `--p` needs.
    public var threshold: UInt32
    /// The catalogue mean, Q14 components; as many as the space has dimensions.
    public var mean: [Int16]
    /// The panel's embeddings one after the other, two a pair, Q14 components.
    public var panel: [Int16]

    /// Describes a space.
    public init(name: String, threshold: UInt32, mean: [Int16], panel: [Int16]) {
        self.name = name
        self.threshold = threshold
        self.mean = mean
        self.panel = panel
    }
}

/// An image as its registration pins it.
public struct ImageRegistration: Hashable, Sendable {
    /// The image's id, unique in its space.
    public var id: String
    /// The user who made it, whose own likes of it never count; nil when nobody is known.
    public var author: String?
    /// The canonical embedding, Q14 components.
    public var embedding: [Int16]

    /// Describes an image.
    public init(id: String, author: String?, embedding: [Int16]) {
        self.id = id
        self.author = author
        self.embedding = embedding
    }
}

/// A mint: a version of a profile got a code.
public struct VersionMint: Hashable, Sendable {
    /// The stream version up to which the version's fold has seen the stream.
    public var coversStreamVersion: UInt32
    /// How many base32 symbols of the hash the code shows; 12 unless shorter codes collided.
    public var symbolCount: UInt8
    /// The profile's mint or recall before this one.
    public var previousMint: Position?
    /// The version's canonical bytes.
    public var version: [UInt8]

    /// Describes a mint.
    public init(coversStreamVersion: UInt32, symbolCount: UInt8, previousMint: Position?, version: [UInt8]) {
        self.coversStreamVersion = coversStreamVersion
        self.symbolCount = symbolCount
        self.previousMint = previousMint
        self.version = version
    }
}

/// A recall: the profile folds to a version that it minted before.
public struct VersionRecall: Hashable, Sendable {
    /// The stream version up to which the fold has seen the stream.
    public var coversStreamVersion: UInt32
    /// The profile's mint or recall before this one.
    public var previousMint: Position
    /// The mint that holds the version's bytes.
    public var mint: Position

    /// Describes a recall.
    public init(coversStreamVersion: UInt32, previousMint: Position, mint: Position) {
        self.coversStreamVersion = coversStreamVersion
        self.previousMint = previousMint
        self.mint = mint
    }
}

/// A user's settings in a space, whole: a change replaces them all.
public struct SettingsChange: Hashable, Sendable {
    /// A minted version, and its weight in the blend, that stands in for the newest one.
    public struct PinnedVersion: Hashable, Sendable {
        /// The mint or import of the version.
        public var mint: Position
        /// Its weight, 1 to 1,000.
        public var weight: UInt16
        /// Pins a version.
        public init(mint: Position, weight: UInt16) {
            self.mint = mint
            self.weight = weight
        }
    }

    /// Whether a prompt without `--p` gets one.
    public var personalizesAlways: Bool
    /// The profile that `--p` means.
    public var profile: String
    /// The versions that `--p` means instead of the newest; empty for the newest.
    public var pinned: [PinnedVersion]

    /// Describes settings.
    public init(personalizesAlways: Bool, profile: String, pinned: [PinnedVersion]) {
        self.personalizesAlways = personalizesAlways
        self.profile = profile
        self.pinned = pinned
    }
}
