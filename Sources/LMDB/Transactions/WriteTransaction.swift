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
public struct WriteTransaction: ~Copyable {
    private let environment: Environment
    /// Nil only once ``commit()`` has taken it; `discard self` is not possible beside a class reference.
    @usableFromInline var pointer: OpaquePointer?

    init(environment: Environment, pointer: OpaquePointer) {
        self.environment = environment
        self.pointer = pointer
    }

    deinit {
        if let pointer { environment.abortWrite(pointer) }
    }

    /// Makes the changes visible and, under full durability, durable: two flushes to disk when anything changed.
    ///
    /// After ``LMDBError/transactionFailed``, ``LMDBError/mapFull(byteCount:)`` and ``LMDBError/transactionFull``
    /// nothing was written and a new transaction may begin. After any other error it is unknown what reached the disk,
    /// and the environment refuses writes with ``LMDBError/poisoned`` until it is closed and opened again.
    public consuming func commit() throws(LMDBError) {
        guard let pointer else { preconditionFailure("the transaction has ended") }
        // Whatever mdb_txn_commit returns, the handle is gone: it must not be aborted afterwards.
        self.pointer = nil
        try environment.commitWrite(pointer)
    }

    /// Commits as ``commit()`` does, and flushes data and meta page even where the environment does not.
    public consuming func commitSyncing() throws(LMDBError) {
        guard let pointer else { preconditionFailure("the transaction has ended") }
        self.pointer = nil
        try environment.commitSyncing(pointer)
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
    public var handle: TransactionHandle { TransactionHandle(open) }
}

extension WriteTransaction {
    /// Opens a table, creating it if asked; usable by other transactions once this one has committed.
    ///
    /// Throws ``LMDBError/tableNotFound(name:)`` when it does not exist and is not to be created,
    /// ``LMDBError/tableMismatch(name:)`` when it has other keys.
    public mutating func openTable(name: String, keys: Table.Keys, create: Bool) throws(LMDBError) -> Table {
        guard let table = try Table.open(name, keys: keys, create: create, transaction: open) else {
            throw .tableNotFound(name: name)
        }
        return table
    }

    /// Opens a table, or returns nil when there is none of this name.
    public mutating func findTable(name: String, keys: Table.Keys) throws(LMDBError) -> Table? {
        try Table.open(name, keys: keys, create: false, transaction: open)
    }

    /// Deletes all entries of a table.
    public mutating func clear(_ table: Table) throws(LMDBError) {
        try check(mdb_drop(open, table.handle, 0), "clearing a table")
    }

    /// Deletes a table. It must not be used afterwards, nor be in use by another transaction of this process, even if
    /// this one is not committed.
    public mutating func drop(_ table: Table) throws(LMDBError) {
        try check(mdb_drop(open, table.handle, 1), "dropping a table")
    }

    @inlinable
    func check(_ code: Int32, _ operation: String) throws(LMDBError) {
        guard code == 0 else { throw LMDBError(code: code, operation, transaction: pointer) }
    }
}
