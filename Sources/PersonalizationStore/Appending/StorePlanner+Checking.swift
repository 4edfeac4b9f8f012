internal import ByteCoding
internal import EventLog
internal import LMDB
internal import Projections

/// Compares what derived rows say with the records that they name, once for each name that the writer remembers: an append
/// on account of a wrong row would make the damage permanent.
extension StorePlanner {
    /// Refuses a row that names a record which is not what it should be.
    func require(
        _ position: Position, by table: String, in transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup, _ fits: (borrowing RecordView) throws(RecordError) -> Bool
    ) throws(StoreError) {
        let isRight: Bool
        do throws(StoreError) {
            isRight = try withRecord(at: position, in: transaction, group: group, fits)
        } catch {
            guard case .storage(.record(.missing(position))) = error else { throw error }
            isRight = false
        }
        if !isRight { throw StoreView.mismatch(table, at: position) }
    }

    /// Compares a stream's head with the event that it names.
    func requireHead(
        _ head: StreamHead, of stream: Position, in transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) {
        try require(head.last, by: Heads.name, in: transaction, group: group) { record in
            record.header.stream == stream && record.header.revision == head.revision
        }
    }

    /// Compares a profile's stream and where it stands with the records that the rows name.
    func requireStream(
        _ stream: Position, _ head: StreamHead, of profile: ProfileName, in space: Position,
        _ transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) {
        try require(stream, by: Profiles.name, in: transaction, group: group) { (record) throws(RecordError) in
            record.holds(.profileOpened(space: space, user: profile.user, profile: profile.profile))
        }
        try requireHead(head, of: stream, in: transaction, group: group)
    }

    /// Compares an image's position with the record there.
    func requireImage(
        _ image: Position, _ id: String, in space: Position, _ transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) {
        try require(image, by: Images.name, in: transaction, group: group) { (record) throws(RecordError) in
            guard record.header.kind == .imageRegistered, record.header.stream == space else { return false }
            return try record.image().id.hasSameBytes(as: id)
        }
    }

    /// Refuses an event that the profile does not take.
    func checkIntake(of stream: ProfileStream, _ profile: ProfileName, isLike: Bool) throws(StoreError) {
        switch stream.intake {
        case .everything: break
        case .images: if !isLike { throw .event(.boardTakesImages(profile)) }
        case .nothing: throw .event(.archivedProfile(profile))
        }
    }

    /// Refuses what an owner says of a profile that does not take it. Codes can be labelled, revoked and restored always.
    func checkIntake(
        of stream: ProfileStream, _ profile: ProfileName, _ action: StoreRequest.OwnerAction
    ) throws(StoreError) {
        switch action {
        case .label, .revoke, .restore: break
        case .revert, .retract, .reset: try checkIntake(of: stream, profile, isLike: true)
        case .adopt: try checkIntake(of: stream, profile, isLike: false)
        }
    }

    /// The record that has an event id, when there is one.
    func event(
        _ eventID: EventID, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> Position? {
        try applyRecords(of: group, in: transaction)
        let found = try StoreError.wrap { () throws(StorageError) in try tables.latestEvent(eventID, in: transaction) }
        guard let position = found else { return nil }
        try require(position, by: EventIDs.name, in: transaction, group: group) { $0.header.eventID == eventID }
        return position
    }
}
