internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import LMDB
internal import Projections
internal import Synchronization
internal import TasteFold

/// The store's names and versions as of one snapshot. Valid inside the closure that it was lent to.
struct StoreView: ~Copyable {
    let snapshot: Snapshot
    let store: Store

    /// A profile's stream and where it stands.
    struct ProfileState {
        let space: Space
        let stream: Position
        let head: StreamHead
    }

    var log: LogTable { snapshot.log }

    // MARK: Names

    func space(named name: String) throws(StoreError) -> Space? {
        guard let position = try row(Spaces.self, ScopedName(space: nil, name)) else { return nil }
        let space = try space(at: position)
        guard space.name.hasSameBytes(as: name) else { throw Self.mismatch(Spaces.name, at: position) }
        return space
    }

    /// The space of a name that must exist.
    func existingSpace(_ name: String) throws(StoreError) -> Space {
        let found = try space(named: name)
        guard let found else { throw .fault(.unknownSpace(name)) }
        return found
    }

    func space(at position: Position) throws(StoreError) -> Space {
        do { return try store.spaceCache.space(at: position, log: log, in: snapshot.transaction) } catch {
            throw .storage(error)
        }
    }

    /// The space that serves a model, or nil when the model has no personalization.
    func space(ofModel model: String) throws(StoreError) -> Space? {
        try assignment(ScopedName(space: nil, model))?.space
    }

    /// The store's default model and its space, or nil when none was set.
    func defaultModel() throws(StoreError) -> (model: String, space: Space)? {
        try assignment(Models.defaultKey)
    }

    private func assignment(_ key: ScopedName) throws(StoreError) -> (model: String, space: Space)? {
        guard let position = try StoreError.wrap({ () throws(StorageError) in try snapshot.modelAssignment(key) })
        else { return nil }
        let assignment = try assignment(at: position)
        guard key == Models.defaultKey ? assignment.isDefault : key == ScopedName(space: nil, assignment.model) else {
            throw Self.mismatch(Models.name, at: position)
        }
        return (assignment.model, assignment.space)
    }

    private func assignment(at position: Position) throws(StoreError) -> AssignmentCache.Assignment {
        if let known = store.assignments[position] { return known }
        let record = try record(at: position, namedBy: Models.name)
        guard case .modelAssigned(let model, let isDefault) = try body(of: record) else {
            throw Self.mismatch(Models.name, at: position)
        }
        let assignment = AssignmentCache.Assignment(
            model: model, space: try space(at: record.header.stream), isDefault: isDefault)
        store.assignments.keep(assignment, at: position)
        return assignment
    }

    func image(_ id: String, in space: Space) throws(StoreError) -> Position? {
        do { return try imagePosition(id, in: space) } catch { throw .storage(error) }
    }

    /// The same for folds, which know no other errors than the storage's.
    func imagePosition(_ id: String, in space: Space) throws(StorageError) -> Position? {
        let found = try snapshot.row(Images.self, ScopedName(space: space.position, id))
        guard let position = found else { return nil }
        let record = try snapshot.record(at: position, namedBy: Images.name)
        guard record.header.kind == .imageRegistered, record.header.stream == space.position,
            try StorageError.wrapRecord({ () throws(RecordError) in try record.image().id.hasSameBytes(as: id) })
        else { throw .mismatch(Images.name, at: position) }
        return position
    }

    /// Where a profile stands, or nil when it has no event.
    func profile(_ name: ProfileName) throws(StoreError) -> ProfileState? {
        guard let space = try space(named: name.space) else { return nil }
        return try profile(user: name.user, profile: name.profile, in: space)
    }

    func profile(user: String, profile: String, in space: Space) throws(StoreError) -> ProfileState? {
        let found = try StoreError.wrap { () throws(StorageError) in
            try snapshot.profile(user: user, profile: profile, space: space.position)
        }
        guard let stream = found else { return nil }
        let head = try head(
            of: stream, table: Profiles.name, .init(space: space.position, user: user, profile: profile))
        return ProfileState(space: space, stream: stream, head: head)
    }

    /// The name of the profile whose stream an event opened.
    func profileName(ofStream stream: Position) throws(StoreError) -> ProfileName? {
        let record = try record(at: stream)
        guard case .profileOpened(let space, let user, let profile) = try body(of: record) else { return nil }
        return ProfileName(user: user, space: try self.space(at: space).name, profile: profile)
    }

