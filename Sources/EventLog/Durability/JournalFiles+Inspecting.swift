package import LMDB

/// Looking at a journal from outside, beside whoever writes to it.
extension JournalFiles {
    /// How full the journal is.
    package struct Status: Hashable, Sendable {
        /// What the groups since the beginning of the segment in use take.
        package let usedByteCount: Int
        /// The size of that segment.
        package let segmentByteCount: Int
    }

    /// How full the journal is after a checkpoint. Cost: reads what was written since, by whichever process.
    package func status(after note: [UInt8]) throws(LMDBError) -> Status {
        guard let start = JournalCursor(note: note) else {
            throw .unrecoverable("the checkpoint's note on the journal is damaged")
        }
        let end = try follow(from: start) { _, _ in }
        return Status(usedByteCount: end.offset, segmentByteCount: try byteCount(of: end.segment))
    }

    /// What is wrong with the journal after a checkpoint: for verifying.
    ///
    /// Needs no lock. When the checkpoint is no longer the newest afterwards, the findings say nothing: a segment may have been
    /// used again meanwhile. Cost: reads both segments.
    ///
    /// - Parameters:
    ///   - note: The checkpoint's note.
    ///   - head: The log's last position at some moment before, 0 when it was empty.
    package func findings(after note: [UInt8], head: UInt64) throws(LMDBError) -> [String] {
        guard let start = JournalCursor(note: note) else { return ["the checkpoint's note on the journal is damaged"] }
        var end = try follow(from: start) { _, _ in }
        while let later = try positionBeyond(end) {
            // It may have been written since.
            let next = try follow(from: end) { _, _ in }
            if next == end {
                return [
                    "the journal is damaged at position \(end.next), though the group at position \(later) is whole"
                ]
            }
            end = next
        }
        return end.next > head ? [] : ["the journal ends before position \(end.next), and the log has \(head) events"]
    }
}
