package import EventLog
package import LMDB

/// The look-ups of the append path, each compiled for its table.
extension DerivedTables {
    /// Where a stream stands, the writer's uncommitted events included.
    package func latestHead(
        of stream: Position, in transaction: borrowing WriteTransaction
    ) throws(StorageError) -> StreamHead? {
        try latestRow(Heads.self, stream, in: transaction)
    }

    /// The registration of an image.
    package func latestImage(
        _ id: String, space: Position, in transaction: borrowing WriteTransaction
    ) throws(StorageError) -> Position? {
        try latestRow(Images.self, ScopedName(space: space, id), in: transaction)
    }

    /// The opening event of a profile's stream.
    package func latestProfile(
        user: String, profile: String, space: Position, in transaction: borrowing WriteTransaction
    ) throws(StorageError) -> Position? {
        try latestRow(Profiles.self, ScopedName(space: space, user, profile), in: transaction)
    }

    /// The record of the event that has an id.
    package func latestEvent(
        _ eventID: EventID, in transaction: borrowing WriteTransaction
    ) throws(StorageError) -> Position? {
        try latestRow(EventIDs.self, eventID, in: transaction)
    }
}
