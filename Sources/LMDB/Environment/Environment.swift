internal import CLMDB
internal import Glibc
internal import Synchronization

/// An open LMDB store: a directory with `data.mdb` and `lock.mdb`, mapped into memory.
///
/// A process has one instance per store, however often it is opened: LMDB forbids a second one, since closing either
/// would drop the process's file locks. It is closed when the last reference goes, transactions included. Any number
/// of threads and processes may read while one of them writes. A process must not `fork` and use it in the child.
public final class Environment: Sendable {
    /// LMDB's `MDB_env`, which is safe to share between threads under `MDB_NOTLS`; closed in `deinit`.
    nonisolated(unsafe) let handle: OpaquePointer
    let files: StoreFiles
    let options: Options
    /// The time since some fixed moment, in nanoseconds.
    let clock: @Sendable () -> Int64
    let pool = Mutex(ReaderPool())
    private let poisoned = Atomic(false)
    /// The thread with a write transaction of this process, or 0.
    private let writerThread = Atomic<UInt>(0)

    init(handle: OpaquePointer, files: StoreFiles, options: Options, clock: @escaping @Sendable () -> Int64) {
        self.handle = handle
        self.files = files
        self.options = options
        self.clock = clock
    }

    deinit {
        pool.withLock { pool in
            while let reader = pool.takeIdle() { mdb_txn_abort(reader.pointer) }
        }
        // The entry goes only after the close, under the registry's lock: opening again meanwhile would open the lock
        // file a second time.
        EnvironmentRegistry.shared.close(files) { mdb_env_close(handle) }
    }

    /// The directory, as given when it was opened.
    public var path: String { files.directory }

    /// Whether it was opened for reading only.
    public var isReadOnly: Bool { options.readOnly }

    /// Whether a commit or sync failed, so that writes are refused until it is closed and opened again. Reading still
    /// works.
    public var isPoisoned: Bool { poisoned.load(ordering: .acquiring) }
}

// MARK: Reading

extension Environment {
    /// Begins a read transaction, which sees the last commit of any process.
    ///
    /// Cost: no system call once as many readers have been at work at a time. When all reader slots are taken, slots of
    /// dead processes are cleared and the thread waits for up to 31 ms before ``LMDBError/readersFull(maximum:)``.
    public func beginRead() throws(LMDBError) -> ReadTransaction {
        guard let reader = pool.withLock({ $0.takeIdle() }) else {
            return ReadTransaction(environment: self, reader: try makeReader())
        }
        let code = mdb_txn_renew(reader.pointer)
        guard code == 0 else {
            pool.withLock { $0.remove(reader) }
            mdb_txn_abort(reader.pointer)
            throw LMDBError(code: code, "beginning a read transaction", environment: handle)
        }
        reader.markBegun(at: clock())
        return ReadTransaction(environment: self, reader: reader)
    }

    func endRead(_ reader: PooledReader) {
        mdb_txn_reset(reader.pointer)
        reader.markIdle()
        let limit = max(1, options.maximumReaders / 8)
        if !pool.withLock({ $0.keep(reader, limit: limit) }) { mdb_txn_abort(reader.pointer) }
    }

    private func makeReader() throws(LMDBError) -> PooledReader {
        let reader = PooledReader(try beginRaw(readOnly: true, "beginning a read transaction"), beganAt: clock())
        pool.withLock { $0.add(reader) }
        return reader
    }

    /// Begins a transaction that takes a new reader slot, waiting a little for one when all are taken.
    func beginRaw(readOnly: Bool, _ operation: String) throws(LMDBError) -> OpaquePointer {
        var milliseconds: UInt32 = 1
        while true {
            var transaction: OpaquePointer?
            let code = mdb_txn_begin(handle, nil, readOnly ? UInt32(MDB_RDONLY) : 0, &transaction)
            if code == 0, let transaction { return transaction }
            // The first reader of a process locks the byte of lock.mdb that its number names.
            if readOnly, code == EAGAIN { throw .processNumberTaken }
            guard code == MDB_READERS_FULL, milliseconds <= 16 else {
                throw LMDBError(code: code, operation, environment: handle)
            }
            if try clearStaleReaders() == 0 {
                usleep(milliseconds * 1000)
                milliseconds *= 2
            }
        }
    }
}

// MARK: Writing

