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
    /// What the record said was erased with the person to whom it belonged; nothing is damaged.
    case erased(Position)
    /// The record was written about another stream, version or time than its neighbours allow.
    case outOfOrder(Position, String)

    /// The damaged record.
    public var position: Position {
        switch self {
        case .checksumMismatch(let position), .unknownFormat(let position, _), .unknownKind(let position, _),
            .notCanonical(let position, _), .missing(let position), .unexpectedKind(let position, _),
            .outOfOrder(let position, _), .erased(let position):
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
            "the record at position \(position) has format version \(format), and \(RecordHeader.currentFormat) is the only "
                + "one known here; use the release that wrote it"
        case .unknownKind(let position, let kind):
            "the record at position \(position) has the unknown kind \(kind); use a newer release"
        case .notCanonical(let position, let detail):
            "the record at position \(position) is not canonical (\(detail)); \(restore)"
        case .erased(let position):
            "the record at position \(position) was erased with the person to whom it belonged"
        case .missing(let position):
            "the log has no record at position \(position); \(restore)"
        case .unexpectedKind(let position, let kind):
            "the record at position \(position) is of the unexpected kind \(kind); \(restore)"
        case .outOfOrder(let position, let detail):
            "the record at position \(position) does not fit its neighbours (\(detail)); \(restore)"
        }
    }
}
