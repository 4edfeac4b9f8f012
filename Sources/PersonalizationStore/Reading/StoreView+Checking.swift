internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import Projections
internal import TasteFold

/// A derived row is believed only as far as the records bear it out that it names: a wrong one would answer for somebody
/// else.
extension StoreView {
    /// The record that a row of a derived table names.
    @_lifetime(borrow self)
    func record(at position: Position, namedBy table: String) throws(StoreError) -> RecordView {
        do { return try snapshot.record(at: position, namedBy: table) } catch { throw .storage(error) }
    }

    /// The error of a row that names a record which is something else than the row says.
    static func mismatch(_ table: String, at position: Position) -> StoreError {
        .storage(.mismatch(table, at: position))
    }

    /// Where an owner's stream stands, compared with the records that its rows name.
    ///
    /// Cost: a look into memory; for a stream that has moved, some records.
    func head(
        of stream: Position, table: String, _ owner: VerifiedStreams.Owner
    ) throws(StoreError) -> StreamHead {
        guard let head = try streamHead(of: stream) else {
            throw .damagedRow(table: Heads.name, "there is none for the stream \(stream)")
        }
        if store.streams.holds(stream, of: owner, head) { return head }
        let opening = try record(at: stream, namedBy: table)
        let isOwn =
            switch try body(of: opening) {
            case .profileOpened(let space, let user, let profile):
                owner.isSame(as: .init(space: space, user: user, profile: profile))
            case .settingsOpened(let space, let user): owner.isSame(as: .init(space: space, user: user, profile: nil))
            default: false
            }
        guard isOwn else { throw Self.mismatch(table, at: stream) }
        try check(head, of: stream)
        store.streams.keep(stream, of: owner, head)
        return head
    }

    /// Compares a stream's head with the last event, the last mint, and what has happened since that.
    private func check(_ head: StreamHead, of stream: Position) throws(StoreError) {
        let last = try record(at: head.last, namedBy: Heads.name).header
        guard last.stream == stream, last.revision == head.revision else {
            throw Self.mismatch(Heads.name, at: head.last)
        }
        try checkProfile(head, of: stream)
        guard let mint = head.lastMint else { return }
        let record = try record(at: mint, namedBy: Heads.name)
        guard record.header.stream == stream, record.header.kind != .versionImported, mint <= head.last,
            record.mintLinks?.foldedThrough == head.mintedThrough
        else { throw Self.mismatch(Heads.name, at: mint) }
        guard head.isMintCurrent else { return }
        try walkBack(from: head.last) { (record) throws(StoreError) in
            guard record.header.revision > head.mintedThrough else { return nil }
            if record.header.kind.changesTaste {
                throw .damagedRow(table: Heads.name, "the stream \(stream) has moved since its last mint")
            }
            return record.header.previous
        }
    }

    /// Compares what a stream's head says of the profile as a whole with the event that says so.
    private func checkProfile(_ head: StreamHead, of stream: Position) throws(StoreError) {
        guard let position = head.lastChange else {
            if head.isBoard || head.isArchived || head.isShared { throw Self.mismatch(Heads.name, at: head.last) }
            return
        }
        let record = try self.record(at: position, namedBy: Heads.name)
        guard record.header.stream == stream, position <= head.last,
            case .profileChanged(let change) = try body(of: record), change.isBoard == head.isBoard,
            change.isArchived == head.isArchived, change.isShared == head.isShared
        else { throw Self.mismatch(Heads.name, at: position) }
    }

    /// The version in a mint or import, checked against the space that it is of.
    func checkedVersion(
        in record: borrowing RecordView
    ) throws(StoreError) -> (bytes: VersionBytes, taste: Taste, space: Space) {
        let space = try space(ofVersionIn: record)
        do {
            let bytes = try VersionBytes(canonical: try record.versionBytes())
            let taste = try Taste(payload: bytes.payload.span.bytes)
            try taste.checkFit(to: space.descriptor, evidence: Int(bytes.rankings) + Int(bytes.likes))
            return (bytes, taste, space)
        } catch let error as RecordError {
            throw .record(error)
        } catch {
            throw .record(
                .notCanonical(record.position, "the version does not fit the space '\(space.name)': \(error)"))
        }
    }

    /// The digest of the profile in whose stream a mint is.
    func profileDigest(of mint: borrowing RecordView) throws(StoreError) -> ProfileDigest? {
        guard let name = try profileName(ofStream: mint.header.stream) else { return nil }
        return ProfileDigest(
            secret: store.secret.bytes, user: name.user, space: name.space, profile: name.profile)
    }

    /// The version that a row of the table of codes tells of.
    func version(at place: VersionLocation) throws(StoreError) -> Version {
        let version = try version(at: place.mint, namedBy: Versions.name)
        guard version.hash == place.hash, version.mint.stream == place.stream,
            version.code.symbolCount == Int(place.symbolCount)
        else { throw Self.mismatch(Versions.name, at: place.mint) }
        return version
    }

    private func version(at mint: Position, namedBy table: String) throws(StoreError) -> Version {
        do throws(StoreError) { return try version(at: mint) } catch {
            switch error {
            case .storage(.record(.missing(mint))), .storage(.record(.unexpectedKind(mint, _))):
                throw Self.mismatch(table, at: mint)
            default: throw error
            }
        }
    }

    /// Whether the version that a mint or import held is gone with the person whose it was: its record is erased, or will be
    /// by an erasure that is under way.
    func isErased(_ mint: Position) throws(StoreError) -> Bool {
        let record = try record(at: mint)
        if record.isErased { return true }
        for erasure in try rows(Erasures.self) {
            let event = try self.record(at: erasure)
            guard case .personErased(let person) = try body(of: event) else { continue }
            // A stream or an import that is named there and still says something is one of an erasure under way.
            if person.streams.contains(record.header.stream) || person.records.contains(mint) { return true }
        }
        return false
    }

    /// What has been said of a version: by its owner of the mint, by an operator of the import.
    func status(of version: Version) throws(StoreError) -> CodeStatus? {
        var status = try codeStatus(of: version.mint.position)
        if let imported = version.mint.imported, imported != version.mint.position,
            let takenDown = try codeStatus(of: imported), takenDown.revokedAt != nil
        {
            if status?.revokedAt == nil { status = takenDown.with(label: status?.label) }
        }
        if let event = status?.revokedAt, try record(at: event, namedBy: CodeStatuses.name).header.kind != .codeRevoked
        {
            throw Self.mismatch(CodeStatuses.name, at: event)
        }
        return status
    }

    /// The image that a record registers, which must be of a space and have its dimension.
    func image(at position: Position, in space: Space) throws(StoreError) -> ImageRegistration {
        let record = try record(at: position)
        guard case .imageRegistered(let image) = try body(of: record) else {
            throw .record(.unexpectedKind(position, record.header.kind))
        }
        guard record.header.stream == space.position, image.embedding.count == space.descriptor.dimension else {
            throw .record(.notCanonical(position, "an image that does not fit the space '\(space.name)'"))
        }
        return image
    }
}

extension Snapshot {
    /// The record that a row of a derived table names.
    @_lifetime(borrow self)
    func record(at position: Position, namedBy table: String) throws(StorageError) -> RecordView {
        do { return try record(at: position) } catch {
            if case .record(.missing) = error { throw .damagedRow(table: table, "it names position \(position)") }
            throw error
        }
    }
}

extension StorageError {
    /// The error of a row that names a record which is something else than the row says.
    static func mismatch(_ table: String, at position: Position) -> StorageError {
        .damagedRow(table: table, "it names position \(position), which holds something else")
    }
}
