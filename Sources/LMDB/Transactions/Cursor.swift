internal import CLMDB

/// Walks a table in key order within a transaction.
///
/// A new cursor is on no entry; every movement returns whether it found one. Key and value are borrowed from the map
/// and cannot be held across the next movement. The compiler keeps the transaction from ending, and a write transaction
/// from changing anything, while the cursor lives.
package struct Cursor: ~Copyable, ~Escapable {
    @usableFromInline var state: CursorState

    @inlinable
    @_lifetime(immortal)
    init(_ state: consuming CursorState) { self.state = state }

    /// The table that the cursor walks.
    @inlinable
    package var table: Table { state.table }

    /// Goes to the first entry; false when the table is empty.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func moveToFirst() throws(LMDBError) -> Bool { try state.move(MDB_FIRST) }

    /// Goes to the last entry; false when the table is empty.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func moveToLast() throws(LMDBError) -> Bool { try state.move(MDB_LAST) }

    /// Goes to the next entry, from a new cursor to the first; false at the end.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func moveToNext() throws(LMDBError) -> Bool { try state.move(MDB_NEXT) }

    /// Goes to the entry before, from a new cursor to the last; false at the beginning.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func moveToPrevious() throws(LMDBError) -> Bool { try state.move(MDB_PREV) }

    /// Goes to the entry with exactly this key; false when there is none.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func seek(integerKey: UInt64) throws(LMDBError) -> Bool {
        try state.seek(MDB_SET_KEY, integerKey: integerKey)
    }

    /// Goes to the first entry whose key is this or greater; false when all are less.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func seek(atOrAfter integerKey: UInt64) throws(LMDBError) -> Bool {
        try state.seek(MDB_SET_RANGE, integerKey: integerKey)
    }

    /// Goes to the entry with exactly this key; false when there is none.
    ///
    /// - Precondition: The key has 1 to 511 bytes.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func seek(key: RawSpan) throws(LMDBError) -> Bool { try state.seek(MDB_SET_KEY, key: key) }

    /// Goes to the first entry whose key is this or comes after it; false when all come before.
    ///
    /// - Precondition: The key has 1 to 511 bytes.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func seek(atOrAfter key: RawSpan) throws(LMDBError) -> Bool {
        try state.seek(MDB_SET_RANGE, key: key)
    }

    /// The key of the entry that the cursor is on, in a table with integer keys.
    ///
    /// - Precondition: The last movement found an entry.
    @inlinable
    package var integerKey: UInt64 { state.integerKey }

    /// The key of the entry that the cursor is on.
    ///
    /// - Precondition: The last movement found an entry.
    @inlinable
    package var key: RawSpan {
        @_lifetime(borrow self) get {
            state.requireEntry()
            return unsafe _overrideLifetime(state.key.span, borrowing: self)
        }
    }

    /// The value of the entry that the cursor is on.
    ///
    /// - Precondition: The last movement found an entry.
    @inlinable
    package var value: RawSpan {
        @_lifetime(borrow self) get {
            state.requireEntry()
            return unsafe _overrideLifetime(state.value.span, borrowing: self)
        }
    }
}
