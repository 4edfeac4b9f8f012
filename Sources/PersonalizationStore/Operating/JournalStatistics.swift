internal import EventLog
internal import Glibc
internal import LMDB
internal import Projections

/// How the journal and the last checkpoint of the data file stand.
public struct JournalStatistics: Hashable, Sendable {
    /// Whether opening the store would find nothing to do: it was at rest when it was last written to.
    public let isClean: Bool
    /// How long ago the last checkpoint was taken, by the wall clock; nil when that was set back since.
    public let checkpointAge: Duration?
    /// The process that pins the checkpoint and takes the next one; nil when it is clean.
    public let ownerProcessID: Int32?
    /// What the groups in the segment in use take, in bytes.
    public let usedByteCount: Int
    /// The size of that segment: a checkpoint is taken when half of it is used.
    public let segmentByteCount: Int
}

extension Store {
    func journalStatistics() throws(LMDBError) -> JournalStatistics? {
        guard let checkpointFile = files.checkpointFile, files.shard == nil,
            let slot = try checkpointFile.newestSlot()
        else { return nil }
        let status = try JournalFiles(directory: path, writes: false).status(after: slot.note)
        let age = clock().microseconds - slot.takenAt
        return JournalStatistics(
            isClean: slot.state == .clean, checkpointAge: age >= 0 ? .microseconds(age) : nil,
            ownerProcessID: slot.state == .inUse ? Int32(truncatingIfNeeded: slot.ownerProcess) : nil,
            usedByteCount: status.usedByteCount, segmentByteCount: status.segmentByteCount)
    }

    /// What is wrong with the checkpoint file and the journal.
    ///
    /// Needs no lock: whoever writes meanwhile moves the journal's end or takes a checkpoint, and then it is looked at again.
    func journalFindings() throws(StoreError) -> [String] {
        guard let checkpointFile = files.checkpointFile else { return [] }
        if files.shard != nil {
            return try StoreError.wrapDatabase { () throws(LMDBError) in try checkpointFile.findings() }
        }
        let journal = try StoreError.wrapDatabase { () throws(LMDBError) in
            try JournalFiles(directory: path, writes: false)
        }
        var attempts = 0
        while true {
            // Before the journal is read: its end may be after this, and never before.
            let head = try StoreError.wrap { () throws(StorageError) in try headNow()?.number ?? 0 }
            let (findings, isSame) = try StoreError.wrapDatabase { () throws(LMDBError) in
                guard let slot = try checkpointFile.newestSlot() else { return ([String](), true) }
                let findings = try checkpointFile.findings() + journal.findings(after: slot.note, head: head)
                return (findings, try checkpointFile.newestSlot() == slot)
            }
            if findings.isEmpty || (isSame && attempts > 2) { return findings }
            attempts += 1
            usleep(20_000)
        }
    }

    private func headNow() throws(StorageError) -> Position? {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        return try tables.log.headPosition(in: transaction)
    }
}
