package import EventLog
package import LMDB
internal import Synchronization

/// What the writer does with the tables, in the order of a group commit. All of it happens on the writer's queue.
extension DerivedTables {
    /// Catches up with what other processes appended or flushed, and freezes a full generation.
    package func begin(
        _ transaction: borrowing WriteTransaction, head: LogHead?
    ) throws(StorageError) {
        try withLock { () throws(StorageError) in
            try follow(transaction, to: head?.position)
            state.isWriting = true
            if state.generations.count == 1, let active = state.generations.last,
                active.recordCount >= policy.generationRecordCount
            {
                freezeActive()
            }
            state.plannedFlush = state.flush
        }
    }

    /// Applies the record after the last; nobody but the caller sees its effects until it is committed.
    package func apply(
        _ record: borrowing RecordView, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        try withLock { () throws(StorageError) in try applyLocked(record, in: transaction) }
    }

    /// Applies the records of a group that is being planned, from an index on.
    package func apply(
        _ group: borrowing RecordGroup, from index: Int, in transaction: borrowing WriteTransaction
    ) throws(StorageError) {
        try withLock { () throws(StorageError) in
            try group.forEachRecord(from: index) { (record) throws(StorageError) in
                try applyLocked(record, in: transaction)
            }
        }
    }

    /// Applies the records of a group that has been committed, from an index on, so that the next snapshot need not.
    ///
    /// A failure is not reported here: the next snapshot and the next group do the same first, and report it.
    package func applyCommitted(_ group: borrowing RecordGroup, from index: Int) {
        do throws(StorageError) {
            let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
            try withLock { () throws(StorageError) in
                try follow(transaction, to: nil)
                try group.forEachRecord(from: index) { (record) throws(StorageError) in
                    // A snapshot may have been taken first, and applied the record from the log.
                    guard record.position.number == state.applied.stored + 1 else { return }
                    try applyLocked(record, in: transaction)
                }
            }
        } catch {}
    }

    /// Forgets every record after a position: a rejected request's, or those of a group that was not committed.
    package func undo(after position: Position?) {
        withLock {
            for generation in state.generations {
                for case (let projector, let memTable?) in zip(projectors, generation.memTables) {
                    projector.undo(memTable, position)
                }
                generation.noteUndone(after: position)
            }
            if let applied = state.applied, position.map({ applied > $0 }) ?? true { state.applied = position }
        }
    }

    /// Writes the next slice of a frozen generation, and its checkpoints when a table is complete.
    package func flushSlice(_ transaction: inout WriteTransaction) throws(StorageError) {
        try withLock { () throws(StorageError) in
            if state.generations.count > 1 {
                try flushSlice(limit: policy.sliceRowCount, in: &transaction)
            }
        }
    }

    /// The most that the next slice makes the data file grow by: every row on a page of its own, and the pages above.
    package var upkeepByteCount: Int {
        withLock { state.generations.count > 1 ? policy.sliceRowCount * 6144 : 0 }
    }

    /// Learns whether the group's transaction was committed.
    package func didFinish(_ outcome: GroupOutcome, headBefore: Position?) {
        switch outcome {
        case .committed:
            withLock {
                state.isWriting = false
                state.flush = state.plannedFlush
                if state.flush.isComplete { finishFlush() }
            }
        case .abandoned:
            withLock {
                state.isWriting = false
                state.plannedFlush = state.flush
            }
            undo(after: headBefore)
        }
    }

    /// Flushes everything in transactions of its own, as before closing, so that the next opening has nothing to scan.
    package func flushAll() throws(StorageError) {
        var isDone = false
        defer { withLock { state.isWriting = false } }
        while !isDone {
            var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
            let head = try log.headPosition(in: transaction)
            isDone = try withLock { () throws(StorageError) in
                try follow(transaction, to: head)
                state.isWriting = true
                if state.generations.count == 1, let active = state.generations.last, active.recordCount > 0 {
                    freezeActive()
                }
                if state.generations.count == 1 { return true }
                state.plannedFlush = state.flush
                try flushSlice(limit: 16 * policy.sliceRowCount, in: &transaction)
                return false
            }
            if isDone { return }
            do throws(LMDBError) { try transaction.commit() } catch { throw .database(error) }
            withLock {
                state.flush = state.plannedFlush
                if state.flush.isComplete { finishFlush() }
            }
        }
    }

    /// Opens with nothing in memory that the checkpoints do not require, in bounded steps.
    func catchUpAtOpen() throws(StorageError) {
        while true {
            let isCaughtUp = try readStep()
            if isCaughtUp { return }
            try flushAll()
        }
    }

