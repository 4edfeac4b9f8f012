internal import EventLog
internal import LMDB

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
    func journalStatistics() throws(LMDBError) -> JournalStatistics {
        guard let slot = try files.keeper.file.newestSlot() else {
            throw .unrecoverable("the checkpoint file in \(path) has no slot")
        }
        let status = try files.durability.journal.status(after: slot.note)
        let age = clock().microseconds - slot.takenAt
        return JournalStatistics(
            isClean: slot.state == .clean, checkpointAge: age >= 0 ? .microseconds(age) : nil,
            ownerProcessID: slot.state == .inUse ? Int32(truncatingIfNeeded: slot.ownerProcess) : nil,
            usedByteCount: status.usedByteCount, segmentByteCount: status.segmentByteCount)
    }
}
