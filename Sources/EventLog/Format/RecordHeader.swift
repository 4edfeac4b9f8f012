/// The fields that every record has (docs/format.md, section 2).
package struct RecordHeader: Hashable, Sendable {
    /// What happened.
    package var kind: RecordKind
    /// Whether the record belongs to a person: its whole content, its kind included, is then in its private part.
    package var isPersonal: Bool
    /// The writer's clock when the record was appended; never less than the record before.
    package var recordedAt: Timestamp
    /// The position of the event that opened the stream; its own in an erased record of a person, which is in none.
    package var stream: Position
    /// The stream's event before this one, or nil when this one opens the stream.
    package var previous: Position?
    /// This event's place in its stream, from 1; 0 in an erased record of a person.
    package var revision: UInt32
    /// When the user did it, in milliseconds since 1970, when the caller said so.
    package var occurredAt: Int64?
    /// The caller's own name for the event.
    package var eventID: EventID?

    /// Byte offsets of the fields that all records begin with.
    package enum Offset {
        static let checksum = 0
        static let format = 4
        static let flags = 5
        static let recordedAt = 6
        /// Where the kind stands: in the public part, or at the beginning of a person's private one.
        static let kind = 14
    }

    /// The bits of the flags byte.
    package enum Flag {
        static let erased: UInt8 = 1
        /// The kind and all links are in the public part.
        static let publicKind: UInt8 = 2
        static let known: UInt8 = 3
    }

    /// The bits of the byte that holds the kind.
    package enum KindByte {
        static let kind: UInt8 = 0x3F
        static let occurredAt: UInt8 = 0x40
        static let eventID: UInt8 = 0x80
    }

    /// The format version that this code writes and reads.
    package static let currentFormat: UInt8 = 2

    /// Describes a record that is about to be appended.
    ///
    /// - Parameter isPersonal: Whether the record is of a person's stream; what the kind says unless it is given.
    /// - Precondition: It is given for the kinds that are of either.
    package init(
        kind: RecordKind, recordedAt: Timestamp, stream: Position, previous: Position?, revision: UInt32,
        occurredAt: Int64? = nil, eventID: EventID? = nil, isPersonal: Bool? = nil
    ) {
        guard let isPersonal = kind.isPersonal ?? isPersonal else {
            preconditionFailure("a record that says something of a version is of a profile's stream or of a space's")
        }
        self.kind = kind
        self.isPersonal = isPersonal
        self.recordedAt = recordedAt
        self.stream = stream
        self.previous = previous
        self.revision = revision
        self.occurredAt = occurredAt
        self.eventID = eventID
    }

    /// A header whose fields are all known.
    @inline(__always)
    init(
        decoding kind: RecordKind, isPersonal: Bool, recordedAt: Timestamp, stream: Position, previous: Position?,
        revision: UInt32
    ) {
        self.kind = kind
        self.isPersonal = isPersonal
        self.recordedAt = recordedAt
        self.stream = stream
        self.previous = previous
        self.revision = revision
    }
}

extension RecordHeader {
    /// How `occurredAt` is stored: as its distance before the whole millisecond of `recordedAt`, modulo 2^64, with the sign
    /// in the lowest bit, so that a small distance either way is a small number.
    static func distance(of occurredAt: Int64, before recordedAt: Timestamp) -> UInt64 {
        let distance = recordedAt.wholeMilliseconds &- occurredAt
        return UInt64(bitPattern: distance &<< 1 ^ distance &>> 63)
    }

    /// The moment with a stored distance.
    static func occurredAt(_ stored: UInt64, before recordedAt: Timestamp) -> Int64 {
        let distance = Int64(bitPattern: stored &>> 1) ^ -Int64(bitPattern: stored & 1)
        return recordedAt.wholeMilliseconds &- distance
    }
}

extension Timestamp {
    /// The milliseconds since 1970, rounded down.
    fileprivate var wholeMilliseconds: Int64 {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
