public import EventLog

/// Why a store could not be opened or created.
public enum OpenError: Error, Sendable {
    /// There is nothing at the path.
    case missing(path: String)
    /// There is something at the path, and a store cannot be created over it.
    case exists(path: String)
    /// The store cannot be read or written.
    case storage(StorageError)
}

extension OpenError: CustomStringConvertible {
    /// What was found and the remedy.
    public var description: String {
        switch self {
        case .missing(let path): "there is no store at \(path); create one with 'storectl init --store \(path)'"
        case .exists(let path): "\(path) exists already; choose another path, or remove it"
        case .storage(let error): error.description
        }
    }
}
