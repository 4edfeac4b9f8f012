public import LMDB

/// Why the store could not be read or written: an operating failure or damage, never a caller's mistake.
public enum StorageError: Error, Sendable {
    /// LMDB or the file system refused.
    case database(LMDBError)
    /// A record is damaged, or of a newer format.
    case record(RecordError)
    /// The folder holds no store of ours; the text says what was found.
    case notAStore(path: String, String)
    /// The store was written before 0.1.0, in a format that is no longer read.
    case olderFormat(path: String)
    /// The store was written by newer code.
    case newerFormat(path: String, found: UInt32, known: UInt32)
    /// A derived table's row is damaged; `storectl rebuild` makes it anew from the log.
    case damagedRow(table: String, String)
    /// What the store knows of itself besides its log, its secret among it, is damaged: the text says what.
    case damagedMeta(String)
    /// Another rebuild of the derived tables began while this one was at work; nothing was changed by this one.
    case rebuildSuperseded
    /// The store at this path was opened for reading only.
    case readOnly(path: String)
    /// An append is durable, but could not be made readable, so it is not acknowledged: it will be in the log when the
    /// store has been opened again. A retry with the same event ids does not write it twice.
    indirect case durableButNotReadable(StorageError)
    /// The shard of a cluster, or its database, does not allow it.
    case shard(ShardFault)
    /// The store was closed.
    case closed
}

/// An error that can say that the storage failed. Whoever lends records to a caller's closure throws what the closure throws.
package protocol StorageFailing: Error {
    /// The storage failed.
    static func storage(_ error: StorageError) -> Self
}

extension StorageError: StorageFailing {}

extension StorageError: CustomStringConvertible {
    /// What happened, to which record, and the remedy.
    public var description: String {
        switch self {
        case .database(let error): error.description
        case .record(let error): error.description
        case .notAStore(let path, let detail): "\(path) is not a personalization store (\(detail)); check the path"
        case .newerFormat(let path, let found, let known):
            "\(path) has store format \(found), newer than \(known), the newest known here; use a newer release"
        case .olderFormat(let path):
            "\(path) has records of format 1, which only builds from before 0.1.0 read; run 'storectl export --secret-file' "
                + "of such a build, then 'storectl init --secret-file' and 'storectl import --trust-times' of this one"
        case .damagedRow(let table, let detail):
            "a row of the derived table '\(table)' is damaged (\(detail)); run 'storectl rebuild'"
        case .damagedMeta(let detail):
            "the table 'meta' is damaged (\(detail)), and nothing else in the store says what it should hold; restore a backup"
        case .rebuildSuperseded: "another rebuild began meanwhile, so this one stopped; wait for that one"
        case .readOnly(let path): "the store at \(path) was opened for reading only; open it for writing"
        case .durableButNotReadable(let cause):
            "not acknowledged, but durable: the events will be there when the store has been opened again; retry then with "
                + "the same event ids (\(cause))"
        case .shard(let fault): fault.description
        case .closed: "the store was closed"
        }
    }

    /// Whether another process opened the store while this one, not being registered, read it: open it again.
    public var isOpenedMeanwhile: Bool {
        if case .database(.openedMeanwhile) = self { true } else { false }
    }

    /// Itself: what only storage can fail in needs no other error.
    package static func storage(_ error: StorageError) -> StorageError { error }

    /// Runs an operation that may fail in LMDB.
    package static func wrap<Result: ~Copyable>(
        _ operation: () throws(LMDBError) -> Result
    ) throws(StorageError) -> Result {
        do { return try operation() } catch { throw .database(error) }
    }

    /// Runs an operation that may meet a damaged record.
    package static func wrapRecord<Result: ~Copyable>(
        _ operation: () throws(RecordError) -> Result
    ) throws(StorageError) -> Result {
        do { return try operation() } catch { throw .record(error) }
    }
}
