package import EventLog
internal import LMDB

/// Building every derived table anew from the log, beside the live ones, while appends and reads go on.
extension DerivedTables {
    /// Rebuilds all tables and swaps them in atomically.
    ///
    /// Reads the whole log in short snapshots and writes the other slot of every table in short transactions. The last
    /// transaction catches up with the head, moves every checkpoint to the new slot and raises the epoch, which is how
    /// this process and others notice. Killed at any moment before that, it has changed nothing that anybody reads.
    ///
    /// Several rebuilds at once would fill the same slot: one process at a time, which `storectl rebuild` sees to.
    package func rebuild(onProgress: (_ done: Position, _ head: Position) -> Void = { _, _ in }) throws(StorageError) {
        let shadow = DerivedTables(besides: self)
        try shadow.clearTables()
        while let (done, head) = try shadow.readChunk() {
            try shadow.flushShadow()
            onProgress(done, head)
            if head.number - done.number < 10_000 { break }
        }
        try shadow.swapIn()
    }

    private func clearTables() throws(StorageError) {
        do throws(LMDBError) {
            var transaction = try environment.beginWrite()
            for table in state.tables { try transaction.clear(table) }
            try transaction.commit()
        } catch {
            throw .database(error)
        }
    }

    /// Applies the next stretch of the log; returns where it ended and the log's head, or nil when the log is empty.
    private func readChunk() throws(StorageError) -> (done: Position, head: Position)? {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        guard let head = try log.headPosition(in: transaction) else { return nil }
        let end = min(head, Position(state.applied.stored + UInt64(policy.generationRecordCount)))
        try withLock { () throws(StorageError) in try applyGap(through: end, in: transaction) }
        return (end, head)
    }

    private func flushShadow() throws(StorageError) {
        withLock { freezeActive() }
        while state.generations.count > 1 {
            var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
            try flushSlice(limit: policy.sliceRowCount, in: &transaction)
            do throws(LMDBError) { try transaction.commit() } catch { throw .database(error) }
            state.flush = state.plannedFlush
            if state.flush.isComplete { finishFlush() }
        }
    }

    /// Catches up with the head and makes the built tables the live ones, in one transaction.
    private func swapIn() throws(StorageError) {
        var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
        let head = try log.headPosition(in: transaction)
        if let head { try withLock { () throws(StorageError) in try applyGap(through: head, in: transaction) } }
        freezeActive()
        while !state.plannedFlush.isComplete { try flushSlice(limit: .max, in: &transaction) }
        for (index, projector) in projectors.enumerated() {
            let checkpoint = Checkpoint(position: head, slot: state.slots[index])
            try checkpoints.write(checkpoint, of: projector, in: &transaction)
        }
        let epoch = try checkpoints.readSummary(in: transaction).epoch + 1
        try checkpoints.writeSummary(TablesSummary(epoch: epoch, flushed: head), in: &transaction)
        do throws(LMDBError) { try transaction.commit() } catch { throw .database(error) }
    }
}
