package import LMDB

/// Makes groups of records durable before they are put into LMDB, whose commits then need no flush.
///
/// The committer, with the writer's lock held, first appends what ``missing(after:for:holding:)`` gives, then plans a group, puts it
/// into its transaction, hands it to ``persist(_:in:)``, and commits when that has returned: nothing is readable before
/// it is durable, and nothing is acknowledged before it is both. A journal file is one such; a database that several
/// machines share is another.
package protocol GroupDurability: AnyObject, Sendable {
    /// The groups that are durable and that the log lacks: those of a process that was killed before its commit, or of other
    /// machines. Asked again until it gives none.
    ///
    /// Called with the writer's lock held. Throws when the log and what is durable do not fit each other. When it was asked
    /// for an append, a call of ``persist(_:in:)`` follows, or one of ``abandon()``.
    ///
    /// - Parameters:
    ///   - head: The last position of the log, 0 when it is empty.
    ///   - purpose: What the log is completed for.
    ///   - transaction: What the log is read by, and what the groups will be put with.
    func missing(
        after head: UInt64, for purpose: CompletionPurpose, holding transaction: borrowing WriteTransaction
    ) throws(StorageError) -> [DurableGroup]

    /// Checks a group that ``missing(after:for:holding:)`` gave, whose records the transaction has just put, and notes beside them
    /// what is to be known of it.
    func note(_ group: DurableGroup, in transaction: inout WriteTransaction) throws(StorageError)

    /// Returns when the group's records are durable, at their positions.
    ///
    /// Called with the writer's lock held, by a transaction that has changed the log and derived tables by this group at
    /// most. When it throws, or says that the place is taken, the transaction must not be committed; whether the group is
    /// durable may be unknown when it throws.
    func persist(
        _ group: borrowing RecordGroup, in transaction: inout WriteTransaction
    ) throws(StorageError) -> GroupPersistence

    /// Returns when everything in the log is durable: nothing is appended, since it is there already, and that is to be
    /// acknowledged.
    func confirm(holding transaction: borrowing WriteTransaction) throws(StorageError)

    /// What was to be appended has come to nothing. May be called more than once.
    func abandon()

    /// Does what makes the next opening quick, as far as it can be done; called at closing, without the lock.
    func rest()
}

extension GroupDurability {
    /// Nothing needs to be known of it.
    package func note(_ group: DurableGroup, in transaction: inout WriteTransaction) throws(StorageError) {}
    /// What is in the log was durable before it was put there.
    package func confirm(holding transaction: borrowing WriteTransaction) throws(StorageError) {}
    /// Nothing was held for it.
    package func abandon() {}
}

/// What a log is completed for.
package enum CompletionPurpose: Sendable {
    /// A group is to be planned after it.
    case appending
    /// What others appended is to become readable.
    case following
}

/// What became of a group that was to be made durable.
package enum GroupPersistence: Sendable {
    /// It is durable.
    case durable
    /// Somebody else's group has its place: it is to be planned again after that.
    case placeTaken
}

/// A group of records that was made durable: their bytes as they stand in the log.
package struct DurableGroup: Sendable {
    /// The position of the first record.
    package let first: UInt64
    private let bytes: [UInt8]
    private let start: Int
    /// Where each record ends in the bytes.
    private let ends: [Int]

    /// The group of the records that lie in these bytes one after the other, from `start` on.
    package init(first: UInt64, bytes: [UInt8], from start: Int, ends: [Int]) {
        self.first = first
        self.bytes = bytes
        self.start = start
        self.ends = ends
    }

    /// The number of records.
    package var count: Int { ends.count }
    /// The position of the last record.
    package var last: UInt64 { first + UInt64(ends.count) - 1 }

    /// Refuses a group with bytes that are none of the log's records.
    package func verify() throws(RecordError) {
        try forEach { (position, record) throws(RecordError) in _ = try RecordView(record, at: position) }
    }

    /// Makes `body` see the bytes of each record, in order.
    package func forEach<Failure: Error>(
        _ body: (Position, RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        var start = start
        for (index, end) in ends.enumerated() {
            try body(Position(first + UInt64(index)), bytes.span.bytes.extracting(start..<end))
            start = end
        }
    }
}

extension LogTable {
    /// Puts the records of a durable group, which are checked, at the end of the log.
    package func append(_ group: DurableGroup, in transaction: inout WriteTransaction) throws(StorageError) {
        do { try group.verify() } catch { throw .record(error) }
        do throws(LMDBError) {
            var cursor = try transaction.makeWriteCursor(table)
            try group.forEach { (position, bytes) throws(LMDBError) in
                try cursor.append(integerKey: position.number, value: bytes)
            }
        } catch {
            throw .database(error)
        }
    }
}
