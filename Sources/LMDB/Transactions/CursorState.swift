public import CLMDB

/// LMDB's `MDB_cursor` and the entry that it is on: what ``Cursor`` and ``WriteCursor`` have in common.
@usableFromInline
struct CursorState: ~Copyable {
    @usableFromInline let table: Table
    @usableFromInline let pointer: OpaquePointer
    /// The entry's key and value in the map; no address when the cursor is on no entry.
    @usableFromInline var key = MDB_val()
    @usableFromInline var value = MDB_val()

    @inlinable
    init(_ table: Table, transaction: OpaquePointer) throws(LMDBError) {
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(transaction, table.handle, &cursor)
        guard code == 0, let cursor else {
            throw LMDBError(code: code, "opening a cursor", transaction: transaction)
        }
        self.table = table
        pointer = cursor
    }

    /// The owner is bound to the transaction, so the cursor is closed before it ends, as lmdb.h demands of writers.
    @inlinable
    deinit { mdb_cursor_close(pointer) }

    /// Moves the cursor; false when there is no such entry, and then it is on none.
    @inlinable
    mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
        let code = mdb_cursor_get(pointer, &key, &value, operation)
        if code == 0, table.keys == .bytes || key.mv_size == 8 { return true }
        return try handleFailure(code)
    }

    @inlinable
    mutating func seek(_ operation: MDB_cursor_op, integerKey: UInt64) throws(LMDBError) -> Bool {
        table.requireIntegerKeys()
        var number = integerKey
        return try unsafe withUnsafeMutablePointer(to: &number) { number throws(LMDBError) in
            key = MDB_val(mv_size: 8, mv_data: number)
            return try move(operation)
        }
    }

    @inlinable
    mutating func seek(_ operation: MDB_cursor_op, key bytes: RawSpan) throws(LMDBError) -> Bool {
        table.requireByteKey(byteCount: bytes.byteCount)
        return try unsafe bytes.withUnsafeBytes { bytes throws(LMDBError) in
            key = MDB_val(bytes)
            return try move(operation)
        }
    }

    @inlinable
    var integerKey: UInt64 {
        table.requireIntegerKeys()
        guard let start = key.mv_data else { preconditionFailure("the cursor is on no entry") }
        return unsafe start.loadUnaligned(as: UInt64.self)
    }

    @inlinable
    func requireEntry() {
        precondition(value.mv_data != nil, "the cursor is on no entry")
    }

    @usableFromInline
    @inline(never)
    mutating func handleFailure(_ code: Int32) throws(LMDBError) -> Bool {
        key = MDB_val()
        value = MDB_val()
        switch code {
        case MDB_NOTFOUND: return false
        case 0: throw .corrupted("an integer key that does not have 8 bytes")
        default: throw LMDBError(code: code, "moving a cursor", transaction: mdb_cursor_txn(pointer))
        }
    }
}
