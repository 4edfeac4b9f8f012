/// A consistent view of all tables, which changes by others do not touch.
///
/// Ends when its owner's scope does. Keep it short: while it is open, LMDB cannot reuse the pages that later commits
/// free, and the file grows. It may move between threads (`MDB_NOTLS`) but is used by one at a time, and must not be
/// held across a suspension.
package struct ReadTransaction: ~Copyable {
    private let environment: Environment
    private let reader: PooledReader
    /// LMDB's transaction, for this module's use only.
    package let handle: TransactionHandle

    init(environment: Environment, reader: PooledReader) {
        self.environment = environment
        self.reader = reader
        handle = TransactionHandle(reader.pointer)
    }

    deinit { environment.endRead(reader) }
}

extension ReadTransaction: Transaction {}
