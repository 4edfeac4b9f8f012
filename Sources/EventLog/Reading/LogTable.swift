package import LMDB

/// The last event of the log.
public struct LogHead: Hashable, Sendable {
    /// Its position, which is also the number of events.
    public let position: Position
    /// When it was recorded.
    public let recordedAt: Timestamp

    /// Describes a head.
    package init(position: Position, recordedAt: Timestamp) {
        self.position = position
        self.recordedAt = recordedAt
    }
}

/// The table that holds the log: position to record bytes.
///
/// All reading takes a transaction, so everything that one closure reads is of one moment. Readers see a prefix of the
/// log without gaps: a later event is never visible without every earlier one.
package struct LogTable: Sendable {
    package let table: Table

    package init(table: Table) { self.table = table }

    /// The name of the LMDB table.
    package static let name = "log"

    /// The last event, or nil when the log is empty.
    package func head(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) -> LogHead? {
        guard let last = try headPosition(in: transaction) else { return nil }
        return LogHead(position: last, recordedAt: try recordedAt(last, in: transaction))
    }

    /// The position of the last event, or nil when the log is empty.
    package func headPosition(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Position? {
        do { return try transaction.lastIntegerKey(in: table).flatMap { Position(stored: $0) } } catch {
            throw .database(error)
        }
    }

    /// The verified record at a position; the bytes are borrowed from the map until the transaction ends.
    ///
    /// Throws ``RecordError/missing(_:)`` when there is none: the log has no gaps, so a position that anything refers
    /// to must be there.
    @_lifetime(borrow transaction)
    package func record(
        at position: Position, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> RecordView {
        let found: RawSpan?
        do { found = try transaction.get(table, integerKey: position.number) } catch { throw .database(error) }
        guard let bytes = found else { throw .record(.missing(position)) }
        do { return try RecordView(bytes, at: position) } catch { throw .record(error) }
    }

    /// When the event at a position was recorded, read without verifying the rest of the record.
    package func recordedAt(
        _ position: Position, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Timestamp {
        let record = try record(at: position, in: transaction)
        return record.header.recordedAt
    }

    /// The last event that was recorded at `time` or before, or nil when all are later.
    ///
    /// Cost: a binary search over the positions, one record read a step.
    package func lastPosition(
        asOf time: Timestamp, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Position? {
        guard let head = try headPosition(in: transaction) else { return nil }
        var low: UInt64 = 0
        var high = head.number
        while low < high {
            let middle = low + (high - low + 1) / 2
            if try recordedAt(Position(middle), in: transaction) <= time { low = middle } else { high = middle - 1 }
        }
        return Position(stored: low)
    }

    /// Calls `body` with every record in a range of positions, in order; `body` returns false to stop.
    ///
    /// Positions past the head are simply not there. A gap or a damaged record throws.
    package func scan<Failure: StorageFailing>(
        _ positions: ClosedRange<Position>, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (borrowing RecordView) throws(Failure) -> Bool
    ) throws(Failure) {
        var failure: Failure?
        do throws(LMDBError) {
            var cursor = try transaction.makeCursor(table)
            var expected = positions.lowerBound
            var found = try cursor.seek(atOrAfter: expected.number)
            while found, expected <= positions.upperBound {
                do throws(Failure) {
                    guard cursor.integerKey == expected.number else { throw .storage(.record(.missing(expected))) }
                    guard try lend(cursor.value, at: expected, body) else { return }
                } catch {
                    failure = error
                    break
                }
                expected = expected.next
                found = try cursor.moveToNext()
            }
        } catch {
            throw .storage(.database(error))
        }
        if let failure { throw failure }
    }

    /// Calls `body` with the records of one stream from `start` back towards its opening; `body` returns the position to
    /// go on with, usually ``RecordHeader/previous``, or nil to stop.
    package func walkBack<Failure: StorageFailing>(
        from start: Position, in transaction: borrowing some Transaction & ~Copyable,
        _ body: (borrowing RecordView) throws(Failure) -> Position?
    ) throws(Failure) {
        var failure: Failure?
        do throws(LMDBError) {
            var cursor = try transaction.makeCursor(table)
            var found = try cursor.seek(integerKey: start.number)
            var next: Position? = start
            while let position = next {
                do throws(Failure) {
                    guard found, cursor.integerKey == position.number else {
                        throw .storage(.record(.missing(position)))
                    }
                    // No living record leads to an erased one, and what came before it can no longer be told.
                    next = try lend(cursor.value, at: position) { (record) throws(Failure) in
                        if record.isErased, record.header.isPersonal { throw .storage(.record(.erased(position))) }
                        return try body(record)
                    }
                    if let next, next >= position {
                        throw .storage(.record(.outOfOrder(position, "a link that does not lead back")))
                    }
                } catch {
                    failure = error
                    break
                }
                // Events that were appended together are neighbours; any other is looked for, first on the same page.
                if let next {
                    found =
                        next.next == position ? try cursor.moveToPrevious() : try cursor.seek(integerKey: next.number)
                }
            }
        } catch {
            throw .storage(.database(error))
        }
        if let failure { throw failure }
    }

    /// Calls `body` with a record, once it is verified.
    private func lend<Result, Failure: StorageFailing>(
        _ bytes: RawSpan, at position: Position, _ body: (borrowing RecordView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let record: RecordView
        do { record = try RecordView(bytes, at: position) } catch { throw .storage(.record(error)) }
        return try body(record)
    }
}
