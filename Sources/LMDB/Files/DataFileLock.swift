internal import CLMDB
internal import Glibc

/// A lock on the data file itself, which a writer holds beside LMDB's.
///
/// LMDB's own lock is in `lock.mdb`. When that file is deleted, the next process makes another, and two writers with a
/// lock of their own each would write the same pages at the same time. This one they share, since it belongs to the file
/// that they write to; ``Environment/requireOwnFiles(beginning:)`` then finds out which of them has the wrong lock file.
enum DataFileLock {
    /// Waits for the lock; without effect on a file system that has none.
    static func acquire(_ environment: OpaquePointer) {
        guard let descriptor = descriptor(of: environment) else { return }
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    }

    static func release(_ environment: OpaquePointer) {
        guard let descriptor = descriptor(of: environment) else { return }
        _ = flock(descriptor, LOCK_UN)
    }

    private static func descriptor(of environment: OpaquePointer) -> Int32? {
        var descriptor: Int32 = -1
        return mdb_env_get_fd(environment, &descriptor) == 0 ? descriptor : nil
    }
}
