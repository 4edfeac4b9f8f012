internal import CLMDB
internal import Glibc
internal import Synchronization

/// An open LMDB store: a directory with `data.mdb` and `lock.mdb`, mapped into memory.
///
/// A process has one instance per store, however often it is opened: LMDB forbids a second one, since closing either
/// would drop the process's file locks. It is closed when the last reference goes, transactions included. Any number
/// of threads and processes may read while one of them writes. A process must not `fork` and use it in the child.
package final class Environment: Sendable {
    /// LMDB's `MDB_env`, which is safe to share between threads under `MDB_NOTLS`; closed in `deinit`.
    nonisolated(unsafe) let handle: OpaquePointer
    let files: StoreFiles
    let options: Options
    /// The time since some fixed moment, in nanoseconds.
    let clock: @Sendable () -> Int64
    let pool = Mutex(ReaderPool())
    /// Where the files are found again, whatever the working directory is by then.
    let paths: StorePaths
    private let poisoned = Atomic(false)
    /// Why nothing is written any more though no commit failed, and whether the pages may be written to.
    let trust = Mutex(WriteTrust())
    /// How far the data file has space on the disk, as far as this process has asked for it.
    let reservedEnd = Atomic(0)
    private let writerLock = WriterLock()
    /// Who sees to what commits that are not flushed require; set once, before the first change.
    let guardian = Mutex<(any WriteGuardian)?>(nil)
    /// Set when readers are not entered in `lock.mdb`, because nobody was there who could write.
    let lockWatch: LockFileWatch?

    init(
        handle: OpaquePointer, files: StoreFiles, options: Options, lockWatch: LockFileWatch?,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.handle = handle
        self.lockWatch = lockWatch
        self.files = files
        self.options = options
        self.clock = clock
        paths = StorePaths(directory: FileSystem.absolute(files.directory))
    }

    deinit {
        guardian.withLock { $0 }?.environmentWillClose()
        pool.withLock { pool in
            while let reader = pool.takeIdle() { mdb_txn_abort(reader.pointer) }
        }
        // The entry goes only after the close, under the registry's lock: opening again meanwhile would open the lock
        // file a second time.
        EnvironmentRegistry.shared.close(files) { mdb_env_close(handle) }
    }

    /// The directory, as given when it was opened.
    package var path: String { files.directory }

    /// Whether it was opened for reading only.
    package var isReadOnly: Bool { options.readOnly }

    /// Whether a commit or sync failed, so that writes are refused until it is closed and opened again. Reading still
    /// works.
    package var isPoisoned: Bool { poisoned.load(ordering: .acquiring) }
}

// MARK: Reading

extension Environment {
    /// Begins a read transaction, which sees the last commit of any process.
    ///
    /// Cost: no system call once as many readers have been at work at a time. When all reader slots are taken, slots of
    /// dead processes are cleared and the thread waits for up to 127 ms before ``LMDBError/readersFull(maximum:)``.
    ///
    /// When readers are not registered (``registersReaders``), costs a system call, and throws
    /// ``LMDBError/openedMeanwhile(path:)`` when another process has opened the store since.
    package func beginRead() throws(LMDBError) -> ReadTransaction {
        try lockWatch?.requireNoWriter()
        var milliseconds: UInt32 = 1
        while true {
            do throws(LMDBError) {
                let reader = if let idle = try renewIdleReader() { idle } else { try makeReader() }
                reader.markBegun(at: clock())
                return ReadTransaction(environment: self, reader: reader)
            } catch {
                guard case .readersFull = error, milliseconds <= 64 else { throw error }
            }
            // A slot may come from a process that has died, or within the pool from a transaction that ends.
            if try clearStaleReaders() == 0 {
                FileSystem.pause(milliseconds: milliseconds)
                milliseconds *= 2
            }
        }
    }

    private func renewIdleReader() throws(LMDBError) -> PooledReader? {
        guard let reader = pool.withLock({ $0.takeIdle() }) else { return nil }
        let code = mdb_txn_renew(reader.pointer)
        guard code == 0 else {
            pool.withLock { $0.remove(reader) }
            mdb_txn_abort(reader.pointer)
            throw LMDBError(code: code, "beginning a read transaction", environment: handle)
        }
        return reader
    }

    private func makeReader() throws(LMDBError) -> PooledReader {
        let reader = PooledReader(try beginUnpooledRead())
        pool.withLock { $0.add(reader) }
        return reader
    }