    /// A user's settings in a space, or nil when they were never changed.
    func settings(of user: String, in space: Space) throws(StoreError) -> SettingsChange? {
        guard let stream = try settingsStream(user: user, space: space.position) else { return nil }
        let head = try head(
            of: stream, table: SettingsStreams.name, .init(space: space.position, user: user, profile: nil))
        let record = try record(at: head.last)
        guard case .settingsChanged(let change) = try body(of: record) else { return nil }
        return change
    }

    func body(of record: borrowing RecordView) throws(StoreError) -> RecordBody {
        do { return try RecordBody(of: record) } catch { throw .record(error) }
    }

    /// Refuses a taste to a person who is to be erased.
    func requireStaying(_ user: String) throws(StoreError) {
        let schedule = try row(ErasureSchedules.self, ScopedName(space: nil, user))
        if let due = schedule?.due { throw .fault(.erasureScheduled(user: user, due: due)) }
    }

    // MARK: Versions

    /// The mint or recall at a position, without the version's bytes.
    func links(at position: Position) throws(StoreError) -> (links: MintLinks, recordedAt: Timestamp) {
        let record = try record(at: position)
        guard let links = record.mintLinks else { throw .record(.unexpectedKind(position, record.header.kind)) }
        return (links, record.header.recordedAt)
    }

    /// The version that a mint or import holds, with what is said of it now.
    ///
    /// Of two records that hold one version, the owner's mint counts, wherever the import was met.
    func version(at mint: Position) throws(StoreError) -> Version {
        var version = try knownVersion(at: mint)
        if version.mint.imported == mint, let place = try place(of: Code(hash: version.hash)), place.mint != mint {
            version = try knownVersion(at: place.mint)
        }
        return version.with(try status(of: version))
    }

    private func knownVersion(at mint: Position) throws(StoreError) -> Version {
        if let version = store.versions[mint] { return version }
        let version = try decodeVersion(at: mint)
        store.versions.keep(version)
        return version
    }

    /// The version that a mint holds or a recall refers to.
    func version(atMintOrRecall position: Position) throws(StoreError) -> Version {
        // A version that is known under the position was minted there: no need to read the record for it.
        if store.versions.holds(position) { return try version(at: position) }
        return try version(at: try links(at: position).links.mint)
    }

    private func decodeVersion(at mint: Position) throws(StoreError) -> Version {
        let record = try record(at: mint)
        guard let links = record.mintLinks, let symbolCount = links.symbolCount else {
            throw .record(.unexpectedKind(mint, record.header.kind))
        }
        let (bytes, taste, space) = try checkedVersion(in: record)
        let hash = bytes.hash
        // A version is not imported once it has been minted, so what is found now stays so.
        let imported = record.header.kind == .versionImported ? mint : try place(of: Code(hash: hash))?.imported
        return Version(
            code: Code(digest: hash, symbolCount: Int(symbolCount)), hash: hash,
            bytes: bytes.bytes, space: space.name, rankings: Int(bytes.rankings), likes: Int(bytes.likes),
            taste: taste,
            mint: Version.Mint(
                position: mint, recordedAt: record.header.recordedAt,
                foldedThrough: links.foldedThrough, stream: record.header.stream, imported: imported),
            label: nil, isRevoked: false)
    }

    /// The space of the profile that minted a version, or that imported it.
    func space(ofVersionIn record: borrowing RecordView) throws(StoreError) -> Space {
        let opening = try self.record(at: record.header.stream)
        switch try body(of: opening) {
        case .profileOpened(let space, _, _): return try self.space(at: space)
        case .spaceDefined: return try self.space(at: record.header.stream)
        default: throw .record(.unexpectedKind(record.header.stream, opening.header.kind))
        }
    }
}

extension Store {
    /// Drops what is kept in memory when somebody was erased, by whichever process.
    private func dropErased() {
        let seen = tables.erasuresSeen
        if knownErasures.exchange(seen, ordering: .acquiringAndReleasing) != seen { dropMemory() }
    }

    /// Calls `body` with the store as of now. `body` cannot suspend and should be short: it holds a read transaction. It throws what
    /// `body` throws, and a failure of the storage in the same type.
    func read<Result, Failure: StorageFailing>(
        _ body: (borrowing StoreView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let view: StoreView
        do { view = StoreView(snapshot: try tables.beginSnapshot(), store: self) } catch { throw .storage(error) }
        dropErased()
        if environment.registersReaders { return try body(view) }
        // Without registration a writer may have taken pages away: then neither an answer nor an error means anything.
        let outcome: Swift.Result<Result, Failure>
        do throws(Failure) { outcome = .success(try body(view)) } catch { outcome = .failure(error) }
        do { try environment.checkUndisturbed(view.snapshot.transaction) } catch {
            throw .storage(.database(error))
        }
        return try outcome.get()
    }
}