    private func readStep() throws(StorageError) -> Bool {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        let head = try log.headPosition(in: transaction)
        return try withLock { () throws(StorageError) in
            if state.applied == nil { try reload(in: transaction) }
            guard let head else { return true }
            let limit = UInt64(4 * policy.generationRecordCount)
            let end = min(head, Position(state.applied.stored + limit))
            try applyGap(through: end, in: transaction)
            return end == head
        }
    }

    // MARK: With the lock held

    /// Brings memory up to a transaction's head, whoever appended and flushed.
    func follow(
        _ transaction: borrowing some Transaction & ~Copyable, to head: Position?
    ) throws(StorageError) {
        let summary = try checkpoints.readSummary(in: transaction)
        if summary.epoch != state.summary.epoch {
            try reload(in: transaction)
        } else if summary != state.summary {
            state.summary = summary
            state.flushed = try oldestCheckpoint(in: transaction)
            if !state.isWriting { dropFlushedGenerations() }
        }
        if let head, state.applied.stored < head.number { try applyGap(through: head, in: transaction) }
    }

    /// Starts anew from the checkpoints.
    func reload(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) {
        state.summary = try checkpoints.readSummary(in: transaction)
        let head = try log.headPosition(in: transaction)
        forgetCounts()
        // Somebody may have been erased in what is not applied here any more.
        erasureCount.wrappingAdd(1, ordering: .releasing)
        for (index, projector) in projectors.enumerated() {
            let checkpoint = try checkpoints.read(projector, in: transaction)
            guard (checkpoint?.position).stored <= head.stored else {
                throw .damagedRow(table: CheckpointTable.name, "'\(projector.name)' is ahead of the log")
            }
            state.slots[index] = checkpoint?.slot ?? 0
            state.tables[index] = slotTables[index][Int(state.slots[index])]
        }
        state.flushed = try oldestCheckpoint(in: transaction)
        if let flushed = state.flushed, flushed.number > (try log.headPosition(in: transaction)).stored {
            throw .damagedRow(table: CheckpointTable.name, "position \(flushed) is past the log's last record")
        }
        state.applied = state.flushed
        state.generations = [Self.makeGeneration(projectors)]
        state.flush = FlushCursor()
        state.plannedFlush = FlushCursor()
    }

