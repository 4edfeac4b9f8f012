internal import ByteCoding
package import EventLog
package import LMDB

extension DerivedTables {
    /// Throws the tables of some projections and all checkpoints away, whatever is in them, and leaves empty ones: what
    /// mends damage that keeps the tables from being opened. Opening them afterwards computes every row from the log.
    ///
    /// One transaction; other processes notice, and read the log from its beginning until the tables are filled again.
    package static func discardAll(
        of projectors: [Projector], in environment: Environment
    ) throws(StorageError) {
        do throws(LMDBError) {
            var transaction = try environment.beginWrite()
            let names =
                [CheckpointTable.name]
                + projectors.flatMap { [tableName($0, slot: 0), tableName($0, slot: 1)] }
            for name in names { try transaction.discardTable(name: name) }
            let table = try transaction.openTable(name: CheckpointTable.name, keys: .bytes, create: true)
            for name in names.dropFirst() { _ = try transaction.openTable(name: name, keys: .bytes, create: true) }
            let summary = TablesSummary(epoch: newEpoch(), newest: nil)
            do throws(StorageError) {
                try CheckpointTable(table: table).writeSummary(summary, in: &transaction)
            } catch {
                guard case .database(let error) = error else { preconditionFailure("only LMDB can refuse a row") }
                throw error
            }
            try transaction.commit()
        } catch {
            throw .database(error)
        }
    }

    /// An epoch that no process has seen: the one that was there is gone or damaged, so the clock has to do.
    private static func newEpoch() -> UInt64 { UInt64(max(1, Timestamp.systemNow().microseconds)) }
}
