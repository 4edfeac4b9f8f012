package import LMDB
internal import Synchronization

/// A journal file as the durability of groups: one flush of the group's own bytes, at a place that is allocated already.
///
/// Groups go to one of two segments, each used under an epoch of its own. When a segment is half full and the other one
/// is free, a checkpoint of LMDB is begun at the last commit, and groups go on in the other segment; once the checkpoint
/// is durable the first is free. The journal is never read while the store works, but for the end of what another process
/// wrote.
///
/// Everything is called with LMDB's writer lock held, or by the keeper's thread.
package final class Journal: Sendable {
    private let files: JournalFiles
    private let log: LogTable
    /// A checkpoint is taken when a segment has so many bytes, however large it is.
    private let checkpointAfter: Int
    private let state = Mutex(State())

    private struct State {
        /// Where the next group goes.
        var end = JournalCursor(segment: 0, offset: 0, epoch: 0, previousEpoch: 0, next: 1)
        /// Where LMDB's last commit is: before the end when a process was killed between flush and commit.
        var resume = JournalCursor(segment: 0, offset: 0, epoch: 0, previousEpoch: 0, next: 1)
        /// The segment in which the durable checkpoint lies: the other one is free when the end is here too.
        var durableSegment = 0
        /// Whether the segment that was left last was left because it was half full.
        var hasFilled = false
        var failure: StorageError?
    }

    /// A journal for the log of an environment.
    ///
    /// - Parameter checkpointAfter: A checkpoint is taken when a segment has so many bytes, at the latest when it is half
    ///   full.
    package init(files: JournalFiles, log: LogTable, checkpointAfter: Int = .max) {
        self.files = files
        self.log = log
        self.checkpointAfter = checkpointAfter
    }
}

// MARK: Writing

extension Journal {
    /// Where a group can go.
    enum Room {
        /// After the last one, and no checkpoint is due.
        case here
        /// A checkpoint is due, at whose commit groups go on at this place of the other segment, which is free.
        case beyond(JournalCursor, fitsHere: Bool)
        /// A checkpoint is due at this place, the end: until then the other segment is not free.
        case afterCheckpoint(JournalCursor, fitsHere: Bool)
    }

    func room(for byteCount: Int) throws(LMDBError) -> Room {
        let (end, durableSegment) = state.withLock { ($0.end, $0.durableSegment) }
        let capacity = try files.byteCount(of: end.segment)
        let wanted = end.offset + JournalGroup.padded(byteCount)
        if wanted <= min(capacity / 2, checkpointAfter) { return .here }
        // Nothing is gained by leaving a segment that has nothing in it.
        if end.offset == 0, wanted <= capacity { return .here }
        return durableSegment == end.segment
            ? .beyond(end.onOtherSegment(), fitsHere: wanted <= capacity)
            : .afterCheckpoint(end, fitsHere: wanted <= capacity)
    }

    /// Goes on in the other segment: a checkpoint at its beginning is being taken.
    func go(on cursor: JournalCursor) {
        state.withLock { state in
            state.hasFilled = checkpointAfter == .max
            (state.end, state.resume) = (cursor, cursor)
        }
    }

    /// Writes a group at the end and flushes it. Afterwards nothing can be written when this fails: whether the group is
    /// durable is unknown.
    func append(_ group: borrowing RecordGroup) throws(StorageError) {
        let (end, failure) = state.withLock { ($0.end, $0.failure) }
        if let failure { throw failure }
        let byteCount = JournalGroup.byteCount(of: group)
        guard byteCount <= Int(UInt32.max) else { throw .database(.transactionFull) }
        precondition(end.next + UInt64(group.count) == group.nextPosition.number, "the group is the log's next")
        do throws(LMDBError) {
            try files.grow(end.segment, to: end.offset + JournalGroup.padded(byteCount))
        } catch {
            // Nothing of the group was written.
            throw .database(error)
        }
        do throws(LMDBError) { try files.write(group, at: end) } catch {
            state.withLock { $0.failure = .database(error) }
            throw .database(error)
        }
        state.withLock { state in
            state.end.offset += JournalGroup.padded(byteCount)
            state.end.next += UInt64(group.count)
        }
    }

    /// See ``GroupDurability/missing(after:for:holding:)``.
    func missing(after head: UInt64) throws(StorageError) -> [DurableGroup] {
        let (end, resume, failure) = state.withLock { ($0.end, $0.resume, $0.failure) }
        if let failure { throw failure }
        if end.next == head + 1 { return [] }
        guard end.next > head else { throw .database(Self.behind(end, head)) }
        var groups: [DurableGroup] = []
        do throws(LMDBError) {
            try files.follow(from: resume) { (group, cursor) throws(LMDBError) in
                guard group.records.first > head else { return }
                try files.rewrite(group, at: cursor)
                groups.append(group.records)
            }
        } catch {
            state.withLock { $0.failure = .database(error) }
            throw .database(error)
        }
        guard groups.first?.first == head + 1, groups.last?.last == end.next - 1 else {
            throw .database(Self.behind(end, head))
        }
        return groups
    }

    private static func behind(_ end: JournalCursor, _ head: UInt64) -> LMDBError {
        .unrecoverable(
            "the log ends at position \(head) and its journal at \(end.next - 1): something else has written to the store, "
                + "such as an older release")
    }
}

// MARK: Checkpoints

extension Journal: CheckpointCompanion {
    /// Finds the journal's end, and in it the place of LMDB's last commit.
    package func takeOver(
        from note: [UInt8], in transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> [UInt8] {
        guard let start = JournalCursor(note: note) else {
            throw .unrecoverable("the checkpoint's note on the journal is damaged")
        }
        let head = try transaction.lastIntegerKey(in: log.table) ?? 0
        var resume = start
        let end = try files.follow(from: start) { (group, cursor) in
            if group.records.last <= head { resume = cursor.after(group) }
        }
        guard end.next > head, resume.next == head + 1 else { throw Self.behind(end, head) }
        state.withLock { ($0.end, $0.resume) = (end, resume) }
        return resume.note
    }

    /// The end, unless the log lacks what is before it.
    package func noteAtRest(in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8]? {
        let head = try transaction.lastIntegerKey(in: log.table) ?? 0
        return state.withLock { state in
            guard state.failure == nil, state.end.next == head + 1 else { return nil }
            return state.end.note
        }
    }

    package func scrub() throws(LMDBError) { try files.overwriteWithZeros() }

    /// Frees the other segment, and makes it larger first when this one is: it is the next that fills.
    package func checkpointIsDurable(_ note: [UInt8]) {
        guard let cursor = JournalCursor(note: note) else { return }
        if state.withLock({ $0.hasFilled }), cursor.offset == 0 {
            let byteCount = (try? files.byteCount(of: 1 - cursor.segment)) ?? 0
            // Without room for that it stays as it is.
            if byteCount < JournalFiles.largestSegmentByteCount {
                try? files.grow(1 - cursor.segment, to: min(2 * byteCount, JournalFiles.largestSegmentByteCount))
            }
        }
        state.withLock { ($0.durableSegment, $0.hasFilled) = (cursor.segment, false) }
    }
}
