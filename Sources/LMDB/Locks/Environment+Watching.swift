internal import Glibc

extension Environment {
    /// Decides how a read-only environment reads: unregistered, with a watch, while nobody is there who could write, and
    /// otherwise (nil) registered as a reader in `lock.mdb`.
    ///
    /// Registering changes the lock file, which looking at a store should not; not registering lets a writer reuse the
    /// pages that are being read. So it is done exactly when a process that has the store open may write. Where it is
    /// needed and the lock file cannot be written, ``LMDBError/cannotRegister(path:holder:)`` is thrown.
    static func watch(_ lockFile: String) throws(LMDBError) -> LockFileWatch? {
        let watch = try LockFileWatch(lockFile)
        guard case .running(let process) = try watch.users() else { return watch }
        guard faccessat(AT_FDCWD, lockFile, R_OK | W_OK, AT_EACCESS) == 0 else {
            throw .cannotRegister(path: lockFile, holder: process.map { LockHolder(processID: $0).description })
        }
        return nil
    }

    /// Whether readers are entered in `lock.mdb`: false for a read-only environment that was opened while nobody could
    /// write.
    package var registersReaders: Bool { lockWatch == nil }

    /// Throws ``LMDBError/openedMeanwhile(path:)`` when a read transaction without registration may have seen pages that
    /// a writer took for something else: what was read in it is worth nothing then, and neither is an error that it met.
    ///
    /// LMDB reuses a page at the earliest in the second transaction after the one that freed it. A snapshot of
    /// transaction N is therefore whole until N + 2 has been committed, after which N + 3 may be at work.
    package func checkUndisturbed(_ transaction: borrowing ReadTransaction) throws(LMDBError) {
        guard lockWatch != nil, information.lastTransactionID > transaction.transactionID + 1 else { return }
        throw .openedMeanwhile(path: path)
    }
}