extension Environment {
    /// Begins the write transaction, waiting until no other thread or process has one.
    ///
    /// Throws ``LMDBError/poisoned`` after a failed commit and ``LMDBError/permissionDenied(path:)`` when the
    /// environment is read-only.
    ///
    /// - Precondition: The calling thread has no write transaction of this environment, as it would wait for itself;
    ///   it must not exit before the transaction has ended.
    public func beginWrite() throws(LMDBError) -> WriteTransaction {
        guard !isReadOnly else { throw .permissionDenied(path: path) }
        precondition(
            writerThread.load(ordering: .relaxed) != pthread_self(), "this thread already has a write transaction")
        let pointer = try beginRaw(readOnly: false, "beginning a write transaction")
        // Looked at with LMDB's write lock held: a commit that failed while this thread waited counts.
        guard !isPoisoned else {
            mdb_txn_abort(pointer)
            throw .poisoned
        }
        writerThread.store(pthread_self(), ordering: .relaxed)
        return WriteTransaction(environment: self, pointer: pointer)
    }

    func commitWrite(_ pointer: OpaquePointer) throws(LMDBError) {
        releaseWriter()
        let code = mdb_txn_commit(pointer)
        guard code != 0 else { return }
        switch code {
        // These come before anything is written: the transaction is as good as aborted.
        case MDB_BAD_TXN, MDB_MAP_FULL, MDB_TXN_FULL: break
        default: poison()
        }
        throw LMDBError(code: code, "committing a transaction", environment: handle)
    }

    func abortWrite(_ pointer: OpaquePointer) {
        releaseWriter()
        mdb_txn_abort(pointer)
    }

    /// Flushes everything committed to disk: what makes commits durable that were not flushed one by one.
    ///
    /// When it throws, the environment refuses writes with ``LMDBError/poisoned`` from then on.
    public func sync() throws(LMDBError) {
        guard !isReadOnly else { throw .permissionDenied(path: path) }
        guard !isPoisoned else { throw .poisoned }
        let code = mdb_env_sync(handle, 1)
        guard code == 0 else {
            poison()
            throw LMDBError(code: code, "syncing", environment: handle)
        }
    }

    func poison() { poisoned.store(true, ordering: .releasing) }

    /// Before LMDB's lock is released: afterwards the next writer may already have entered itself.
    private func releaseWriter() {
        precondition(
            writerThread.load(ordering: .relaxed) == pthread_self(),
            "a write transaction ends on the thread that began it")
        writerThread.store(0, ordering: .relaxed)
    }
}

// MARK: Tables

extension Environment {
    /// Opens a table, creating it if asked, in a transaction of its own.
    ///
    /// Throws ``LMDBError/tableNotFound(name:)`` when it does not exist and is not to be created,
    /// ``LMDBError/tableMismatch(name:)`` when it has other keys. Transactions that began before cannot use it.
    ///
    /// - Precondition: The calling thread has no write transaction of this environment.
    public func openTable(name: String, keys: Table.Keys, create: Bool) throws(LMDBError) -> Table {
        guard let table = try findOrMakeTable(name: name, keys: keys, create: create) else {
            throw .tableNotFound(name: name)
        }
        return table
    }

    /// Opens a table in a transaction of its own, or returns nil when there is none of this name.
    ///
    /// - Precondition: The calling thread has no write transaction of this environment.
    public func findTable(name: String, keys: Table.Keys) throws(LMDBError) -> Table? {
        try findOrMakeTable(name: name, keys: keys, create: false)
    }

    /// Only one transaction of a process may open tables at a time (lmdb.h on `mdb_dbi_open`): the write lock sees to
    /// that, or when read-only the pool's.
    private func findOrMakeTable(name: String, keys: Table.Keys, create: Bool) throws(LMDBError) -> Table? {
        guard isReadOnly else {
            let transaction = try beginWrite()
            let table = try Table.open(name, keys: keys, create: create, transaction: transaction.open)
            if table != nil { try transaction.commit() }
            return table
        }
        guard !create else { throw .permissionDenied(path: path) }
        let pointer = try beginRaw(readOnly: true, "beginning a read transaction")
        return try pool.withLock { _ throws(LMDBError) in
            do throws(LMDBError) {
                let table = try Table.open(name, keys: keys, create: false, transaction: pointer)
                // Committing is what keeps a handle that was opened in a read transaction.
                mdb_txn_commit(pointer)
                return table
            } catch {
                mdb_txn_abort(pointer)
                throw error
            }
        }
    }
}
