internal import CLMDB
internal import Glibc

/// The one transaction that may change the store: there is at most one at a time among all processes.
///
/// Changes are visible to others when ``commit()`` returns, and durable then under full durability; without a commit
/// they are dropped at the end of the owner's scope. It belongs to the thread that began it, since LMDB's lock does:
/// committing elsewhere would hang the next writer, so it traps.
///
/// What is read through it is bound to it: nothing borrowed can be held across a change, because a change may move
/// the bytes.
package struct WriteTransaction: ~Copyable {
    private let environment: Environment
    /// Nil only once ``commit()`` has taken it; `discard self` is not possible beside a class reference.
    @usableFromInline var pointer: OpaquePointer?
    /// Whether the file's pages were found fit to be written to, so that this transaction may change something.
    @usableFromInline var mayChange: Bool

    init(environment: Environment, pointer: OpaquePointer, mayChange: Bool) {
        self.environment = environment
        self.pointer = pointer
        self.mayChange = mayChange
    }

    deinit {
        if let pointer { environment.abortWrite(pointer) }
    }

    /// Makes the changes visible and, under full durability, durable: two flushes to disk when anything changed.
    ///
    /// After ``LMDBError/transactionFailed``, ``LMDBError/mapFull(byteCount:)`` and ``LMDBError/transactionFull``
    /// nothing was written and a new transaction may begin. After any other error it is unknown what reached the disk,
    /// and the environment refuses writes with ``LMDBError/poisoned`` until it is closed and opened again;
    /// ``LMDBError/filesReplaced(path:_:)`` says that the files at the store's path are not the open ones, before or after
    /// the changes were written.
    package consuming func commit() throws(LMDBError) {
        guard let pointer else { preconditionFailure("the transaction has ended") }
        // Whatever mdb_txn_commit returns, the handle is gone: it must not be aborted afterwards.
        self.pointer = nil
        try environment.commitWrite(pointer)
    }

    /// Commits as ``commit()`` does, and flushes data and meta page even where the environment does not.
    package consuming func commitSyncing() throws(LMDBError) {
        guard let pointer else { preconditionFailure("the transaction has ended") }
        self.pointer = nil
        try environment.commitSyncing(pointer)
    }

    /// Has the pages of the file checked before the first change since it was opened, since LMDB trusts them blindly; see
    /// ``Environment/checkPages()``. Every change does this itself: call it before something else is done that presumes
    /// that changes will be possible.
    @inlinable
    package mutating func prepareToChange() throws(LMDBError) {
        if !mayChange { try checkPages() }
    }

    @usableFromInline
    @inline(never)
    mutating func checkPages() throws(LMDBError) {
        try environment.checkPagesBeforeChange(transactionID: transactionID)
        mayChange = true
    }

    @inlinable
    var open: OpaquePointer {
        guard let pointer else { preconditionFailure("the transaction has ended") }
        return pointer
    }
}

extension WriteTransaction: Transaction {
    /// LMDB's transaction, for this module's use only.
    @inlinable
    package var handle: TransactionHandle { TransactionHandle(open) }
}

extension WriteTransaction {
    /// Opens a table, creating it if asked; usable by other transactions once this one has committed.
    ///
    /// Throws ``LMDBError/tableNotFound(name:)`` when it does not exist and is not to be created,
    /// ``LMDBError/tableMismatch(name:)`` when it has other keys.
    package mutating func openTable(name: String, keys: Table.Keys, create: Bool) throws(LMDBError) -> Table {
        if let table = try findTable(name: name, keys: keys) { return table }
        if create {
            try prepareToChange()
            if let table = try Table.open(name, keys: keys, create: true, transaction: open) { return table }
        }
        throw .tableNotFound(name: name)
    }

    /// Opens a table, or returns nil when there is none of this name.
    package mutating func findTable(name: String, keys: Table.Keys) throws(LMDBError) -> Table? {
        try Table.open(name, keys: keys, create: false, transaction: open)
    }

    /// Deletes all entries of a table.
    package mutating func clear(_ table: Table) throws(LMDBError) {
        try prepareToChange()
        try check(mdb_drop(open, table.handle, 0), "clearing a table")
    }

    /// Deletes a table. It must not be used afterwards, nor be in use by another transaction of this process, even if
    /// this one is not committed.
    package mutating func drop(_ table: Table) throws(LMDBError) {
        try prepareToChange()
        try check(mdb_drop(open, table.handle, 1), "dropping a table")
    }

    /// Deletes the table of a name with whatever keys it has, or the entry that stands in its place; nothing when there is
    /// none. No other transaction of this process may use the table.
    package mutating func discardTable(name: String) throws(LMDBError) {
        var handle: MDB_dbi = 0
        switch mdb_dbi_open(open, name, 0, &handle) {
        case 0: try check(mdb_drop(open, handle, 1), "dropping a table")
        case MDB_NOTFOUND: return
        case MDB_INCOMPATIBLE:
            // An entry of the main table that is no table.
            try check(mdb_dbi_open(open, nil, 0, &handle), "opening the main table")
            var bytes = Array(name.utf8)
            let code = bytes.withUnsafeMutableBytes { bytes in
                var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
                return mdb_del(open, handle, &key, nil)
            }
            try check(code, "deleting an entry")
        case let code: try check(code, "opening the table '\(name)'")
        }
    }

    @inlinable
    func check(_ code: Int32, _ operation: String) throws(LMDBError) {
        guard code == 0 else { throw LMDBError(code: code, operation, transaction: pointer) }
    }
}
