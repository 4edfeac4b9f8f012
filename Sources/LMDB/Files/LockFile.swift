internal import CLMDB
internal import Glibc

/// Gives `lock.mdb` its room on the disk before LMDB maps it.
///
/// LMDB makes the file by `ftruncate`, without blocks, and writes through a map: on a full file system that ends the
/// process with SIGBUS.
///
/// Opens the file, which is harmless here and nowhere else: the registry's lock is held, and no environment of this
/// process has the file open, so that closing a descriptor drops no lock of LMDB's.
enum LockFile {
    /// The size of `MDB_txninfo`, and of each `MDB_reader` after the first: whole cache lines.
    private static let headerByteCount = 192
    private static let readerByteCount = 64

    /// Makes the file when it is missing, complete from the start as others see it, and fills its holes when it is there.
    ///
    /// Throws ``LMDBError/diskFull(path:)`` when there is no room; nothing is left then.
    static func allocate(_ path: String, maximumReaders: Int) throws(LMDBError) {
        let byteCount = headerByteCount + (maximumReaders - 1) * readerByteCount
        var status = stat()
        if stat(path, &status) == 0 {
            guard Int(status.st_blocks) * 512 < max(Int(status.st_size), byteCount) else { return }
            try fill(path, byteCount: byteCount)
        } else if errno == ENOENT {
            try make(path, byteCount: byteCount)
        } else {
            throw LMDBError(errorNumber: errno, "looking up \(path)", path: path)
        }
    }

    private static func make(_ path: String, byteCount: Int) throws(LMDBError) {
        var name = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        // LMDB says what is wrong with a directory that cannot be written to.
        if descriptor < 0, errno == EACCES || errno == EROFS || errno == EPERM { return }
        guard descriptor >= 0 else { throw LMDBError(errorNumber: errno, "making \(path)", path: path) }
        defer {
            close(descriptor)
            unlink(name)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let code = posix_fallocate(descriptor, 0, off_t(byteCount))
        guard code == 0 || isUnsupported(code) else {
            throw LMDBError(errorNumber: code, "making room for \(path)", path: path)
        }
        // Another process may have made the file meanwhile, and that one is as good. Without hard links LMDB makes it.
        guard link(name, path) == 0 || [EEXIST, EPERM, EOPNOTSUPP, EMLINK].contains(errno) else {
            throw LMDBError(errorNumber: errno, "making \(path)", path: path)
        }
    }

    private static func fill(_ path: String, byteCount: Int) throws(LMDBError) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        // LMDB makes a short file longer, but only who has it alone: others have mapped what they found.
        let isAlone = locksAlone(descriptor)
        let size = isAlone ? max(Int(status.st_size), byteCount) : Int(status.st_size)
        guard size > 0 else { return }
        let code = posix_fallocate(descriptor, 0, off_t(size))
        guard code == 0 || isUnsupported(code) else {
            throw LMDBError(errorNumber: code, "making room for \(path)", path: path)
        }
    }

    /// Takes the lock that LMDB takes on the file's first byte, as everybody who has it open shares it.
    private static func locksAlone(_ descriptor: Int32) -> Bool {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = 0
        lock.l_len = 1
        return fcntl(descriptor, F_SETLK, &lock) == 0
    }

    private static func isUnsupported(_ code: Int32) -> Bool { code == EOPNOTSUPP || code == EINVAL || code == ENOSYS }
}
