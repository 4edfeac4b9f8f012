internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import Projections

/// Gives records their names back: positions become users, spaces, image ids and codes.
///
/// Remembers what it looked up, since the same names come again and again; names never change, so it may be used over
/// many snapshots. Bounded: a full memory is emptied.
struct EventNamer {
    private var profiles: [Position: ProfileName] = [:]
    private var imageIDs: [Position: String] = [:]
    private var versions: [Position: VersionName] = [:]
    private let capacity = 1 << 16

    /// The event that a record holds.
    mutating func event(_ record: borrowing RecordView, in view: borrowing StoreView) throws(StoreError)
        -> StoredEvent
    {
        let header = record.header
        return StoredEvent(
            position: record.position, recordedAt: header.recordedAt, revision: header.revision,
            occurredAt: header.occurredAt, eventID: header.eventID, content: try content(of: record, in: view))
    }

    private mutating func content(
        of record: borrowing RecordView, in view: borrowing StoreView
    ) throws(StoreError) -> StoredEvent.Content {
        let stream = record.header.stream
        switch try view.body(of: record) {
        case .spaceDefined(let space): return .spaceDefined(space)
        case .imageRegistered(let image): return .imageRegistered(space: try spaceName(stream, view), image)
        case .profileOpened: return .profileOpened(try profile(stream, view))
        case .rank(let winner, let loser):
            return .rank(try profile(stream, view), winner: try image(winner, view), loser: try image(loser, view))
        case .like(let image): return .like(try profile(stream, view), image: try self.image(image, view))
        case .unlike(let image): return .unlike(try profile(stream, view), image: try self.image(image, view))
        case .versionMinted(let mint):
            if let house = mint.house {
                return .houseMinted(
                    space: try profile(stream, view).space, try version(record.position, view), house,
                    bytes: mint.version)
            }
            return .minted(
                try profile(stream, view), try version(record.position, view),
                foldedThrough: mint.foldedThrough)
        case .versionRecalled(let recall):
            return .recalled(
                try profile(stream, view), try version(recall.mint, view),
                foldedThrough: recall.foldedThrough)
        case .modelAssigned(let model, let isDefault):
            return .modelAssigned(space: try spaceName(stream, view), model: model, isDefault: isDefault)
        case .settingsOpened(let space, let user):
            return .settingsOpened(space: try spaceName(space, view), user: user)
        case .settingsChanged(let change): return try settings(change, stream, view)
        case .codeLabeled(let mint, let label):
            if let space = try importingSpace(of: mint, stream, view) {
                return .importLabeled(space: space, try version(mint, view), label: label)
            }
            return .labeled(try profile(stream, view), try version(mint, view), label: label)
        case .codeRevoked(let mint):
            // What an operator said of an import that was erased says nothing any more.
            guard let version = try livingVersion(mint, view) else { return .erased }
            if let space = try importingSpace(of: mint, stream, view) { return .takenDown(space: space, version) }
            return .revoked(try profile(stream, view), version)
        case .codeRestored(let mint):
            guard let version = try livingVersion(mint, view) else { return .erased }
            if let space = try importingSpace(of: mint, stream, view) { return .putBack(space: space, version) }
            return .restored(try profile(stream, view), version)
        case .tasteReverted(let mint, _): return .reverted(try profile(stream, view), try version(mint, view))
        case .eventRetracted(let event): return .retracted(try profile(stream, view), event)
        case .pick(let slate):
            return .pick(
                try profile(stream, view), chosen: try images(slate.images(chosen: true), view),
                shown: try images(slate.shown, view))
        case .skip(let shown): return .skip(try profile(stream, view), shown: try images(shown, view))
        case .foldAdopted(let event):
            let source = try view.record(at: event).header.stream
            return .adopted(try profile(stream, view), from: try profile(source, view), event: event)
        case .housePinned(let pin):
            return .housePinned(
                space: try profile(stream, view).space,
                try pin.mint.map { (mint) throws(StoreError) in try version(mint, view) }, threshold: pin.threshold)
        case .tasteReset: return .reset(try profile(stream, view))
        case .profileChanged(let change): return .profileChanged(try profile(stream, view), change)
        case .versionImported(_, let bytes):
            return .versionImported(
                space: try spaceName(stream, view), try version(record.position, view), bytes: bytes)
        case .codeAliased(let alias, let mint):
            var version: VersionName?
            if let mint { version = try livingVersion(mint, view) }
            return .aliased(space: try spaceName(stream, view), alias: alias, version)
        case .erasureScheduled(let user, let due): return .erasureScheduled(user: user, due: due)
        case .erasureCancelled(let user): return .erasureCancelled(user: user)
        case .personErased(let erasure):
            return .personErased(streamCount: erasure.streams.count, recordCount: erasure.records.count)
        case .erased: return .erased
        }
    }

