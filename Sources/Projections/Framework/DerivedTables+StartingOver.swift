package import EventLog
package import LMDB

extension DerivedTables {
    /// Empties every table, of both slots, in a transaction that also takes records off the log's end: rows that those
    /// records changed cannot be told from others. Whoever opens the tables afterwards computes every row from the log;
    /// these tables here must not be used any more.
    package func startOver(in transaction: inout WriteTransaction) throws(StorageError) {
        let number = try checkpoints.readRebuild(in: transaction) ?? 0
        // A rebuild that is at work stops.
        try checkpoints.writeRebuild(number &+ 1, in: &transaction)
        for (index, projector) in projectors.enumerated() {
            for slot in 0..<2 {
                try checkpoints.write(RowTally(), of: projector, slot: UInt8(slot), in: &transaction)
                do throws(LMDBError) { try transaction.clear(slotTables[index][slot]) } catch { throw .database(error) }
            }
            try checkpoints.write(Checkpoint(position: nil, slot: 0), of: projector, in: &transaction)
        }
        var summary = try checkpoints.readSummary(in: transaction)
        summary.epoch &+= 1
        summary.newest = nil
        try checkpoints.writeSummary(summary, in: &transaction)
    }
}
