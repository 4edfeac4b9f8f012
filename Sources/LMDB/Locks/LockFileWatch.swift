internal import CLMDB
internal import Glibc

/// Tells whether another process has a store open, by the locks on `lock.mdb`, without taking one or writing anything.
///
/// LMDB keeps a lock on the first byte of the file while it has the store open. Closing a descriptor of the file drops all
/// locks that this process has on it, so only an environment without any may have a watch.
final class LockFileWatch: Sendable {
    private let path: String
    /// Nil when there was no lock file.
    private let descriptor: Int32?

    /// Who else has the store open.
    enum Users: Equatable {
        case nobody
        /// Every process that has it open is stopped, and changes nothing until it is continued.
        case stopped
        /// Some process may write; its number when it is known.
        case running(Int32?)
    }

    /// Begins to watch the lock file at a path, which may be missing.
    init(_ path: String) throws(LMDBError) {
        self.path = path
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw LMDBError(errorNumber: errno, "opening \(path)", path: path) }
            self.descriptor = nil
            return
        }
        self.descriptor = descriptor
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    /// Who has the store open now. Cost: a system call while nobody has.
    func users() throws(LMDBError) -> Users {
        guard let descriptor else {
            // Whoever opens a store for writing makes the file.
            return try FileSystem.identity(of: path) == nil ? .nobody : .running(nil)
        }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_len = 1
        guard fcntl(descriptor, F_GETLK, &lock) == 0 else {
            throw LMDBError(errorNumber: errno, "asking for the locks of \(path)", path: path)
        }
        guard lock.l_type != Int16(F_UNLCK) else { return .nobody }
        // A holder in another PID namespace has no number here.
        guard lock.l_pid > 0, let identity = try FileSystem.identity(of: path) else { return .running(nil) }
        let holders = ProcessTable.lockers(ofInode: identity.inode).union([lock.l_pid])
        if let running = holders.first(where: { !ProcessTable.isStopped($0) }) { return .running(running) }
        return .stopped
    }

    /// Throws ``LMDBError/openedMeanwhile(path:)`` when some process may write.
    func requireNoWriter() throws(LMDBError) {
        if case .running = try users() { throw .openedMeanwhile(path: path) }
    }
}
