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
    /// Several rebuilds at once would fill the same slot: the last one to begin goes on, and earlier ones stop with
    /// ``StorageError/rebuildSuperseded`` at their next write.
    package func rebuild(onProgress: (_ done: Position, _ head: Position) -> Void = { _, _ in }) throws(StorageError) {
        let (shadow, number) = try beginRebuild()
        while let (done, head) = try shadow.readChunk() {
            try shadow.flushShadow(of: number)
            onProgress(done, head)
            if head.number - done.number < 10_000 { break }
        }
        try shadow.swapIn(number)
    }

    /// Chooses the slots that are not live and clears them, in one transaction: another process may have swapped them
    /// since this one last looked.
    private func beginRebuild() throws(StorageError) -> (shadow: DerivedTables, number: UInt64) {
        var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
        let head = try log.headPosition(in: transaction)
        _ = try Self.unlessDamaged { () throws(StorageError) in
            try withLock { () throws(StorageError) in try follow(transaction, to: head) }
        }
        let shadow = DerivedTables(besides: self)
        let last = try Self.unlessDamaged { () throws(StorageError) in try checkpoints.readRebuild(in: transaction) }
        // Any other number stops a rebuild that is at work.
        let number = last.map { ($0 ?? 0) &+ 1 } ?? .random(in: .min ... .max)
        try checkpoints.writeRebuild(number, in: &transaction)
        for (index, projector) in projectors.enumerated() {
            try checkpoints.write(RowTally(), of: projector, slot: shadow.state.slots[index], in: &transaction)
        }
        do throws(LMDBError) {
            for case let table? in shadow.state.tables { try transaction.clear(table) }
            try transaction.commit()
        } catch {
            throw .database(error)
        }
        return (shadow, number)
    }

    /// What an operation gives, or nil when it meets a damaged row: a rebuild is the remedy for those, and needs none.
    private static func unlessDamaged<Result>(
        _ operation: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result? {
        do { return try operation() } catch {
            if case .damagedRow = error { return nil }
            throw error
        }
    }

    /// Empties the tables that are not live, which hold what the live ones were before the last rebuild. A rebuild that is at
    /// work stops.
    package func clearIdleSlots() throws(StorageError) {
        var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
        let head = try log.headPosition(in: transaction)
        let slots = try withLock { () throws(StorageError) in
            try follow(transaction, to: head)
            return state.slots
        }
        let number = try checkpoints.readRebuild(in: transaction) ?? 0
        try checkpoints.writeRebuild(number &+ 1, in: &transaction)
        for (index, projector) in projectors.enumerated() {
            try checkpoints.write(RowTally(), of: projector, slot: 1 - slots[index], in: &transaction)
        }
        do throws(LMDBError) {
            for (index, slot) in slots.enumerated() { try transaction.clear(slotTables[index][Int(1 - slot)]) }
            try transaction.commit()
        } catch {
            throw .database(error)
        }
    }

    private func beginWrite(ofRebuild number: UInt64) throws(StorageError) -> WriteTransaction {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
        guard try checkpoints.readRebuild(in: transaction) == number else { throw .rebuildSuperseded }
        return transaction
    }

    /// Applies the next stretch of the log; returns where it ended and the log's head, or nil when the log is empty.
    private func readChunk() throws(StorageError) -> (done: Position, head: Position)? {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        guard let head = try log.headPosition(in: transaction) else { return nil }
        let end = min(head, Position(state.applied.stored + UInt64(policy.generationRecordCount)))
        try withLock { () throws(StorageError) in try applyGap(through: end, in: transaction) }
        return (end, head)
    }

    private func flushShadow(of number: UInt64) throws(StorageError) {
        withLock { freezeActive() }
        while state.generations.count > 1 {
            var transaction = try beginWrite(ofRebuild: number)
            try flushSlice(limit: policy.sliceRowCount, in: &transaction)
            do throws(LMDBError) { try transaction.commit() } catch { throw .database(error) }
            state.flush = state.plannedFlush
            if state.flush.isComplete { finishFlush() }
        }
    }

    /// Catches up with the head and makes the built tables the live ones, in one transaction.
    private func swapIn(_ number: UInt64) throws(StorageError) {
        var transaction = try beginWrite(ofRebuild: number)
        let head = try log.headPosition(in: transaction)
        if let head { try withLock { () throws(StorageError) in try applyGap(through: head, in: transaction) } }
        freezeActive()
        while !state.plannedFlush.isComplete { try flushSlice(limit: .max, in: &transaction) }
        for (index, projector) in projectors.enumerated() {
            let checkpoint = Checkpoint(position: head, slot: state.slots[index])
            try checkpoints.write(checkpoint, of: projector, in: &transaction)
        }
        let last = try Self.unlessDamaged { () throws(StorageError) in try checkpoints.readSummary(in: transaction) }
        // Any other epoch tells processes that the tables have been swapped.
        var summary = last ?? TablesSummary(epoch: .random(in: .min ... .max))
        summary.epoch &+= 1
        // Not the greater of the two: a rebuild also mends a summary that is ahead of the log.
        summary.newest = head
        try checkpoints.writeSummary(summary, in: &transaction)
        do throws(LMDBError) { try transaction.commit() } catch { throw .database(error) }
    }
}
