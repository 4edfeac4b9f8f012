internal import CLMDB
internal import Glibc

extension LMDBError {
    /// The error that a code of a failed call stands for.
    ///
    /// Cold: the environment is asked for its path and its limits only here.
    @usableFromInline
    @inline(never)
    init(code: Int32, _ operation: String, environment: OpaquePointer?) {
        switch code {
        case MDB_KEYEXIST: self = .keyOutOfOrder
        case MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_CURSOR_FULL, MDB_PAGE_FULL:
            self = .corrupted("\(operation): \(Self.text(ofCode: code))")
        case MDB_PANIC: self = .panicked
        case MDB_MAP_FULL: self = Self.mapFull(environment)
        case MDB_READERS_FULL: self = .readersFull(maximum: Int(Self.information(environment).me_maxreaders))
        case MDB_TXN_FULL: self = .transactionFull
        case MDB_MAP_RESIZED: self = .mapResized
        case MDB_BAD_TXN: self = .transactionFailed
        default: self.init(errorNumber: code, operation, path: Self.path(environment))
        }
    }

    /// The error that a code of a failed call within a transaction stands for.
    @usableFromInline
    @inline(never)
    init(code: Int32, _ operation: String, transaction: OpaquePointer?) {
        self.init(code: code, operation, environment: mdb_txn_env(transaction))
    }

    /// The error that an `errno` code of a system call on a path stands for.
    init(errorNumber: Int32, _ operation: String, path: String) {
        switch errorNumber {
        case EACCES, EPERM, EROFS: self = .permissionDenied(path: path)
        case ENOENT, ENOTDIR: self = .notFound(path: path)
        case EEXIST, ENOTEMPTY: self = .alreadyExists(path: path)
        case ENOSPC, EDQUOT: self = .diskFull(path: path)
        // A short write of data pages is EIO to LMDB, and usually means a full disk.
        case EIO where Self.isAlmostFull(path): self = .diskFull(path: path)
        case EIO, EFBIG: self = .io(code: errorNumber, operation: operation)
        default: self = .system(code: errorNumber, operation: operation)
        }
    }

    /// What `mdb_strerror` says, which includes `strerror` for positive codes.
    static func text(ofCode code: Int32) -> String {
        mdb_strerror(code).map { String(cString: $0) } ?? "code \(code)"
    }

    /// Another process may have enlarged the map already; then it is enough to open the store again.
    private static func mapFull(_ environment: OpaquePointer?) -> LMDBError {
        let mapped = information(environment).me_mapsize
        let data = StorePaths(directory: path(environment)).data
        if case .sound(let stored)? = try? DataFileCheck.check(data), stored > mapped { return .mapResized }
        return .mapFull(byteCount: mapped)
    }

    private static func information(_ environment: OpaquePointer?) -> MDB_envinfo {
        var information = MDB_envinfo()
        if let environment { mdb_env_info(environment, &information) }
        return information
    }

    private static func path(_ environment: OpaquePointer?) -> String {
        var path: UnsafePointer<CChar>?
        guard let environment, mdb_env_get_path(environment, &path) == 0, let path else { return "the store" }
        return String(cString: path)
    }

    private static func isAlmostFull(_ path: String) -> Bool {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return false }
        return UInt64(figures.f_bavail) * UInt64(figures.f_frsize) < 1 << 20
    }
}
