public import CLMDB

/// A consistent view of all tables, as of its beginning and, in a write transaction, with its own changes.
///
/// Adopted by ``ReadTransaction`` and ``WriteTransaction``; take `borrowing some Transaction & ~Copyable` to read from
/// either. Spans and cursors are bound to the transaction by the compiler: they cannot outlive it, nor be held across
/// a change. Bytes are aligned to 2 at most, so wider values must be loaded unaligned.
package protocol Transaction: ~Copyable {
    /// LMDB's transaction, for this module's use only.
    var handle: TransactionHandle { get }
}

/// LMDB's `MDB_txn`, sealed: outside of this module there is nothing to do with it.
package struct TransactionHandle {
    @usableFromInline let pointer: OpaquePointer

    @inlinable
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
}

extension Transaction where Self: ~Copyable {
    /// The number of the last committed write transaction that a read transaction sees; in a write transaction its own.
    @inlinable
    package var transactionID: UInt64 { UInt64(truncatingIfNeeded: mdb_txn_id(handle.pointer)) }

    /// The value at an integer key, or nil when there is none.
    ///
    /// Cost: one descent of the B-tree, no copy; the bytes are borrowed from the map.
    @inlinable
    @_lifetime(borrow self)
    package func get(_ table: Table, integerKey: UInt64) throws(LMDBError) -> RawSpan? {
        table.requireIntegerKeys()
        var number = integerKey
        var value = MDB_val()
        let code = unsafe withUnsafeMutablePointer(to: &number) { number in
            var key = MDB_val(mv_size: 8, mv_data: number)
            return mdb_get(handle.pointer, table.handle, &key, &value)
        }
        guard code == 0 else {
            if code == MDB_NOTFOUND { return nil }
            throw LMDBError(code: code, "reading an entry", transaction: handle.pointer)
        }
        return unsafe _overrideLifetime(value.span, borrowing: self)
    }

    /// The value at a byte key, or nil when there is none.
    ///
    /// Cost: one descent of the B-tree, no copy; the bytes are borrowed from the map.
    ///
    /// - Precondition: The key has 1 to 511 bytes.
    @inlinable
    @_lifetime(borrow self)
    package func get(_ table: Table, key: RawSpan) throws(LMDBError) -> RawSpan? {
        table.requireByteKey(byteCount: key.byteCount)
        var value = MDB_val()
        let code = unsafe key.withUnsafeBytes { bytes in
            var key = MDB_val(bytes)
            return mdb_get(handle.pointer, table.handle, &key, &value)
        }
        guard code == 0 else {
            if code == MDB_NOTFOUND { return nil }
            throw LMDBError(code: code, "reading an entry", transaction: handle.pointer)
        }
        return unsafe _overrideLifetime(value.span, borrowing: self)
    }

    /// The greatest key of a table with integer keys, or nil when it is empty.
    @inlinable
    package func lastIntegerKey(in table: Table) throws(LMDBError) -> UInt64? {
        table.requireIntegerKeys()
        var cursor = try makeCursor(table)
        return try cursor.moveToLast() ? cursor.integerKey : nil
    }

    /// The number of entries in a table. Cost: none, the B-tree's root tells.
    package func entryCount(_ table: Table) throws(LMDBError) -> Int {
        var figures = MDB_stat()
        let code = mdb_stat(handle.pointer, table.handle, &figures)
        guard code == 0 else { throw LMDBError(code: code, "counting entries", transaction: handle.pointer) }
        return figures.ms_entries
    }

    /// A cursor over a table, on no entry yet. Cost: one allocation.
    @inlinable
    @_lifetime(borrow self)
    package func makeCursor(_ table: Table) throws(LMDBError) -> Cursor {
        let cursor = Cursor(try CursorState(table, transaction: handle.pointer))
        return unsafe _overrideLifetime(cursor, borrowing: self)
    }
}

extension MDB_val {
    /// A view for `mdb_*` calls, which read keys and values but do not write through them.
    @inlinable
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }

    /// The bytes; the caller binds them to what keeps them alive.
    @inlinable
    var span: RawSpan {
        @_lifetime(immortal) get {
            guard let start = mv_data else { return RawSpan() }
            let span = unsafe RawSpan(_unsafeStart: start, byteCount: mv_size)
            return unsafe _overrideLifetime(span, copying: ())
        }
    }
}
