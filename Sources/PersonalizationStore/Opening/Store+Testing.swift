package import ByteCoding
internal import EventLog
internal import LMDB
internal import Projections

extension Store {
    /// Whether this process takes a checkpoint right now.
    package var isTakingCheckpoint: Bool { files.writing?.keeper.isTaking ?? false }

    /// Writes the events of another store after a position into the journal of this one, which is at rest, as one group:
    /// what a process leaves that is killed between its flush and its commit. When the store is opened again they are its own.
    ///
    /// - Parameter last: The last event of them; nil for the other store's last.
    package func leaveGroupInJournal(of other: Store, after head: UInt64, through last: UInt64? = nil) throws {
        let transaction = try other.environment.beginRead()
        let log = other.tables.log
        var group = RecordGroup(after: try log.headBefore(head + 1, in: transaction), now: Timestamp(microseconds: 0))
        let end = try last.map { Position($0) } ?? log.headPosition(in: transaction) ?? .first
        try log.scan(Position(head + 1)...end, in: transaction) { (record) throws(StorageError) in
            let body = try StorageError.wrapRecord { () throws(RecordError) in try RecordBody(of: record) }
            group.add(record.header, body, salt: record.salt)
            return true
        }
        guard let slot = try files.checkpointFile?.newestSlot(), let cursor = JournalCursor(note: slot.note) else {
            preconditionFailure("an open store has a checkpoint")
        }
        try JournalFiles(directory: path).write(group, at: cursor)
    }

    /// The number of records, and SHA-256 over all of them, each after its size (four bytes, big-endian): stores with the
    /// same log have the same.
    ///
    /// Cost: one pass over the log.
    package func recordDigest() throws(StoreError) -> (count: UInt64, digest: SHA256Digest) {
        try read { (view) throws(StoreError) in
            var hasher = SHA256Hasher()
            guard let head = view.snapshot.head else { return (0, hasher.finalize()) }
            try view.scan(.first...head) { (record) throws(StoreError) in
                withUnsafeBytes(of: UInt32(record.bytes.byteCount).bigEndian) {
                    hasher.update(span: RawSpan(_unsafeBytes: $0))
                }
                hasher.update(span: record.bytes)
                return true
            }
            return (head.number, hasher.finalize())
        }
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
