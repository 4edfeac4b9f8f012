internal import CLMDB

extension WriteTransaction {
    /// Stores a value under an integer key, replacing what was there.
    @inlinable
    package mutating func put(_ table: Table, integerKey: UInt64, value: RawSpan) throws(LMDBError) {
        try prepareToChange()
        try check(store(table, integerKey: integerKey, value: value, flags: 0), "storing an entry")
    }

    /// Stores a value under a byte key, replacing what was there.
    ///
    /// - Precondition: The key has 1 to 511 bytes.
    @inlinable
    package mutating func put(_ table: Table, key: RawSpan, value: RawSpan) throws(LMDBError) {
        table.requireByteKey(byteCount: key.byteCount)
        try prepareToChange()
        let code = unsafe key.withUnsafeBytes { key in
            unsafe value.withUnsafeBytes { value in
                var key = MDB_val(key)
                var value = MDB_val(value)
                return mdb_put(open, table.handle, &key, &value, 0)
            }
        }
        try check(code, "storing an entry")
    }

    /// Stores a value under an integer key greater than all others of the table; throws
    /// ``LMDBError/keyOutOfOrder`` when it is not. Pages are filled to the brim (`MDB_APPEND`).
    @inlinable
    package mutating func append(_ table: Table, integerKey: UInt64, value: RawSpan) throws(LMDBError) {
        try prepareToChange()
        try check(store(table, integerKey: integerKey, value: value, flags: UInt32(MDB_APPEND)), "appending an entry")
    }

    /// Appends a value that `fill` writes in place, without a copy (`MDB_RESERVE`).
    ///
    /// - Precondition: `fill` writes exactly `byteCount` bytes.
    @inlinable
    package mutating func append(
        _ table: Table, integerKey: UInt64, byteCount: Int, fill: (inout OutputRawSpan) -> Void
    ) throws(LMDBError) {
        table.requireIntegerKeys()
        precondition(byteCount >= 0, "a value has at least 0 bytes")
        try prepareToChange()
        var number = integerKey
        var value = MDB_val(mv_size: byteCount, mv_data: nil)
        let code = unsafe withUnsafeMutablePointer(to: &number) { number in
            var key = MDB_val(mv_size: 8, mv_data: number)
            return mdb_put(open, table.handle, &key, &value, UInt32(MDB_APPEND | MDB_RESERVE))
        }
        try check(code, "appending an entry")
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: value.mv_data, count: byteCount)
        var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
        fill(&output)
        let written = unsafe output.finalize(for: buffer)
        precondition(written == byteCount, "fill writes exactly the bytes that were asked for")
    }

    /// Deletes the entry at an integer key; false when there was none.
    package mutating func delete(_ table: Table, integerKey: UInt64) throws(LMDBError) -> Bool {
        table.requireIntegerKeys()
        try prepareToChange()
        var number = integerKey
        let code = unsafe withUnsafeMutablePointer(to: &number) { number in
            var key = MDB_val(mv_size: 8, mv_data: number)
            return mdb_del(open, table.handle, &key, nil)
        }
        return try found(code)
    }

    /// Deletes the entry at a byte key; false when there was none.
    ///
    /// - Precondition: The key has 1 to 511 bytes.
    package mutating func delete(_ table: Table, key: RawSpan) throws(LMDBError) -> Bool {
        table.requireByteKey(byteCount: key.byteCount)
        try prepareToChange()
        let code = unsafe key.withUnsafeBytes { key in
            var key = MDB_val(key)
            return mdb_del(open, table.handle, &key, nil)
        }
        return try found(code)
    }

    @inlinable
    func store(_ table: Table, integerKey: UInt64, value: RawSpan, flags: UInt32) -> Int32 {
        table.requireIntegerKeys()
        var number = integerKey
        return unsafe withUnsafeMutablePointer(to: &number) { number in
            unsafe value.withUnsafeBytes { value in
                var key = MDB_val(mv_size: 8, mv_data: number)
                var value = MDB_val(value)
                return mdb_put(open, table.handle, &key, &value, flags)
            }
        }
    }

    private func found(_ code: Int32) throws(LMDBError) -> Bool {
        if code == MDB_NOTFOUND { return false }
        try check(code, "deleting an entry")
        return true
    }
}
