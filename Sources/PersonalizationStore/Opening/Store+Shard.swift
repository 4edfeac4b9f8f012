package import EventLog
package import LMDB
internal import Projections

/// What a node of a cluster does with its copy of a shard besides what every store can do.
extension Store {
    /// Which shard the store is a copy of; nil for a store of its own.
    package var shard: ShardIdentity? { files.shard }

    /// The environment, for what a node keeps beside the log.
    package var shardEnvironment: Environment { environment }

    /// The log.
    package var shardLog: LogTable { tables.log }

    /// Raised whenever somebody was erased in what has been read of the log, or may have been.
    package var erasuresSeen: UInt64 { tables.erasuresSeen }

    /// Appends what others have made durable and this copy lacks. Returns when it is readable.
    package func completeLog() async throws(StorageError) {
        let committer = committer
        let result: Result<Void, StorageError> = await committer.perform {
            do throws(StorageError) { return .success(try committer.completeLog()) } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Runs `body` with a write transaction on the writer's queue, between two groups, and commits unless it throws.
    package func changeShard(
        _ body: @escaping @Sendable (inout WriteTransaction) throws(StorageError) -> Void
    ) async throws(StorageError) {
        let environment = environment
        let result: Result<Void, StorageError> = await committer.perform {
            do throws(StorageError) {
                var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
                try body(&transaction)
                do throws(LMDBError) { try transaction.commit() } catch { throw .database(error) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Takes every record after a position off the log, and what `body` removes beside it, in one transaction; the derived
    /// tables start over. This instance takes no appends any more.
    ///
    /// - Parameters:
    ///   - position: The last position that stays; 0 for none.
    ///   - options: How the store was opened.
    ///   - body: Removes what else is to go, in the same transaction.
    /// - Returns: The store to go on with.
    package func undoShard(
        after position: UInt64, options: Options,
        _ body: @escaping @Sendable (inout WriteTransaction) throws(StorageError) -> Void
    ) async throws(StorageError) -> Store {
        let (environment, tables, meta) = (environment, tables, meta)
        await committer.close { tables.stopHashing() }
        var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
        do throws(LMDBError) {
            var last = try transaction.lastIntegerKey(in: tables.log.table) ?? 0
            while last > position {
                guard try transaction.delete(tables.log.table, integerKey: last) else { break }
                last -= 1
            }
            try meta.forgetFinishedErasure(after: position, in: &transaction)
        } catch {
            throw .database(error)
        }
        try body(&transaction)
        try tables.startOver(in: &transaction)
        do throws(LMDBError) {
            try transaction.commit()
            // The page of the transaction before the last has no more records than that of the last.
            var next = try environment.beginWrite()
            try meta.rewriteFormat(in: &next)
            try next.commit()
        } catch {
            throw .database(error)
        }
        return try reopenedShard(options: options)
    }

    /// Another instance on the same files.
    private func reopenedShard(options: Options) throws(StorageError) -> Store {
        let tables = try DerivedTables(
            environment: environment, log: self.tables.log, projectors: Projector.standard, policy: options.flushPolicy)
        let store = Store(path: path, files: files, tables: tables, options: options)
        try store.resumeErasures()
        return store
    }
}
