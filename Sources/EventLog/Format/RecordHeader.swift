internal import ByteCoding

/// The fields that every record starts with (docs/format.md, section 2).
public struct RecordHeader: Hashable, Sendable {
    /// What happened.
    public var kind: RecordKind
    /// The writer's clock when the record was appended; never less than the record before.
    public var recordedAt: Timestamp
    /// The position of the event that opened the stream.
    public var stream: Position
    /// The stream's event before this one, or nil when this one opens the stream.
    public var previous: Position?
    /// This event's place in its stream, from 1.
    public var revision: UInt32
    /// When the user did it, in milliseconds since 1970, when the caller said so.
    public var occurredAt: Int64?
    /// The caller's own name for the event.
    public var eventID: EventID?

    /// Byte offsets of the fixed fields.
    package enum Offset {
        static let checksum = 0
        static let format = 4
        static let kind = 5
        static let flags = 6
        static let reserved = 7
        static let recordedAt = 8
        static let stream = 16
        static let previous = 24
        static let revision = 32
        /// Where the optional fields start: occurredAt, then eventID, then the body.
        static let end = 36
    }

    /// The bits of the flags byte.
    package enum Flag {
        static let occurredAt: UInt8 = 1
        static let eventID: UInt8 = 2
        static let known: UInt8 = 3
    }

    /// The format version that this code writes.
    public static let currentFormat: UInt8 = 1

    /// The number of bytes before the body.
    package var byteCount: Int {
        Offset.end + (occurredAt == nil ? 0 : 8) + (eventID == nil ? 0 : 16)
    }

    /// Describes a record that is about to be appended.
    package init(
        kind: RecordKind, recordedAt: Timestamp, stream: Position, previous: Position?, revision: UInt32,
        occurredAt: Int64? = nil, eventID: EventID? = nil
    ) {
        self.kind = kind
        self.recordedAt = recordedAt
        self.stream = stream
        self.previous = previous
        self.revision = revision
        self.occurredAt = occurredAt
        self.eventID = eventID
    }
}

/// Why the bytes at a position are not a record: the store is damaged, or was written by newer code.
public enum RecordError: Error, Equatable, Sendable {
    /// The stored checksum is not that of the bytes.
    case checksumMismatch(Position)
    /// The record has a format version that this code does not know.
    case unknownFormat(Position, UInt8)
    /// The record has a kind that this code does not know.
    case unknownKind(Position, UInt8)
    /// The bytes have the right checksum but are not canonical; the text says what is wrong.
    case notCanonical(Position, String)
    /// The log has no record at a position that another record refers to, or that is below the head.
    case missing(Position)
    /// The record is of another kind than a reference to it requires.
    case unexpectedKind(Position, RecordKind)
    /// The record was written about another stream, version or time than its neighbours allow.
    case outOfOrder(Position, String)

    /// The damaged record.
    public var position: Position {
        switch self {
        case .checksumMismatch(let position), .unknownFormat(let position, _), .unknownKind(let position, _),
            .notCanonical(let position, _), .missing(let position), .unexpectedKind(let position, _),
            .outOfOrder(let position, _):
            position
        }
    }
}

extension RecordError: CustomStringConvertible {
    /// One sentence and the remedy.
    public var description: String {
        let restore = "restore the store from a backup, or compare it with one"
        return switch self {
        case .checksumMismatch(let position):
            "the record at position \(position) is damaged (its checksum does not match); \(restore)"
        case .unknownFormat(let position, let format):
            "the record at position \(position) has format version \(format), newer than \(RecordHeader.currentFormat), "
                + "the newest known here; use a newer release"
        case .unknownKind(let position, let kind):
            "the record at position \(position) has the unknown kind \(kind); use a newer release"
        case .notCanonical(let position, let detail):
            "the record at position \(position) is not canonical (\(detail)); \(restore)"
        case .missing(let position):
            "the log has no record at position \(position); \(restore)"
        case .unexpectedKind(let position, let kind):
            "the record at position \(position) is of the unexpected kind \(kind); \(restore)"
        case .outOfOrder(let position, let detail):
            "the record at position \(position) does not fit its neighbours (\(detail)); \(restore)"
        }
    }
}
