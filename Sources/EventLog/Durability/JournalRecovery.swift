package import LMDB

/// Brings a store that was not closed back to its last acknowledged group: the data file to its checkpoint, and then the
/// journal's groups from there.
///
/// Never looks for how far the data file had got: after a power loss that cannot be told. What it does look at is whether
/// the file shows more than the journal has, which no crash leaves, and then it changes nothing.
///
/// The caller is alone with the store's files.
package struct JournalRecovery {
    private let directory: String
    private let slot: CheckpointSlot
    private let files: JournalFiles
    private let start: JournalCursor
    private let end: JournalCursor

    /// Reads the journal from a checkpoint on, and checks that nothing acknowledged is missing.
    package init(of directory: String, to slot: CheckpointSlot) throws(LMDBError) {
        self.directory = directory
        self.slot = slot
        guard let start = JournalCursor(note: slot.note) else {
            throw .unrecoverable("the checkpoint's note on the journal is damaged")
        }
        self.start = start
        files = try JournalFiles(directory: directory)
        end = try files.follow(from: start) { _, _ in }
        if let later = try files.positionBeyond(end) {
            throw .unrecoverable(
                "the journal is damaged at position \(end.next), though the group at position \(later) is whole")
        }
        if let last = Self.lastRecord(directory: directory), last.number >= end.next {
            throw .unrecoverable(
                "the journal is damaged at position \(end.next), though the log has the event at position \(last)")
        }
    }

    /// The position of the data file's last record, if it is one.
    ///
    /// Groups reach the journal before the data file, so the journal has it too, or is damaged. What a power loss has torn
    /// may show anything, but not a record with the right checksum for its position.
    private static func lastRecord(directory: String) -> Position? {
        guard let last = Environment.lastEntry(ofTable: LogTable.name, directory: directory),
            let position = Position(stored: last.key)
        else { return nil }
        do throws(RecordError) { _ = try RecordView(last.value.span.bytes, at: position) } catch { return nil }
        return position
    }

    /// Puts the data file back to the checkpoint. It must be open nowhere.
    package func restore() throws(LMDBError) { try Environment.restore(slot.meta, directory: directory) }

    /// Appends the journal's groups to the log, flushes, and makes the checkpoint clean.
    ///
    /// Until that is done the file goes back to the same checkpoint, whose pages stay pinned.
    package func replay(
        into environment: Environment, _ log: LogTable, file: CheckpointFile, now: Int64
    ) throws(StorageError) {
        try StorageError.wrap { () throws(LMDBError) in try checkRestored(environment) }
        let pin = try StorageError.wrap { () throws(LMDBError) in try environment.pinLastCommit() }
        defer { pin.release() }
        var expected = start.next
        var failure: StorageError?
        var batch: [DurableGroup] = []
        var byteCount = 0
        _ = try StorageError.wrap { () throws(LMDBError) in
            try files.follow(from: start) { (group, _) in
                guard failure == nil else { return }
                batch.append(group.records)
                byteCount += group.byteCount
                expected = group.records.last + 1
                guard byteCount >= Self.batchByteCount else { return }
                failure = append(batch, to: environment, log)
                (batch, byteCount) = ([], 0)
            }
        }
        failure = failure ?? append(batch, to: environment, log)
        if let failure { throw failure }
        precondition(expected == end.next, "the journal does not change while it is read")
        try StorageError.wrap { () throws(LMDBError) in
            try environment.sync()
            try file.writeClean(after: slot, of: environment, note: end.note, now: now)
        }
    }

    private static var batchByteCount: Int { 4 << 20 }

    private func append(_ groups: [DurableGroup], to environment: Environment, _ log: LogTable) -> StorageError? {
        do throws(StorageError) {
            var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
            for group in groups { try log.append(group, in: &transaction) }
            do throws(LMDBError) { try transaction.commit() } catch { throw StorageError.database(error) }
            return nil
        } catch {
            return error
        }
    }

    /// LMDB begins where the checkpoint is, unless something without our locks has the files open and remembers more.
    private func checkRestored(_ environment: Environment) throws(LMDBError) {
        let transaction = try environment.beginWrite(changes: false)
        guard transaction.transactionID == slot.meta.transactionID + 1 else {
            throw .unrecoverable(
                "another program has \(directory)/data.mdb open without the store's locks; end it and open the store again"
            )
        }
    }
}
