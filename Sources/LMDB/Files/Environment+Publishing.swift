internal import Glibc

extension Environment {
    /// Gives a finished environment's folder its final name, durably: readers of that name find all of it or nothing.
    ///
    /// The environment must not be open in any process. Throws ``LMDBError/alreadyExists(path:)`` when something is
    /// there already.
    public static func publish(directory: String, as path: String) throws(LMDBError) {
        guard rename(directory, path) == 0 else {
            if errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR { throw .alreadyExists(path: path) }
            throw LMDBError(errorNumber: errno, "renaming \(directory)", path: path)
        }
        try FileSystem.syncDirectory(FileSystem.parent(of: path))
    }
}
