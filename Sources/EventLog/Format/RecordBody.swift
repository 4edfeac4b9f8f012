internal import ByteCoding

/// What a record says beyond its header, by kind; names are positions (docs/format.md, section 3).
///
/// Encoding and decoding are inverse and canonical: every body has exactly one encoding, and decoding refuses all else.
package enum RecordBody: Hashable, Sendable {
    /// A space: its name, mean, panel and threshold.
    case spaceDefined(SpaceDefinition)
    /// An image of the space in whose stream the record is.
    case imageRegistered(ImageRegistration)
    /// The first event of a profile, by the position of its space.
    case profileOpened(space: Position, user: String, profile: String)
    /// The positions of the chosen image and of the other one.
    case rank(winner: Position, loser: Position)
    /// The position of the liked image.
    case like(image: Position)
    /// The position of the image that is no longer liked.
    case unlike(image: Position)
    /// A new version and what it covers.
    case versionMinted(VersionMint)
    /// The mint of an older version that the profile has come back to, and what the recall covers.
    case versionRecalled(VersionRecall)
    /// A model that the space serves from here on, and whether prompts that name none mean it.
    case modelAssigned(model: String, isDefault: Bool)
    /// The first event of a user's settings in a space.
    case settingsOpened(space: Position, user: String)
    /// All settings as they are from here on.
    case settingsChanged(SettingsChange)
    /// The owner's name for a version, by its mint; empty to take it away.
    case codeLabeled(mint: Position, label: String)
    /// The mint of a version that may no longer be used.
    case codeRevoked(mint: Position)
    /// The mint of a version that may be used again.
    case codeRestored(mint: Position)
    /// The mint of the version that the profile goes on from, and the event where its fold resumes.
    case tasteReverted(mint: Position, resumesAt: Position?)
    /// The position of an event that no longer counts.
    case eventRetracted(Position)
    /// A version of another store: how many symbols its code shows, and its canonical bytes.
    case versionImported(symbolCount: UInt8, version: [UInt8])
    /// A code of another service, in lower case, and the mint of the version that it means; nil when it means none any
    /// more.
    case codeAliased(alias: String, mint: Position?)
    /// The images shown and those of them that were chosen.
    case pick(Slate)
    /// The positions of the images shown, none of which was chosen.
    case skip(shown: [Position])
    /// What new mints of the space start from, from here on.
    case housePinned(HousePin)
    /// Nothing: what came before counts no more.
    case tasteReset
    /// The last event, then, of the profile that this one begins with.
    case foldAdopted(from: Position)
    /// All that is said of a profile as a whole, as it is from here on.
    case profileChanged(ProfileChange)
    /// Who was erased, and which records.
    case personErased(PersonErasure)
    /// Who will be erased, and when.
    case erasureScheduled(user: String, due: Timestamp)
    /// Who will not be erased after all.
    case erasureCancelled(user: String)
    /// What was said is gone.
    case erased

    /// The kind of record that carries this body.
    package var kind: RecordKind {
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
        case .codeAliased: .codeAliased
        case .pick: .pick
        case .skip: .skip
        case .housePinned: .housePinned
        case .tasteReset: .tasteReset
        case .foldAdopted: .foldAdopted
        case .profileChanged: .profileChanged
        case .personErased: .personErased
        case .erasureScheduled: .erasureScheduled
        case .erasureCancelled: .erasureCancelled
        case .erased: .erased
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
    package init(name: String, threshold: UInt32, mean: [Int16], panel: [Int16]) {
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
    package init(id: String, author: String?, embedding: [Int16]) {
        self.id = id
        self.author = author
        self.embedding = embedding
    }
}

/// A mint: a version of a profile got a code.
package struct VersionMint: Hashable, Sendable {
    /// The revision up to which the version's fold has seen the stream.
    package var foldedThrough: UInt32
    /// How many base32 symbols of the hash the code shows; 12 unless shorter codes collided.
    package var symbolCount: UInt8
    /// The profile's mint or recall before this one.
    package var previousMint: Position?
    /// What a house was made of; nil in the mints of people.
    package var house: HouseOrigin?
    /// The version's canonical bytes.
    package var version: [UInt8]

    /// Describes a mint.
    package init(
        foldedThrough: UInt32, symbolCount: UInt8, previousMint: Position?, house: HouseOrigin? = nil,
        version: [UInt8]
    ) {
        self.house = house
        self.foldedThrough = foldedThrough
        self.symbolCount = symbolCount
        self.previousMint = previousMint
        self.version = version
    }
}

/// A recall: the profile folds to a version that it minted before.
package struct VersionRecall: Hashable, Sendable {
    /// The revision up to which the fold has seen the stream.
    package var foldedThrough: UInt32
    /// The profile's mint or recall before this one.
    package var previousMint: Position
    /// The mint that holds the version's bytes.
    package var mint: Position

    /// Describes a recall.
    package init(foldedThrough: UInt32, previousMint: Position, mint: Position) {
        self.foldedThrough = foldedThrough
        self.previousMint = previousMint
        self.mint = mint
    }
}
