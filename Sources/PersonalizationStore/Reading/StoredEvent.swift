public import ByteCoding
public import CodeRegistry
public import EventLog

/// An event as the log has it, with names instead of positions.
public struct StoredEvent: Hashable, Sendable {
    /// Its place in the log.
    public let position: Position
    /// When it was recorded.
    public let recordedAt: Timestamp
    /// Its place in its stream.
    public let revision: UInt32
    /// When the user did it, in milliseconds since 1970, when the caller said so.
    public let occurredAt: Int64?
    /// The caller's own name for it.
    public let eventID: EventID?
    /// What happened.
    public let content: Content

    /// What happened.
    public enum Content: Hashable, Sendable {
        /// A space was defined.
        case spaceDefined(SpaceDefinition)
        /// An image entered a space's catalogue.
        case imageRegistered(space: String, ImageRegistration)
        /// A profile's stream was opened.
        case profileOpened(ProfileName)
        /// One image was chosen over another.
        case rank(ProfileName, winner: String, loser: String)
        /// An image was liked.
        case like(ProfileName, image: String)
        /// A like was taken back.
        case unlike(ProfileName, image: String)
        /// One or more of several images were chosen; all in the order of showing.
        case pick(ProfileName, chosen: [String], shown: [String])
        /// None of several images was chosen.
        case skip(ProfileName, shown: [String])
        /// A version was minted.
        case minted(ProfileName, VersionName, foldedThrough: UInt32)
        /// The profile came back to a version.
        case recalled(ProfileName, VersionName, foldedThrough: UInt32)
        /// A house of a space was minted; the bytes are those of its version, which cannot be made again once one of its
        /// contributors was erased.
        case houseMinted(space: String, VersionName, HouseOrigin, bytes: [UInt8])
        /// A house was pinned for a space; nil when none is any more.
        case housePinned(space: String, VersionName?, threshold: UInt32?)
        /// A model was assigned to a space.
        case modelAssigned(space: String, model: String, isDefault: Bool)
        /// A user's settings were opened.
        case settingsOpened(space: String, user: String)
        /// A user's settings changed.
        case settingsChanged(space: String, user: String, Settings)
        /// A code got a label; an empty one takes it away.
        case labeled(ProfileName, VersionName, label: String)
        /// An imported version got the label of its bundle.
        case importLabeled(space: String, VersionName, label: String)
        /// A code was revoked.
        case revoked(ProfileName, VersionName)
        /// A code was restored.
        case restored(ProfileName, VersionName)
        /// An operator took an imported version down.
        case takenDown(space: String, VersionName)
        /// An operator made an imported version usable again.
        case putBack(space: String, VersionName)
        /// The taste went back to a version's.
        case reverted(ProfileName, VersionName)
        /// An event was taken back.
        case retracted(ProfileName, Position)
        /// The profile begins with what another one amounted to after one of its events.
        case adopted(ProfileName, from: ProfileName, event: Position)
        /// Something was said of a profile as a whole: its label, whether it is a board, archived, or shared.
        case profileChanged(ProfileName, ProfileChange)
        /// The taste started over.
        case reset(ProfileName)
        /// A version was imported.
        case versionImported(space: String, VersionName, bytes: [UInt8])
        /// Another service's code got a meaning in a space; nil takes it away.
        case aliased(space: String, alias: String, VersionName?)
        /// A person is to be erased at a time.
        case erasureScheduled(user: String, due: Timestamp)
        /// A person is not to be erased after all.
        case erasureCancelled(user: String)
        /// A person was erased: so many streams, and parts of so many records of other streams.
        case personErased(streamCount: Int, recordCount: Int)
        /// What the record said was erased with the person to whom it belonged.
        case erased
    }

    /// The profile whose stream the event is in, if it is a profile's.
    public var profile: ProfileName? {
        switch content {
        case .houseMinted(let space, _, _, _), .housePinned(let space, _, _): ProfileName.house(of: space)
        case .profileOpened(let profile), .rank(let profile, _, _), .like(let profile, _), .unlike(let profile, _),
            .minted(let profile, _, _), .recalled(let profile, _, _), .labeled(let profile, _, _),
            .revoked(let profile, _), .restored(let profile, _), .reverted(let profile, _),
            .retracted(let profile, _), .pick(let profile, _, _), .skip(let profile, _), .reset(let profile),
            .adopted(let profile, _, _), .profileChanged(let profile, _):
            profile
        default: nil
        }
    }
}

/// A version's two names.
public struct VersionName: Hashable, Sendable {
    /// The code.
    public let code: Code
    /// The hash of the canonical bytes.
    public let hash: SHA256Digest

    /// Names a version.
    public init(code: Code, hash: SHA256Digest) {
        self.code = code
        self.hash = hash
    }
}
