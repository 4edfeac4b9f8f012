internal import CLMDB
internal import Glibc

extension Environment {
    /// Copies the store, as of the last commit and without its free pages, into a new directory, and syncs the copy.
    ///
    /// Writers go on meanwhile, but the copy is a long read transaction: pages that they free are not reused until it
    /// ends. The copy is on disk when this returns; when it throws, nothing is left. Cost: writes all data once.
    ///
    /// - Parameter path: The directory, which must not exist (``LMDBError/alreadyExists(path:)``); its parent must.
    package func copyCompacting(toDirectory path: String) throws(LMDBError) {
        try FileSystem.makeDirectory(path, mayExist: false)
        let data = StorePaths(directory: path).data
        do throws(LMDBError) {
            if !options.allowsNetworkFileSystem, let kind = try FileSystem.networkKind(of: path) {
                throw LMDBError.networkFileSystem(path: path, kind: kind)
            }
            try copyPages(toDirectory: path)
            // mdb_env_copy2 never syncs what it wrote.
            try FileSystem.restrictAndSync(data)
            try FileSystem.syncDirectory(path)
            try FileSystem.syncDirectory(FileSystem.parent(of: path))
        } catch {
            unlink(data)
            rmdir(path)
            throw error
        }
    }

    /// Removes the lock file of a copy that was opened, and other files of these names, so that its folder has the data file
    /// only.
    ///
    /// - Precondition: No process has the copy open.
    package static func removeFilesBesideData(directory path: String, _ names: [String]) throws(LMDBError) {
        for file in [StorePaths(directory: path).lock] + names.map({ path + "/" + $0 }) {
            guard unlink(file) == 0 || errno == ENOENT else {
                throw LMDBError(errorNumber: errno, "removing \(file)", path: file)
            }
        }
        try FileSystem.syncDirectory(path)
    }

    private func copyPages(toDirectory path: String) throws(LMDBError) {
        let code = mdb_env_copy2(handle, path, UInt32(MDB_CP_COMPACT))
        switch code {
        case 0: return
        // What 0.9.24 calls it when the free list and the pages in use do not add up.
        case MDB_INCOMPATIBLE: throw .corrupted("pages are neither free nor in use; copy without compacting")
        case let code where code < 0: throw LMDBError(code: code, "copying the store", environment: handle)
        default: throw LMDBError(errorNumber: code, "copying to \(path)", path: path)
        }
    }
}
