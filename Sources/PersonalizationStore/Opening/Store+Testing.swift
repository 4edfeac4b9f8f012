internal import EventLog
internal import LMDB
internal import Projections

extension Store {
    /// Whether this process takes a checkpoint right now.
    package var isTakingCheckpoint: Bool { files.writing?.keeper.isTaking ?? false }

    /// Writes the events of another store after a position into the journal of this one, which is at rest, as one group:
    /// what a process leaves that is killed between its flush and its commit.
    package func leaveGroupInJournal(of other: Store, after head: UInt64) throws {
        let transaction = try other.environment.beginRead()
        let log = other.tables.log
        var group = RecordGroup(after: try log.headBefore(head + 1, in: transaction), now: Timestamp(microseconds: 0))
        let end = try log.headPosition(in: transaction) ?? .first
        try log.scan(Position(head + 1)...end, in: transaction) { (record) throws(StorageError) in
            let body = try StorageError.wrapRecord { () throws(RecordError) in try RecordBody(of: record) }
            group.add(record.header, body)
            return true
        }
        guard let slot = try files.checkpointFile?.newestSlot(), let cursor = JournalCursor(note: slot.note) else {
            preconditionFailure("an open store has a checkpoint")
        }
        try JournalFiles(directory: path).write(group, at: cursor)
    }
}

extension LogTable {
    fileprivate func headBefore(
        _ position: UInt64, in transaction: borrowing ReadTransaction
    ) throws(StorageError) -> LogHead? {
        guard let before = Position(stored: position - 1) else { return nil }
        return LogHead(position: before, recordedAt: try recordedAt(before, in: transaction))
    }
}
