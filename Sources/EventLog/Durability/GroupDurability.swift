package import LMDB

/// Makes groups of records durable before they are put into LMDB, whose commits then need no flush.
///
/// The committer, with the writer's lock held, first appends what ``missing(after:)`` gives, then plans a group, puts it
/// into its transaction, hands it to ``persist(_:holding:)``, and commits when that has returned: nothing is readable before
/// it is durable, and nothing is acknowledged before it is both. A journal file is one such; a database that several
/// machines share can be another.
package protocol GroupDurability: AnyObject, Sendable {
    /// The groups that are durable and that the log lacks: those of a process that was killed before its commit.
    ///
    /// Called with the writer's lock held. Throws when the log and what is durable do not fit each other.
    ///
    /// - Parameter head: The last position of the log, 0 when it is empty.
    func missing(after head: UInt64) throws(StorageError) -> [DurableGroup]

    /// Returns when the group's records are durable, at their positions.
    ///
    /// Called with the writer's lock held, by a transaction that has changed the log and derived tables by this group at
    /// most. When it throws, the transaction must not be committed; whether the group is durable may be unknown, and then
    /// everything later throws too.
    func persist(
        _ group: borrowing RecordGroup, holding transaction: borrowing WriteTransaction
    ) throws(StorageError)

    /// Does what makes the next opening quick, as far as it can be done; called at closing, without the lock.
    func rest()
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
