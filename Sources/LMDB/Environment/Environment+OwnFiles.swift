internal import CLMDB
internal import Synchronization

/// What an environment knows about its files before it writes to them.
struct WriteTrust: Sendable {
    /// Why no write may even begin until the store is opened anew: its files are others.
    var filesRefusal: LMDBError?
    /// Why nothing may be changed until then: its pages contradict each other.
    var pagesRefusal: LMDBError?
    /// Whether the pages were checked since the environment was opened.
    var pagesAreChecked = false
}

extension Environment {
    /// Refuses when the paths no longer lead to the files that are open: what is written to those would be lost, or, without
    /// the lock file, be written beside another process. Refuses everything from then on, since what has happened
    /// meanwhile cannot be known. Cost: two system calls.
    func requireOwnFiles() throws(LMDBError) {
        try requireOwnFile(files.data, at: paths.data)
        try requireOwnFile(files.lock, at: paths.lock)
    }

    /// The same after a commit, with ``DataFileLock`` still held: the file's last transaction is that one, or the one before
    /// when nothing was changed. Otherwise something was copied over the file.
    func requireOwnFiles(after transactionID: UInt64) throws(LMDBError) {
        try requireOwnFiles()
        let last = lastTransactionID
        guard last == transactionID || last == transactionID &- 1 else {
            try refuse("the data file has transaction \(last) after \(transactionID) was committed")
        }
    }

    private var lastTransactionID: UInt64 {
        var information = MDB_envinfo()
        mdb_env_info(handle, &information)
        return UInt64(truncatingIfNeeded: information.me_last_txnid)
    }

    /// The same at the beginning of a write transaction, which must follow upon the file's last one: another would have
    /// been written under another lock file, or by copying over the file.
    func requireOwnFiles(beginning transaction: OpaquePointer) throws(LMDBError) {
        try requireOwnFiles()
        let last = lastTransactionID
        let own = UInt64(truncatingIfNeeded: mdb_txn_id(transaction))
        guard last == own &- 1 else {
            try refuse("the data file has transaction \(last), and the lock file knows \(own &- 1)")
        }
    }

    private func requireOwnFile(_ identity: FileIdentity?, at path: String) throws(LMDBError) {
        let found: FileIdentity?
        do { found = try FileSystem.identity(of: path) } catch {
            try refuse("\(path) cannot be looked up: \(error)")
        }
        guard let found else { try refuse("\(path) is gone") }
        guard found == identity else { try refuse("\(path) is another file now") }
    }

    private func refuse(_ detail: String) throws(LMDBError) -> Never {
        let refusal = LMDBError.filesReplaced(path: path, detail)
        trust.withLock { $0.filesRefusal = refusal }
        throw refusal
    }
}
