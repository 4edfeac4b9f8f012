internal import Glibc

extension Environment {
    /// Makes a directory beside a path in which an environment can be made that ``publish(directory:as:)`` then gives that
    /// path: its owner's alone, under a random name that nobody can have prepared.
    package static func makeStagingDirectory(for path: String) throws(LMDBError) -> String {
        var name = Array("\(path).creating-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else {
            throw LMDBError(errorNumber: errno, "making a directory for \(path)", path: FileSystem.parent(of: path))
        }
        return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a staging directory with the environment in it, as far as there is one, and with other files of these names;
    /// it must not be open.
    package static func discardStagingDirectory(_ directory: String, alsoRemoving names: [String] = []) {
        let paths = StorePaths(directory: directory)
        unlink(paths.data)
        unlink(paths.lock)
        for name in names { unlink(directory + "/" + name) }
        rmdir(directory)
    }

    /// Gives a finished environment's folder its final name, durably: readers of that name find all of it or nothing.
    ///
    /// The environment must not be open in any process. Throws ``LMDBError/alreadyExists(path:)`` when something is
    /// there already.
    package static func publish(directory: String, as path: String) throws(LMDBError) {
        guard rename(directory, path) == 0 else {
            if errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR { throw .alreadyExists(path: path) }
            throw LMDBError(errorNumber: errno, "renaming \(directory)", path: path)
        }
        try FileSystem.syncDirectory(FileSystem.parent(of: path))
    }
}
