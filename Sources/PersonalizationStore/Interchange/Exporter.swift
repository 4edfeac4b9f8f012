internal import CodeRegistry
internal import EventLog

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension StoredEvent {
    /// The event as one line of the interchange format, without a line feed (docs/interchange.md).
    public var interchangeJSON: String { interchangeLine.json() }

    private var interchangeLine: InterchangeLine {
        var line = InterchangeLine(kind: "")
        line.position = position.number
        line.recordedAt = recordedAt.rfc3339
        line.at = occurredAt.map { .milliseconds($0) }
        line.eventID = eventID?.description
        if let profile {
            line.user = profile.user
            line.space = profile.space
            line.profile = profile.profile
        }
        switch content {
        case .houseMinted(_, let version, let origin, let bytes):
            line.name(version, kind: "houseMinted")
            (line.user, line.profile) = (nil, nil)
            (line.asOf, line.contributors) = (origin.asOf.number, origin.contributorCount)
            line.bytes = Data(bytes).base64EncodedString()
        case .housePinned(_, let version, let threshold):
            (line.kind, line.user, line.profile) = ("housePinned", nil, nil)
            if let version { line.name(version, kind: "housePinned") }
            line.threshold = threshold.map(Int.init)
        case .spaceDefined, .imageRegistered, .modelAssigned, .versionImported, .settingsOpened, .settingsChanged,
            .aliased, .takenDown, .putBack:
            fillSpace(&line)
        case .erasureScheduled(let user, let due):
            (line.kind, line.user, line.due) = ("erasureScheduled", user, due.rfc3339)
        case .erasureCancelled(let user): (line.kind, line.user) = ("erasureCancelled", user)
        case .personErased: line.kind = "personErased"
        case .erased: line.kind = "erased"
        case .profileOpened: line.kind = "profile"
        case .profileChanged(_, let change):
            (line.kind, line.label) = ("profileChange", change.label)
            (line.board, line.archived, line.shared) = (change.isBoard, change.isArchived, change.isShared)
            line.reference = ProfileReference(bits: change.reference).description
        case .rank(_, let winner, let loser): (line.kind, line.winner, line.loser) = ("rank", winner, loser)
        case .like(_, let image): (line.kind, line.image) = ("like", image)
        case .unlike(_, let image): (line.kind, line.image) = ("unlike", image)
        case .pick(_, let chosen, let shown): (line.kind, line.chosen, line.shown) = ("pick", chosen, shown)
        case .skip(_, let shown): (line.kind, line.shown) = ("skip", shown)
        case .reset: line.kind = "reset"
        case .adopted(_, let source, let event):
            (line.kind, line.event) = ("adopt", event.number)
            (line.fromSpace, line.fromProfile) = (source.space, source.profile)
        case .minted(_, let version, let covers):
            line.name(version, kind: "minted")
            line.foldedThrough = covers
        case .recalled(_, let version, let covers):
            line.name(version, kind: "recalled")
            line.foldedThrough = covers
        case .labeled(_, let version, let label):
            line.name(version, kind: "label")
            line.label = label
        case .importLabeled(let space, let version, let label):
            line.name(version, kind: "importedLabel")
            (line.space, line.label) = (space, label)
        case .revoked(_, let version): line.name(version, kind: "revoke")
        case .restored(_, let version): line.name(version, kind: "restore")
        case .reverted(_, let version): line.name(version, kind: "revert")
        case .retracted(_, let event): (line.kind, line.event) = ("retract", event.number)
        }
        return line
    }

    private func fillSpace(_ line: inout InterchangeLine) {
        switch content {
        case .spaceDefined(let space):
            line.kind = "space"
            line.name = space.name
            line.threshold = Int(space.threshold)
            line.meanQ14 = space.mean
            line.panelQ14 = space.panel
        case .imageRegistered(let space, let image):
            line.kind = "image"
            line.space = space
            line.id = image.id
            line.author = image.author
            line.embeddingQ14 = image.embedding
        case .modelAssigned(let space, let model, let isDefault):
            (line.kind, line.space, line.model, line.isDefault) = ("model", space, model, isDefault)
        case .versionImported(let space, let version, let bytes):
            line.name(version, kind: "importedVersion")
            line.space = space
            line.bytes = Data(bytes).base64EncodedString()
        case .aliased(let space, let alias, let version):
            (line.kind, line.space, line.alias) = ("unalias", space, alias)
            if let version { line.name(version, kind: "alias") }
        case .takenDown(let space, let version):
            line.name(version, kind: "takeDown")
            line.space = space
        case .putBack(let space, let version):
            line.name(version, kind: "putBack")
            line.space = space
        case .settingsOpened(let space, let user):
            (line.kind, line.space, line.user) = ("settingsOpened", space, user)
        case .settingsChanged(let space, let user, let settings):
            (line.kind, line.space, line.user) = ("settings", space, user)
            if settings.profiles.count == 1 {
                line.profile = settings.profiles[0].profile
            } else {
                line.profiles = settings.profiles.map { .init(profile: $0.profile, weight: $0.weight) }
            }
            line.always = settings.personalizesAlways
            line.ownChoicesOnly = settings.refusesHouse ? true : nil
            line.pinned = settings.pinned.map { .init(code: $0.code.description, weight: $0.weight) }
        default: break
        }
    }
}

extension InterchangeLine {
    fileprivate mutating func name(_ version: VersionName, kind: String) {
        self.kind = kind
        code = version.code.description
        hash = version.hash.description
    }
}
