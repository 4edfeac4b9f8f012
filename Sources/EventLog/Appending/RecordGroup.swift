internal import ByteCoding

/// The records that one group commit is about to append, encoded but not yet put.
///
/// A planner adds records while it validates requests; a rejected request is undone by truncating to the mark taken
/// before it, so that nothing of it reaches the log.
package struct RecordGroup: ~Copyable {
    /// The position that the next added record gets.
    package private(set) var nextPosition: Position
    /// The time that the next record gets unless a request brings its own; never less than the record before.
    package var time: Timestamp { times.last ?? startTime }
    /// The time of the last record, of this group or before it; nil when there is none.
    package var lastRecordedAt: Timestamp? { times.last ?? previousTime }
    /// What the writer's wall clock said when the group began.
    package let clock: Timestamp
    private let startTime: Timestamp
    private let previousTime: Timestamp?
    private var writer = ByteWriter(capacity: 1 << 16)
    private var ends: [Int] = []
    private var times: [Timestamp] = []

    /// Draws the salts of records that have one.
    private let makeSalt: @Sendable () -> RecordSalt

    /// An empty group after a head.
    package init(
        after head: LogHead?, now: Timestamp, makeSalt: @escaping @Sendable () -> RecordSalt = RecordSalt.random
    ) {
        self.makeSalt = makeSalt
        nextPosition = head?.position.next ?? .first
        previousTime = head?.recordedAt
        clock = now
        startTime = max(now, head?.recordedAt ?? now)
    }

    /// How far the clock is behind the last recorded time; zero when it is not.
    package var clockLag: Duration { lastRecordedAt.map { clock.lag(behind: $0) } ?? .zero }

    /// The number of records added.
    package var count: Int { ends.count }
    /// The number of bytes added.
    package var byteCount: Int { writer.byteCount }

    /// The bytes of all records, one after the other.
    package var recordBytes: RawSpan {
        @_lifetime(borrow self) get { writer.span() }
    }
    /// Where each record ends in the bytes.
    package var recordEnds: [Int] { ends }

    /// Adds one record and returns its position.
    ///
    /// - Parameter salt: The salt of a record that has one; a random one unless it is given.
    /// - Precondition: The body is of the header's kind and not ``RecordBody/erased``, and a record that opens no stream has
    ///   one before it.
    @discardableResult
    package mutating func add(_ header: RecordHeader, _ body: RecordBody, salt: RecordSalt? = nil) -> Position {
        precondition(header.kind == body.kind && header.kind != .erased, "a body of another kind")
        precondition(header.kind.opensStream || header.previous != nil, "an event after no other")
        let position = nextPosition
        let start = writer.byteCount
        var kind = header.kind.rawValue
        if header.occurredAt != nil { kind |= RecordHeader.KindByte.occurredAt }
        if header.eventID != nil { kind |= RecordHeader.KindByte.eventID }
        let flags = header.isPersonal ? 0 : RecordHeader.Flag.publicKind
        writer.write(UInt32(0))
        writer.write(UInt16(RecordHeader.currentFormat) | UInt16(flags) << 8)
        writer.write(header.recordedAt.microseconds)
        writer.write(kind)
        if header.kind.opensStream {
            if header.isPersonal { (salt ?? makeSalt()).encode(to: &writer) }
        } else {
            writer.writeVarint(header.stream.number)
            writer.writeVarint(position.number - header.previous.stored)
            writer.writeVarint(UInt64(header.revision))
        }
        if let occurredAt = header.occurredAt {
            writer.writeVarint(RecordHeader.distance(of: occurredAt, before: header.recordedAt))
        }
        if let eventID = header.eventID { writer.write(eventID.high.byteSwapped, eventID.low.byteSwapped) }
        if header.isPersonal {
            body.encodePersonal(to: &writer)
        } else {
            body.encodePublic(to: &writer)
            if body.hasPrivatePart {
                (salt ?? makeSalt()).encode(to: &writer)
                body.encodePrivate(to: &writer)
            }
        }
        writer.seal(from: start, at: position)
        ends.append(writer.byteCount)
        times.append(header.recordedAt)
        nextPosition = position.next
        return position
    }

    /// Calls `body` with the records from an index on as they will be stored, in order.
    package func forEachRecord<Failure: Error>(
        from first: Int, _ body: (borrowing RecordView) throws(Failure) -> Void
    ) throws(Failure) {
        for index in first..<count { try withRecord(index, body) }
    }

    /// Calls `body` with a record of this group, or returns nil when the group has none at the position.
    package func withRecord<Result, Failure: Error>(
        at position: Position, _ body: (borrowing RecordView) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        let first = nextPosition.number - UInt64(count)
        guard position.number >= first, position < nextPosition else { return nil }
        return try withRecord(Int(position.number - first), body)
    }

    /// Calls `body` with the bytes of each record, in order.
    package func forEach<Failure: Error>(
        _ body: (Position, RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        let bytes = writer.span()
        var start = 0
        var number = nextPosition.number - UInt64(count)
        for end in ends {
            try body(Position(number), bytes.extracting(start..<end))
            start = end
            number += 1
        }
    }

    /// Forgets every record after the first `count`.
    package mutating func truncate(to count: Int) {
        nextPosition = Position(nextPosition.number - UInt64(self.count - count))
        ends.removeLast(self.count - count)
        times.removeLast(times.count - count)
        writer.truncate(to: ends.last ?? 0)
    }

    private func withRecord<Result, Failure: Error>(
        _ index: Int, _ body: (borrowing RecordView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = writer.span()
        let start = index == 0 ? 0 : ends[index - 1]
        let position = Position(nextPosition.number - UInt64(count - index))
        let record: RecordView
        do { record = try RecordView(verified: bytes.extracting(start..<ends[index]), at: position) } catch {
            preconditionFailure("a record that was just encoded does not decode: \(error)")
        }
        return try body(record)
    }
}

extension ByteWriter {
    /// Fills in the checksum of the record that starts at an offset and ends here.
    fileprivate mutating func seal(from start: Int, at position: Position) {
        let checksum = RecordView.checksum(of: span(from: start), at: position)
        overwrite(checksum, at: start)
    }
}