    /// Begins a raw read transaction, which takes a new reader slot.
    func beginUnpooledRead() throws(LMDBError) -> OpaquePointer {
        var transaction: OpaquePointer?
        let code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction)
        if code == 0, let transaction { return transaction }
        // The first reader of a process locks the byte of lock.mdb that its number names.
        if code == EAGAIN { throw .processNumberTaken }
        throw LMDBError(code: code, "beginning a read transaction", environment: handle)
    }

    func endRead(_ reader: PooledReader) {
        mdb_txn_reset(reader.pointer)
        reader.markIdle()
        let limit = max(1, options.maximumReaders / 8)
        if !pool.withLock({ $0.keep(reader, limit: limit) }) { mdb_txn_abort(reader.pointer) }
    }
}

// MARK: Writing

extension Environment {
    /// Begins the write transaction, waiting until no other thread or process has one.
    ///
    /// Throws ``LMDBError/poisoned`` after a failed commit, ``LMDBError/permissionDenied(path:)`` when the environment is
    /// read-only, and ``LMDBError/filesReplaced(path:_:)`` when the files at the store's path are not the open ones.
    /// The first change of an opened environment may throw ``LMDBError/corrupted(_:)``, and so does each one after it: the
    /// file's pages contradict each other, so that writing might destroy what is in use.
    ///
    /// - Parameter changes: False for who takes the lock only to look, or to open tables that exist: the environment's
    ///   ``WriteGuardian`` is not asked then, and nothing may be changed.
    /// - Precondition: The calling thread has no write transaction of this environment, as it would wait for itself;
    ///   it must not exit before the transaction has ended.
    package func beginWrite(changes: Bool = true) throws(LMDBError) -> WriteTransaction {
        guard !isReadOnly else { throw .permissionDenied(path: path) }
        let transaction = try lockForWriting()
        if changes, let guardian = guardian.withLock({ $0 }) { try guardian.willChange(transaction) }
        return transaction
    }

    private func lockForWriting() throws(LMDBError) -> WriteTransaction {
        writerLock.acquire()
        do throws(LMDBError) {
            guard !isPoisoned else { throw .poisoned }
            let (refusal, mayChange) = trust.withLock { ($0.filesRefusal, $0.pagesAreChecked) }
            if let refusal { throw refusal }
            var transaction: OpaquePointer?
            let code = noteWait { mdb_txn_begin(handle, nil, 0, &transaction) }
            guard code == 0, let transaction else {
                throw LMDBError(code: code, "beginning a write transaction", environment: handle)
            }
            DataFileLock.acquire(handle)
            do throws(LMDBError) { try requireOwnFiles(beginning: transaction) } catch {
                DataFileLock.release(handle)
                mdb_txn_abort(transaction)
                throw error
            }
            return WriteTransaction(environment: self, pointer: transaction, mayChange: mayChange)
        } catch {
            writerLock.release()
            throw error
        }
    }

    /// Commits with a flush, whatever the environment's durability is.
    ///
    /// LMDB keeps the descriptor that flushes meta pages even under `MDB_NOSYNC`, in case the flag is taken back.
    func commitSyncing(_ pointer: OpaquePointer) throws(LMDBError) {
        mdb_env_set_flags(handle, UInt32(MDB_NOSYNC), 0)
        defer { if options.durability != .full { mdb_env_set_flags(handle, UInt32(MDB_NOSYNC), 1) } }
        try commitWrite(pointer)
    }

    func commitWrite(_ pointer: OpaquePointer) throws(LMDBError) {
        writerLock.requireOwner()
        defer {
            DataFileLock.release(handle)
            writerLock.release()
        }
        do throws(LMDBError) { try requireOwnFiles() } catch {
            mdb_txn_abort(pointer)
            throw error
        }
        let transactionID = UInt64(truncatingIfNeeded: mdb_txn_id(pointer))
        let code = mdb_txn_commit(pointer)
        // Only now can it be said that what was written is where the next opening looks for it.
        guard code != 0 else { return try requireOwnFiles(after: transactionID) }
        switch code {
        // These come before anything is written: the transaction is as good as aborted.
        case MDB_BAD_TXN, MDB_MAP_FULL, MDB_TXN_FULL: break
        default: poison()
        }
        throw LMDBError(code: code, "committing a transaction", environment: handle)
    }

    func abortWrite(_ pointer: OpaquePointer) {
        writerLock.requireOwner()
        mdb_txn_abort(pointer)
        DataFileLock.release(handle)
        writerLock.release()
    }

    /// Flushes everything committed to disk: what makes commits durable that were not flushed one by one.
    ///
    /// When it throws, the environment refuses writes with ``LMDBError/poisoned`` from then on.
    package func sync() throws(LMDBError) {
        guard !isReadOnly else { throw .permissionDenied(path: path) }
        guard !isPoisoned else { throw .poisoned }
        let code = mdb_env_sync(handle, 1)
        guard code == 0 else {
            poison()
            throw LMDBError(code: code, "syncing", environment: handle)
        }
        try requireOwnFiles()
    }

    func poison() { poisoned.store(true, ordering: .releasing) }
}
