public import EventLog
internal import LMDB
internal import Projections

extension Store {
    /// Builds every derived table of the store in a folder anew from the log, whatever is wrong with the tables: also when
    /// that keeps the store from being opened.
    ///
    /// Works beside other processes. Tables that can be opened are built beside the live ones and swapped in at the end;
    /// those that cannot, or that turn out to be damaged on the way, are thrown away first, and other processes read the log
    /// from its beginning meanwhile. The instance that this process may have open must be closed.
    ///
    /// Throws ``OpenError/storage(_:)`` with the damaged record when the log itself is damaged.
    ///
    /// - Parameters:
    ///   - path: The store's folder.
    ///   - options: How the store is opened.
    ///   - onProgress: Called now and then with how many events have been applied.
    /// - Returns: The head of the log, or nil when it is empty.
    @discardableResult
    public static func rebuild(
        at path: String, options: Options = Options(),
        onProgress: @Sendable (OperationProgress) -> Void = { _ in }
    ) throws(OpenError) -> LogHead? {
        do throws(StorageError) {
            let files = try StoreFiles.open(at: path, options: options)
            let (environment, log) = (files.environment, files.log)
            // The next opening is to find a clean checkpoint, however this ends.
            defer { files.writing?.rest() }
            do throws(StorageError) {
                try DerivedTables(
                    environment: environment, log: log, projectors: Projector.standard, policy: options.flushPolicy
                ).rebuild { done, head in
                    onProgress(OperationProgress(.rebuildingTables, done: Int(done.number), of: Int(head.number)))
                }
            } catch {
                guard error.isDamageOfTables else { throw error }
                try DerivedTables.discardAll(of: Projector.standard, in: environment)
                try DerivedTables(
                    environment: environment, log: log, projectors: Projector.standard, policy: options.flushPolicy
                ).flushAll()
            }
            let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
            return try log.head(in: transaction)
        } catch {
            throw OpenError(error, opening: path)
        }
    }
}

extension StorageError {
    /// Whether it may be about derived tables, which can be made anew; the log has been opened without it.
    fileprivate var isDamageOfTables: Bool {
        switch self {
        case .damagedRow, .database(.corrupted), .database(.tableMismatch): true
        default: false
        }
    }
}
