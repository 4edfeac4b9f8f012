public import CLMDB

/// Changes one table of a write transaction in key order: each step starts where the last one ended, so that sorted
/// changes seldom descend the B-tree.
///
/// While it lives, the transaction is not otherwise usable.
package struct WriteCursor: ~Copyable, ~Escapable {
    @usableFromInline var state: CursorState

    @inlinable
    @_lifetime(immortal)
    init(_ state: consuming CursorState) { self.state = state }

    /// Goes to the entry with exactly this key; false when there is none.
    ///
    /// - Precondition: The key has 1 to 511 bytes.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func seek(key: RawSpan) throws(LMDBError) -> Bool { try state.seek(MDB_SET_KEY, key: key) }

    /// Goes to the entry with exactly this key; false when there is none.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func seek(integerKey: UInt64) throws(LMDBError) -> Bool {
        try state.seek(MDB_SET_KEY, integerKey: integerKey)
    }

    /// The value of the entry that the cursor is on, until the next step.
    ///
    /// - Precondition: The last seek found an entry, and nothing was changed since.
    @inlinable
    package var value: RawSpan {
        @_lifetime(borrow self) get {
            state.requireEntry()
            return unsafe _overrideLifetime(state.value.span, borrowing: self)
        }
    }

    /// Stores a value under a byte key, replacing what was there.
    ///
    /// Cheap right after a seek to the key, found or not: the page is at hand.
    ///
    /// - Precondition: The key has 1 to 511 bytes.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func put(key: RawSpan, value: RawSpan) throws(LMDBError) {
        state.table.requireByteKey(byteCount: key.byteCount)
        let code = unsafe key.withUnsafeBytes { unsafe state.put(MDB_val($0), value, flags: 0) }
        try state.finishChange(code, "storing an entry")
    }

    /// Stores a value under an integer key, replacing what was there.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func put(integerKey: UInt64, value: RawSpan) throws(LMDBError) {
        try state.finishChange(state.put(integerKey: integerKey, value, flags: 0), "storing an entry")
    }

    /// Stores a value under an integer key greater than all others of the table; throws
    /// ``LMDBError/keyOutOfOrder`` when it is not. Cheaper than the transaction's append when many follow.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func append(integerKey: UInt64, value: RawSpan) throws(LMDBError) {
        let code = state.put(integerKey: integerKey, value, flags: UInt32(MDB_APPEND))
        try state.finishChange(code, "appending an entry")
    }

    /// Stores a value under a byte key unless `replaces` declines, seeing the value that is there.
    ///
    /// - Returns: Whether the value was stored.
    /// - Precondition: The key has 1 to 511 bytes.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func upsert(
        key: RawSpan, value: RawSpan, replaces: (RawSpan) -> Bool
    ) throws(LMDBError) -> Bool {
        if try seek(key: key), !replaces(self.value) { return false }
        try put(key: key, value: value)
        return true
    }

    /// Deletes the entry that the cursor is on.
    ///
    /// - Precondition: The last seek found an entry, and nothing was changed since.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func delete() throws(LMDBError) {
        state.requireEntry()
        try state.finishChange(mdb_cursor_del(state.pointer, 0), "deleting an entry")
    }
}

extension WriteTransaction {
    /// A cursor that changes a table; the transaction is exclusively its own until it ends. Cost: one allocation.
    @inlinable
    @_lifetime(&self)
    package mutating func makeWriteCursor(_ table: Table) throws(LMDBError) -> WriteCursor {
        try prepareToChange()
        let cursor = WriteCursor(try CursorState(table, transaction: open))
        return unsafe _overrideLifetime(cursor, mutating: &self)
    }
}

extension CursorState {
    @inlinable
    mutating func put(integerKey: UInt64, _ value: RawSpan, flags: UInt32) -> Int32 {
        table.requireIntegerKeys()
        var number = integerKey
        return unsafe withUnsafeMutablePointer(to: &number) { number in
            unsafe put(MDB_val(mv_size: 8, mv_data: number), value, flags: flags)
        }
    }

    @inlinable
    mutating func put(_ key: MDB_val, _ value: RawSpan, flags: UInt32) -> Int32 {
        unsafe value.withUnsafeBytes { value in
            var key = key
            var value = MDB_val(value)
            return mdb_cursor_put(pointer, &key, &value, flags)
        }
    }

    /// A change may move the bytes that the cursor showed, so it shows none until the next seek.
    @inlinable
    mutating func finishChange(_ code: Int32, _ operation: String) throws(LMDBError) {
        key = MDB_val()
        value = MDB_val()
        guard code == 0 else { throw LMDBError(code: code, operation, transaction: mdb_cursor_txn(pointer)) }
    }
}
