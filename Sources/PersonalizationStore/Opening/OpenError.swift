public import EventLog
internal import LMDB

/// Why a store could not be opened or created.
public enum OpenError: Error, Sendable {
    /// There is nothing at the path.
    case missing(path: String)
    /// There is something at the path, and a store cannot be created over it.
    case exists(path: String)
    /// The store's signing key cannot be written.
    case signingKey(ProofError)
    /// The store cannot be read or written.
    case storage(StorageError)
}

extension OpenError {
    /// The failure of opening a path: a missing folder has its own case.
    init(_ error: StorageError, opening path: String) {
        if case .database(.notFound(let missing)) = error, missing == path {
            self = .missing(path: path)
        } else {
            self = .storage(error)
        }
    }
}

extension OpenError: CustomStringConvertible {
    /// What was found and the remedy.
    public var description: String {
        switch self {
        case .missing(let path): "there is no store at \(path); create one with 'storectl init --store \(path)'"
        case .exists(let path): "\(path) exists already; choose another path, or remove it"
        case .signingKey(let error): error.description
        case .storage(.record(let error)):
            "\(error.description); until then the store can be read but not written to, and "
                + "'storectl export --skip-damaged' saves what is whole"
        case .storage(let error): error.description
        }
    }
}
