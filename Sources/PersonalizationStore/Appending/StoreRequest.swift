internal import ByteCoding
internal import EventLog
internal import TasteFold

/// A request and the time to record for it: nil for the writer's clock, a past one when a history is imported.
struct TimedRequest: Sendable {
    let request: StoreRequest
    let time: Timestamp?
}

/// What can be asked of the store's planner; each request is appended whole or not at all.
enum StoreRequest: Sendable {
    /// Taste events and images.
    case events(NamedEvents, AppendCondition?)
    /// A space, and the models that it serves.
    case space(SpaceDefinition, models: [String], defaultModel: String?)
    /// A version of a profile.
    case mint(Mint)
    /// Something about the owner's own codes and history.
    case owner(ProfileName, OwnerAction, EventID?)
    /// A user's settings in a space.
    case settings(user: String, space: String, SettingsChange, EventID?)
    /// A version that another store minted, and its label there.
    case importVersion(space: Position, hash: SHA256Digest, version: [UInt8], label: String)
    /// The label that the version imported at a position had in the store that minted it.
    case labelImport(Position, String)
    /// What an operator says of a version that another store minted: taken down, or put back.
    case takeDown(imported: Position, Bool)
    /// Something about a profile as a whole.
    case profile(ProfileRequest)
    /// A foreign code's meaning in a space.
    case alias(Alias)
    /// A house of a space.
    case houseMint(HouseMint)
    /// Which house a space's mints start from.
    case housePin(space: String, HousePin)
    /// A person to be erased, with what was found of the person.
    case erase(PersonRecords)
    /// When a person will be erased; nil for never.
    case scheduleErasure(user: String, due: Timestamp?)

    /// A version that was folded from a snapshot, to be minted if the profile is still as it was there.
    struct Mint: Sendable {
        /// The profile, for messages.
        let profile: ProfileName
        /// The profile's stream.
        let stream: Position
        /// The mint before, as the fold saw it.
        let previousMint: Position?
        /// The revision that the fold covers.
        let foldedThrough: UInt32
        /// The canonical bytes and their hash.
        let version: [UInt8]
        let hash: SHA256Digest
        /// How many symbols the code shows at least.
        var symbolCount: UInt8 = 12
    }

    /// A house that was made from a snapshot.
    struct HouseMint: Sendable {
        let space: String
        /// What it was made of.
        let origin: HouseOrigin
        /// The canonical bytes and their hash.
        let version: [UInt8]
        let hash: SHA256Digest
    }

    /// What an owner can say of codes and history.
    enum OwnerAction: Hashable, Sendable {
        case label(mint: Position, String)
        case revoke(mint: Position)
        case restore(mint: Position)
        case revert(mint: Position)
        case retract(Position)
        case reset
        /// Begins with what another profile's stream amounts to after this event of it.
        case adopt(from: Position)
    }

    /// Something about a profile as a whole.
    struct ProfileRequest: Sendable {
        let profile: ProfileName
        /// What the profile's reference spells: the planner does not know the store's secret.
        let reference: UInt64
        let action: ProfileAction
        let eventID: EventID?
    }

    /// What can be said of a profile as a whole.
    enum ProfileAction: Hashable, Sendable {
        /// Opens the profile, which must not be there; a board with images on it.
        case create(label: String, isBoard: Bool, images: [String])
        case label(String)
        case archive(Bool)
        case share(Bool)
        /// All of it, as an export has it; opens the profile when it is not there.
        case set(isBoard: Bool, isArchived: Bool, isShared: Bool, label: String)
        /// Puts images on a board.
        case put([String])
        /// Takes images off a board.
        case take([String])
    }

    /// Whether a commit may wait a moment for others like it: mints, which come after folds that take about as long as a
    /// commit.
    var waitsForFolds: Bool {
        if case .mint = self { true } else { false }
    }

    /// Whether the request is of taste events and images.
    var isOfEvents: Bool {
        if case .events = self { true } else { false }
    }

    /// About how many bytes the request adds to the log.
    var byteCost: Int {
        switch self {
        case .events(let events, _): events.byteCost
        case .space(let space, let models, _): 2 * (space.mean.count + space.panel.count) + 64 * (1 + models.count)
        case .mint(let mint): mint.version.count + 64
        case .profile(let change): change.byteCost
        case .settings(_, _, let change, _): 256 + 16 * change.pinned.count + 144 * change.profiles.count
        case .owner, .labelImport, .takeDown, .alias, .housePin, .scheduleErasure: 256
        case .erase(let found): 64 + 8 * (found.erasure.streams.count + found.erasure.records.count)
        case .importVersion(_, _, let version, _): version.count + 512
        case .houseMint(let mint): mint.version.count + 64
        }
    }
}

extension StoreRequest.ProfileRequest {
    fileprivate var byteCost: Int {
        switch action {
        case .create(_, _, let images), .put(let images), .take(let images): 1024 + 64 * images.count
        case .label, .archive, .share, .set: 1024
        }
    }
}
