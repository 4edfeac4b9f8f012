public import EventLog
public import TransparencyLog

/// Why a checkpoint cannot be signed, or a proof neither made nor believed.
@nonexhaustive
public enum ProofError: Error, Sendable {
    /// The store's folder has no signing key, and none was given.
    case noKey(store: String)
    /// There is a signing key already, which is not replaced.
    case keyExists(path: String)
    /// The file with a signing key cannot be read or written; the detail says why.
    case keyFile(path: String, String)
    /// The log has no event at this position.
    case noEvent(Position, head: Position?)
    /// The code names no version that can be proven.
    case code(StoreError)
    /// A key, a checkpoint or a proof cannot be read, or is not signed as it should be.
    case transparency(TransparencyError)
    /// The log is not an extension of what the checkpoint says: its first events are others, or it is shorter.
    case rewritten(earlierSize: UInt64, size: UInt64)
    /// The entry does not lead to the root that the proof's checkpoint has.
    case notProven(Position)
    /// The proof does not lead from the earlier checkpoint to the later one.
    case notConsistent(earlierSize: UInt64, size: UInt64)
    /// The opening in a proof is malformed, or is no record; the detail says why.
    case opening(String)
    /// The store cannot be read.
    case storage(StorageError)
}

extension ProofError: StorageFailing {}

extension ProofError: CustomStringConvertible {
    /// What is wrong and the remedy.
    public var description: String {
        switch self {
        case .noKey(let store):
            "the store \(store) has no signing key; give one with --key FILE, or make one with 'storectl key --make'"
        case .keyExists(let path): "\(path) exists already, and a signing key is never replaced; move it away first"
        case .keyFile(let path, let detail): "the signing key in \(path) cannot be used: \(detail); check the path"
        case .noEvent(let position, let head):
            "the log has no event at position \(position)"
                + (head.map { "; its last one is at \($0)" } ?? "; it is empty")
        case .code(let error): error.description
        case .transparency(let error): error.description
        case .rewritten(let earlier, let size):
            size < earlier
                ? "the log has \(size) events, and had \(earlier) when the checkpoint was signed: its end is gone; run "
                    + "'storectl verify --since FILE', and compare with a backup"
                : "the first \(earlier) events are not those that the checkpoint is of: history was rewritten, or the "
                    + "tree is damaged; run 'storectl verify --since FILE', and compare with a backup"
        case .notProven(let position):
            "the event at position \(position) does not lead to the signed root: the proof was changed, or is of another "
                + "event; do not believe it"
        case .notConsistent(let earlier, let size):
            "the log of \(size) events is not shown to begin with the \(earlier) of the earlier checkpoint: the proof is of "
                + "another checkpoint, or history was rewritten; do not believe it"
        case .opening(let detail): "the proof does not say what was recorded (\(detail)); get it again"
        case .storage(let error): error.description
        }
    }
}