    /// The space whose stream holds both an import and what an operator says of it; nil when an owner speaks.
    private func importingSpace(
        of mint: Position, _ stream: Position, _ view: borrowing StoreView
    ) throws(StoreError) -> String? {
        let header = try view.record(at: mint).header
        return header.kind == .versionImported && header.stream == stream ? try spaceName(stream, view) : nil
    }

    private mutating func settings(
        _ change: SettingsChange, _ stream: Position, _ view: borrowing StoreView
    ) throws(StoreError) -> StoredEvent.Content {
        let opening = try view.record(at: stream)
        guard case .settingsOpened(let space, let user) = try view.body(of: opening) else {
            throw .record(.unexpectedKind(stream, opening.header.kind))
        }
        return .settingsChanged(
            space: try spaceName(space, view), user: user, try settings(change, view))
    }

    /// Settings with codes instead of positions.
    mutating func settings(_ change: SettingsChange, _ view: borrowing StoreView) throws(StoreError) -> Settings {
        var pinned: [WeightedCode] = []
        for version in change.pinned {
            // What was erased has no name any more.
            guard let name = try livingVersion(version.mint, view) else { continue }
            pinned.append(WeightedCode(name.code, weight: Int(version.weight)))
        }
        return Settings(
            personalizesAlways: change.personalizesAlways, refusesHouse: change.refusesHouse,
            profiles: change.profiles.map { WeightedProfile(profile: $0.profile, weight: Int($0.weight)) },
            pinned: pinned)
    }

    private func spaceName(_ position: Position, _ view: borrowing StoreView) throws(StoreError) -> String {
        try view.space(at: position).name
    }

    private mutating func profile(
        _ stream: Position, _ view: borrowing StoreView
    ) throws(StoreError) -> ProfileName {
        if let name = profiles[stream] { return name }
        guard let name = try view.profileName(ofStream: stream) else {
            throw .record(.outOfOrder(stream, "is no profile's opening"))
        }
        if profiles.count >= capacity { profiles.removeAll() }
        profiles[stream] = name
        return name
    }

    private mutating func images(
        _ positions: [Position], _ view: borrowing StoreView
    ) throws(StoreError) -> [String] {
        var ids: [String] = []
        for position in positions { ids.append(try image(position, view)) }
        return ids
    }

    private mutating func image(_ position: Position, _ view: borrowing StoreView) throws(StoreError) -> String {
        if let id = imageIDs[position] { return id }
        let record = try view.record(at: position)
        let id: String
        do throws(RecordError) { id = try record.imageID() } catch { throw .record(error) }
        if imageIDs.count >= capacity { imageIDs.removeAll() }
        imageIDs[position] = id
        return id
    }

    /// The names of a version; nil when it was erased with the person whose it was.
    private mutating func livingVersion(
        _ mint: Position, _ view: borrowing StoreView
    ) throws(StoreError) -> VersionName? {
        try view.record(at: mint).isErased ? nil : try version(mint, view)
    }

    private mutating func version(
        _ mint: Position, _ view: borrowing StoreView
    ) throws(StoreError) -> VersionName {
        if let name = versions[mint] { return name }
        let record = try view.record(at: mint)
        do throws(RecordError) {
            let hash = SHA256Digest(hashing: try record.versionBytes())
            guard let symbolCount = record.mintLinks?.symbolCount else {
                throw RecordError.notCanonical(mint, "no symbol count")
            }
            let name = VersionName(code: Code(digest: hash, symbolCount: Int(symbolCount)), hash: hash)
            if versions.count >= capacity { versions.removeAll() }
            versions[mint] = name
            return name
        } catch {
            throw .record(error)
        }
    }
}
