package import ByteCoding
package import EventLog

/// The events that had a person erased.
package enum Erasures: Projection {
    package static let name = "erasures"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.personErased)
    package static let isInsertOnly = true

    package static func keys(of record: borrowing RecordView) -> ProjectionKeys<Position> { .one(record.position) }

    package static func apply(_ record: borrowing RecordView, at key: Position, to row: Position?) -> Position {
        record.position
    }
}

/// When people will be erased, by user.
package enum ErasureSchedules: Projection {
    package static let name = "erasureschedules"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.erasureScheduled, .erasureCancelled)

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        switch try RecordBody(of: record) {
        case .erasureScheduled(let user, _), .erasureCancelled(let user): .one(ScopedName(space: nil, user))
        default: .none
        }
    }

    package static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: ErasureSchedule?
    ) throws(RecordError) -> ErasureSchedule {
        var due: Timestamp?
        if case .erasureScheduled(_, let time) = try RecordBody(of: record) { due = time }
        return ErasureSchedule(stream: record.header.stream, due: due)
    }
}

/// The last that was said of when a person will be erased.
package struct ErasureSchedule: ProjectionRow {
    /// The event that says it or that was cancelled, which opened a stream.
    package let stream: Position
    /// When; nil when it was cancelled.
    package let due: Timestamp?

    package func encode(to writer: inout ByteWriter) {
        writer.write(stream.number)
        writer.write(UInt8(due == nil ? 0 : 1))
        writer.write(due?.microseconds ?? 0)
    }

    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        guard let stream = Position(stored: try reader.read(UInt64.self)) else {
            throw .truncated(needed: 8, available: 0)
        }
        let isDue = try reader.read(UInt8.self) == 1
        let time = Timestamp(microseconds: try reader.read(Int64.self))
        self.init(stream: stream, due: isDue ? time : nil)
    }

    init(stream: Position, due: Timestamp?) {
        self.stream = stream
        self.due = due
    }
}
