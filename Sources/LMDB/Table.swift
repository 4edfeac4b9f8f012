public import CLMDB

/// A named table of an environment: a handle that stays valid as long as the environment is open.
///
/// Open all tables once at the start. A table that was opened in a transaction which did not commit, or which has been
/// dropped, must not be used: LMDB may give its number to another.
@usableFromInline
package struct Table: Hashable, Sendable {
    /// What the keys of a table are.
    @usableFromInline
    package enum Keys: Hashable, Sendable {
        /// 8-byte integers, ordered by value (`MDB_INTEGERKEY`).
        case integer
        /// 1 to 511 bytes, ordered bytewise; a prefix comes before what it begins.
        case bytes
    }

    /// The longest key in bytes: what `mdb_env_get_maxkeysize` gives for the system's liblmdb.
    @usableFromInline package static let maximumKeyByteCount = 511

    /// What the keys of the table are.
    @usableFromInline package let keys: Keys
    @usableFromInline let handle: MDB_dbi

    init(handle: MDB_dbi, keys: Keys) {
        self.handle = handle
        self.keys = keys
    }

    @inlinable
    func requireIntegerKeys() {
        precondition(keys == .integer, "the table has byte keys, not integer keys")
    }

    @inlinable
    func requireByteKey(byteCount: Int) {
        precondition(keys == .bytes, "the table has integer keys, not byte keys")
        precondition(byteCount > 0 && byteCount <= Self.maximumKeyByteCount, "a key has 1 to 511 bytes")
    }
}

extension Table {
    /// Opens a table in a raw transaction, or returns nil when there is none and it is not to be created.
    ///
    /// `mdb_dbi_open` must not run in two transactions of a process at a time, which the callers see to.
    static func open(
        _ name: String, keys: Keys, create: Bool, transaction: OpaquePointer
    ) throws(LMDBError) -> Table? {
        precondition(!name.isEmpty && name.utf8.count <= maximumKeyByteCount, "a table's name has 1 to 511 bytes")
        var flags: Int32 = keys == .integer ? MDB_INTEGERKEY : 0
        if create { flags |= MDB_CREATE }
        var handle: MDB_dbi = 0
        let code = mdb_dbi_open(transaction, name, UInt32(flags), &handle)
        switch code {
        case 0: break
        case MDB_NOTFOUND: return nil
        case MDB_INCOMPATIBLE: throw .tableMismatch(name: name)
        case MDB_DBS_FULL: throw .tooManyTables(maximum: maximumTables(transaction))
        default: throw LMDBError(code: code, "opening the table '\(name)'", transaction: transaction)
        }
        // An open handle is returned whatever flags were asked for, and stored flags win over them.
        var stored: UInt32 = 0
        let flagsCode = mdb_dbi_flags(transaction, handle, &stored)
        guard flagsCode == 0 else {
            throw LMDBError(code: flagsCode, "reading the flags of the table '\(name)'", transaction: transaction)
        }
        let expected: Int32 = keys == .integer ? MDB_INTEGERKEY : 0
        let relevant = MDB_INTEGERKEY | MDB_REVERSEKEY | MDB_DUPSORT
        guard Int32(stored) & relevant == expected else { throw .tableMismatch(name: name) }
        return Table(handle: handle, keys: keys)
    }

    /// LMDB does not tell its limit, but the environment carries it as its user context.
    private static func maximumTables(_ transaction: OpaquePointer) -> Int {
        Int(bitPattern: mdb_env_get_userctx(mdb_txn_env(transaction)))
    }
}
