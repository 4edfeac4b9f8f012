internal import CLMDB
internal import Synchronization

extension Environment {
    /// Opens a table, creating it if asked, in a transaction of its own.
    ///
    /// Throws ``LMDBError/tableNotFound(name:)`` when it does not exist and is not to be created,
    /// ``LMDBError/tableMismatch(name:)`` when it has other keys. Transactions that began before cannot use it.
    ///
    /// - Precondition: The calling thread has no write transaction of this environment.
    package func openTable(name: String, keys: Table.Keys, create: Bool) throws(LMDBError) -> Table {
        guard let table = try findOrMakeTable(name: name, keys: keys, create: create) else {
            throw .tableNotFound(name: name)
        }
        return table
    }

    /// Opens a table in a transaction of its own, or returns nil when there is none of this name.
    ///
    /// - Precondition: The calling thread has no write transaction of this environment.
    package func findTable(name: String, keys: Table.Keys) throws(LMDBError) -> Table? {
        try findOrMakeTable(name: name, keys: keys, create: false)
    }

    /// Only one transaction of a process may open tables at a time (lmdb.h on `mdb_dbi_open`): the write lock sees to
    /// that, or when read-only the pool's.
    private func findOrMakeTable(name: String, keys: Table.Keys, create: Bool) throws(LMDBError) -> Table? {
        guard isReadOnly else { return try findOrMakeTableWriting(name: name, keys: keys, create: create) }
        guard !create else { throw .permissionDenied(path: path) }
        let pointer = try beginUnpooledRead()
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

    /// As a rule the table is there, and nothing is changed.
    private func findOrMakeTableWriting(
        name: String, keys: Table.Keys, create: Bool
    ) throws(LMDBError) -> Table? {
        do {
            var transaction = try beginWrite(changes: false)
            if let table = try transaction.findTable(name: name, keys: keys) {
                try transaction.commit()
                return table
            }
        }
        guard create else { return nil }
        var transaction = try beginWrite()
        let table = try transaction.openTable(name: name, keys: keys, create: true)
        try transaction.commit()
        return table
    }
}