    /// The position through which every table of this process's projections is flushed. Other processes may know other
    /// projections, so no number that they share could say it.
    private func oldestCheckpoint(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Position? {
        var oldest: UInt64 = .max
        for projector in projectors {
            oldest = min(oldest, (try checkpoints.read(projector, in: transaction)?.position).stored)
        }
        return Position(stored: projectors.isEmpty ? 0 : oldest)
    }

    func applyGap(
        through end: Position, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        let start = Position(state.applied.stored + 1)
        guard start <= end else { return }
        try log.scan(start...end, in: transaction) { (record) throws(StorageError) in
            try applyLocked(record, in: transaction)
            // What somebody else flushes can only be dropped in whole generations.
            let count = state.generations[state.generations.count - 1].recordCount
            if isLive, !state.isWriting, state.reading.usesTables, count >= policy.generationRecordCount {
                freezeActive()
            }
            return true
        }
        guard state.applied == end else { throw .record(.missing(Position(state.applied.stored + 1))) }
    }

    private func applyLocked(
        _ record: borrowing RecordView, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        var projectorsByKind = projectorsByKind[Int(record.header.kind.rawValue)]
        while projectorsByKind != 0 {
            let index = projectorsByKind.trailingZeroBitCount
            projectorsByKind &= projectorsByKind &- 1
            if isLive, projectors[index].countsBeforeApplying, let table = state.tables[index] {
                try requireWhole(index, table, in: transaction)
            }
            try projectors[index].apply(record, state.generations, index, state.tables[index], transaction.handle)
        }
        if record.header.kind == .personErased {
            erasureCount.wrappingAdd(1, ordering: .releasing)
            try Erasing(log: log, projectors: projectors, generations: state.generations, tables: state.tables)
                .erase(record, in: transaction)
        }
        state.generations[state.generations.count - 1].noteApplied(record.position)
        state.applied = record.position
    }

    func freezeActive() {
        let active = state.generations[state.generations.count - 1]
        for case (let projector, let memTable?) in zip(projectors, active.memTables) { projector.freeze(memTable) }
        // A flush that is under way is one of the oldest generation, which stays that.
        if state.generations.count == 1 { state.flush = FlushCursor() }
        state.generations.append(Self.makeGeneration(projectors))
    }

    /// Another process may have flushed what we hold, or what we have yet to read; its rows are in the tables then.
    private func dropFlushedGenerations() {
        if state.applied.stored < state.flushed.stored {
            state.generations = [Self.makeGeneration(projectors)]
            state.applied = state.flushed
            state.flush = FlushCursor()
            erasureCount.wrappingAdd(1, ordering: .releasing)
            return
        }
        while state.generations.count > 1, let last = state.generations[0].last,
            last.number <= state.flushed.stored
        {
            state.generations.removeFirst()
            state.flush = FlushCursor()
        }
    }

    func flushSlice(limit: Int, in transaction: inout WriteTransaction) throws(StorageError) {
        let generation = state.generations[0]
        var budget = limit
        while budget > 0, state.plannedFlush.projector < projectors.count {
            let index = state.plannedFlush.projector
            if isLive, try isFlushed(projectors[index], through: generation.last, in: transaction) {
                state.plannedFlush = FlushCursor(projector: index + 1, key: 0)
                continue
            }
            if projectors[index].isOfTree {
                guard try flushTiles(index, through: generation.last, budget: &budget, in: &transaction) else { return }
                try completeFlush(ofTable: index, of: generation, in: &transaction)
                continue
            }
            let start = state.plannedFlush.key
            let memTable = generation.memTables[index]
            let keyCount = memTable.map { projectors[index].keyCount($0) } ?? 0
            let end = min(keyCount, start + budget)
            if let memTable, start < end {
                try write(memTable, start..<end, ofTable: index, in: &transaction)
            }
            budget -= end - start + 1
            state.plannedFlush.key = end
            if end == keyCount { try completeFlush(ofTable: index, of: generation, in: &transaction) }
        }
        if state.plannedFlush.projector == projectors.count {
            state.plannedFlush.isComplete = true
            guard isLive else { return }
            var summary = try checkpoints.readSummary(in: transaction)
            if summary.newest.stored < generation.last.stored { summary.newest = generation.last }
            try checkpoints.writeSummary(summary, in: &transaction)
        }
    }

    /// Writes a table's checkpoint, when all of its rows of a generation are in the table, and goes on to the next.
    private func completeFlush(
        ofTable index: Int, of generation: Generation, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        if isLive {
            let checkpoint = Checkpoint(position: generation.last, slot: state.slots[index])
            try checkpoints.write(checkpoint, of: projectors[index], in: &transaction)
        }
        state.plannedFlush = FlushCursor(projector: index + 1, key: 0)
    }

    /// Writes a stretch of a frozen memory table's rows.
    private func write(
        _ memTable: AnyObject, _ range: Range<Int>, ofTable index: Int, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        let last = state.generations[0].last
        try changeTable(index, in: &transaction) { (projector, tally, cursor) throws(StorageError) in
            try projector.encodeRows(memTable, range) { (key, row) throws(StorageError) in
                if row.byteCount > 0 {
                    try StoredRow.write(key: key, row: row, of: projector, &tally, with: &cursor)
                } else {
                    try StoredRow.delete(key: key, of: projector, through: last, &tally, with: &cursor)
                }
            }
        }
    }

    /// Changes rows of a table, and writes the table's tally with them.
    func changeTable(
        _ index: Int, in transaction: inout WriteTransaction,
        _ body: (Projector, inout RowTally, inout WriteCursor) throws(StorageError) -> Void
    ) throws(StorageError) {
        let projector = projectors[index]
        let slot = state.slots[index]
        guard let table = state.tables[index] else { preconditionFailure("only tables are flushed to") }
        var tally = try checkpoints.readTally(of: projector, slot: slot, in: transaction)
        let count: Int
        do throws(LMDBError) { count = try transaction.entryCount(table) } catch {
            throw .database(error)
        }
        guard UInt64(count) == tally.count else {
            throw .damagedRow(table: projector.name, "it has \(count) rows, and \(tally.count) were written")
        }
        var cursor = try makeWriteCursor(table, in: &transaction)
        try body(projector, &tally, &cursor)
        _ = consume cursor
        try checkpoints.write(tally, of: projector, slot: slot, in: &transaction)
    }

    @_lifetime(&transaction)
    private func makeWriteCursor(
        _ table: Table, in transaction: inout WriteTransaction
    ) throws(StorageError) -> WriteCursor {
        do throws(LMDBError) { return try transaction.makeWriteCursor(table) } catch { throw .database(error) }
    }

    /// Whether another process has flushed a projection as far; its checkpoint never goes back.
    private func isFlushed(
        _ projector: Projector, through last: Position?, in transaction: borrowing WriteTransaction
    ) throws(StorageError) -> Bool {
        (try checkpoints.read(projector, in: transaction)?.position).stored >= last.stored
    }

    func finishFlush() {
        state.flushed = state.generations[0].last
        state.generations.removeFirst()
        state.flush = FlushCursor()
        state.plannedFlush = FlushCursor()
    }
}
