public import ByteCoding
public import EventLog

/// What erasing people did.
public struct ErasureReport: Sendable {
    /// The events that had people erased, in order.
    public internal(set) var positions: [Position] = []
    /// Records whose private part was replaced.
    public internal(set) var recordCount = 0
    /// Bytes of private parts that were replaced.
    public internal(set) var privateByteCount = 0
    /// Free pages of the data file that were overwritten.
    public internal(set) var pageCount = 0
    /// Pages in use of which unused room was overwritten.
    public internal(set) var partialPageCount = 0
    /// When it was done; nil when somebody still read an earlier state, so that old bytes are in the file yet. The next
    /// erasure or opening of the store goes on.
    public internal(set) var finishedAt: Timestamp?
    /// Who still read an earlier state in the end; empty when the erasure was finished.
    public internal(set) var lingeringReaders: [String] = []

    /// What no erasure reaches.
    public static let outOfReach =
        "copies that left the store are out of reach: backups (erase there with 'storectl erase --ledger'), exports, "
        + "bundles, and what the file system or the disk keeps of earlier bytes"
}

/// An entry of the erasure ledger: that a person was erased, and when. It does not say who, to anybody who has not the
/// store secret and a name to try.
public struct ErasureEntry: Hashable, Sendable {
    /// The event.
    public let position: Position
    /// When it was recorded.
    public let recordedAt: Timestamp
    /// HMAC-SHA-256 of the user's name under the store secret.
    public let person: SHA256Digest
    /// The number of the person's streams.
    public let streamCount: Int
    /// The number of other records of which a part was the person's.
    public let otherRecordCount: Int
    /// Whether everything was replaced and overwritten.
    public let isFinished: Bool
}

/// A person who is to be erased.
public struct ScheduledErasure: Hashable, Sendable {
    /// The user.
    public let user: String
    /// When.
    public let due: Timestamp
}

/// A step of an erasure, after which the process may end: the next opening goes on.
package enum ErasureStep: Hashable, Sendable {
    /// The event is durable.
    case appended
    /// A transaction with some replaced records is durable.
    case replaced
    /// Every record is replaced.
    case replacedAll
    /// The derived tables were built anew.
    case rebuilt
    /// The tables that were live before are empty.
    case cleared
    /// Free pages are overwritten.
    case scrubbed
    /// It is noted that all is done.
    case noted
}

/// Why a person was not erased.
public enum ErasureError: Error, Sendable {
    /// The event could not be appended.
    case append(StoreError)
    /// The event is durable, so nothing of the person is answered; what it asks for is not all done, and is gone on with
    /// when the store is opened again.
    case unfinished(StorageError)
}

extension ErasureError: CustomStringConvertible {
    /// What happened and the remedy.
    public var description: String {
        switch self {
        case .append(let error): error.description
        case .unfinished(let error):
            "the erasure is recorded and not finished (\(error)); open the store again, or run 'storectl erase --due', to go "
                + "on with it"
        }
    }
}
