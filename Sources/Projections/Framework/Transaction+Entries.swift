internal import EventLog
internal import LMDB

extension Transaction where Self: ~Copyable {
    /// Calls `body` with every entry of a table, in the order of the keys.
    ///
    /// The bytes are borrowed from the map. A throw of `body` ends it.
    func forEachEntry(
        of table: Table, _ body: (_ key: RawSpan, _ value: RawSpan) throws(StorageError) -> Void
    ) throws(StorageError) {
        var failure: StorageError?
        do throws(LMDBError) {
            var cursor = try makeCursor(table)
            var found = try cursor.moveToFirst()
            while found {
                do throws(StorageError) { try body(cursor.key, cursor.value) } catch {
                    failure = error
                    break
                }
                found = try cursor.moveToNext()
            }
        } catch {
            throw .database(error)
        }
        if let failure { throw failure }
    }
}
