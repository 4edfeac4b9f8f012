package import EventLog
package import LMDB

/// What tables that are only read know of themselves.
struct ReadingState {
    /// False when every row is computed in memory, from the log alone.
    var usesTables = true
    /// What is wrong with the tables, so that they are not used; nil when nothing is, or when they are merely not there yet.
    var flaw: StorageError?
    /// Whether the checkpoints have been read.
    var isLoaded = false
    /// The records that could not be applied, and were passed over.
    var passedOver: [RecordError] = []
    /// Up to where changes of rows have lost their history: no snapshot before it can be answered.
    var compacted: Position?
}

/// Tables that are read without a single write: by a store that was opened for reading only.
///
/// The tables are used as far as they are flushed, and the rest of the log is applied in memory, when a row is first asked
/// for: what reads the log alone needs no table to be whole. Tables that are missing, damaged or of other versions are done
/// without: all rows are computed in memory then. A damaged record is passed over, and reported
/// (``passedOverRecords``): what does not need it works.
extension DerivedTables {
    /// Opens the tables of some projections for reading.
    ///
    /// Cost: looks the tables' names up; reads no record. The first look at a row reads the records after the oldest
    /// checkpoint, or the whole log when the tables cannot be used; memory then is one row for each key.
    package convenience init(
        reading environment: Environment, log: LogTable, projectors: [Projector]
    ) throws(StorageError) {
        var flaw: StorageError?
        do throws(StorageError) {
            if let (checkpoints, slotTables) = try Self.findTables(of: projectors, in: environment) {
                self.init(
                    reading: environment, log: log, projectors: projectors, checkpoints: checkpoints,
                    slotTables: slotTables)
                return
            }
        } catch {
            guard error.isFlawOfTables else { throw error }
            flaw = error
        }
        self.init(reading: environment, log: log, projectors: projectors, checkpoints: nil, slotTables: [])
        state.reading.flaw = flaw
    }

    /// The records that could not be applied so far, so that rows may lack what they said.
    package var passedOverRecords: [RecordError] { withLock { state.reading.passedOver } }

    /// All tables, or nil when some have not been built yet, as by a release that knew other projections.
    private static func findTables(
        of projectors: [Projector], in environment: Environment
    ) throws(StorageError) -> (CheckpointTable, [[Table]])? {
        guard let table = try find(CheckpointTable.name, in: environment) else {
            // Without one, nothing was ever flushed; a table of rows then is a trace of one that was lost.
            for projector in projectors where try find(tableName(projector, slot: 0), in: environment) != nil {
                throw .damagedRow(table: CheckpointTable.name, "the table is missing")
            }
            return nil
        }
        let checkpoints = CheckpointTable(table: table)
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        var slotTables: [[Table]] = []
        for projector in projectors {
            var slots: [Table] = []
            for slot in 0...1 {
                let name = tableName(projector, slot: slot)
                if let table = try find(name, in: environment) {
                    slots.append(table)
                } else if try checkpoints.read(projector, in: transaction) != nil {
                    throw .damagedRow(table: name, "the table is missing")
                }
            }
            guard slots.count == 2 else { return nil }
            slotTables.append(slots)
        }
        return (checkpoints, slotTables)
    }

    private static func find(_ name: String, in environment: Environment) throws(StorageError) -> Table? {
        do throws(LMDBError) { return try environment.findTable(name: name, keys: .bytes) } catch {
            if case .tableMismatch = error { throw .damagedRow(table: name, "it is no table of rows") }
            throw .database(error)
        }
    }

    /// Begins a snapshot whose rows are made ready when one is asked for.
    func beginReadingSnapshot() throws(StorageError) -> Snapshot {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        let head = try log.headPosition(in: transaction)
        return Snapshot(
            transaction: transaction, head: head, tables: self, handles: [], generations: [],
            awaited: AwaitedRows())
    }

    /// Makes every row as of a head ready.
    func prepareRows(
        asOf head: Position, in transaction: borrowing ReadTransaction
    ) throws(StorageError) -> RowSources {
        try withLock { () throws(StorageError) in
            // Snapshots may hold the rows in memory as they were; a long stretch more is applied to new ones, so that
            // only changes that nobody can ask for lose their history.
            let isFarBehind =
                state.generations[0].recordCount > 0 && head.number > state.applied.stored + Self.compactionStep
            if state.reading.usesTables {
                do throws(StorageError) {
                    try followTables(asOf: head, isFarBehind, in: transaction)
                    try applyAround(through: head, in: transaction)
                } catch {
                    guard error.isFlawOfTables else { throw error }
                    doWithoutTables(error)
                }
            }
            if !state.reading.usesTables {
                if isFarBehind || isCompacted(after: head) { startAnew() }
                try applyAround(through: head, in: transaction)
            }
            return RowSources(handles: state.tables, generations: state.generations)
        }
    }

    /// Computes every row in memory from now on, if `error` is about the tables and they are still in use.
    func abandonTables(_ error: StorageError) -> Bool {
        withLock {
            guard error.isFlawOfTables, state.reading.usesTables else { return false }
            doWithoutTables(error)
            return true
        }
    }

    /// What is wrong with the tables, if they are not used for that; known after a look at a row.
    package var flawOfTables: StorageError? { withLock { state.reading.flaw } }

    // MARK: With the lock held

    /// Reads the checkpoints, unless they are as they were: rows that have been flushed meanwhile leave memory.
    private func followTables(
        asOf head: Position, _ isFarBehind: Bool, in transaction: borrowing ReadTransaction
    ) throws(StorageError) {
        let summary = try checkpoints.readSummary(in: transaction)
        guard
            isFarBehind || isCompacted(after: head) || !state.reading.isLoaded || summary != state.summary
        else { return }
        try reload(in: transaction)
        state.reading.isLoaded = true
        state.reading.compacted = nil
        state.reading.passedOver = []
    }

    /// Whether rows have lost the history that a snapshot with a head would need.
    private func isCompacted(after head: Position) -> Bool {
        state.reading.compacted.map { head < $0 } ?? false
    }

    private func doWithoutTables(_ flaw: StorageError) {
        state.reading.usesTables = false
        state.reading.flaw = flaw
        startAnew()
    }

    private func startAnew() {
        state.tables = projectors.map { _ in nil }
        state.flushed = nil
        state.applied = nil
        state.generations = [Self.makeGeneration(projectors)]
        state.reading.passedOver = []
        state.reading.compacted = nil
    }

    /// Applies the records up to a position, around those that are damaged.
    private func applyAround(
        through head: Position, in transaction: borrowing ReadTransaction
    ) throws(StorageError) {
        while state.applied.stored < head.number {
            let end = min(head, Position(state.applied.stored + Self.compactionStep))
            do throws(StorageError) {
                try applyGap(through: end, in: transaction)
                if end < head { compact() }
            } catch {
                guard case .record(let flaw) = error, state.reading.passedOver.count < Self.passedOverLimit else {
                    throw error
                }
                state.reading.passedOver.append(flaw)
                let position = Position(state.applied.stored + 1)
                try applyWhereItFits(position, in: transaction)
                state.applied = position
            }
        }
    }

    /// Applies a record to every projection that takes it. One that is whole may not fit after a damaged one, as the next
    /// event of the same stream, and still be a code's mint.
    private func applyWhereItFits(
        _ position: Position, in transaction: borrowing ReadTransaction
    ) throws(StorageError) {
        do throws(StorageError) {
            let record = try log.record(at: position, in: transaction)
            for index in projectors.indices where projectors[index].kinds.contains(record.header.kind) {
                do throws(StorageError) {
                    try projectors[index].apply(
                        record, state.generations, index, state.tables[index], transaction.handle)
                } catch {
                    guard case .record = error else { throw error }
                }
            }
        } catch {
            guard case .record = error else { throw error }
        }
    }

    private func compact() {
        for case (let projector, let memTable?) in zip(projectors, state.generations[0].memTables) {
            projector.compact(memTable)
        }
        state.reading.compacted = state.applied
    }

    /// How many records are applied before the changes that came before lose their history.
    private static var compactionStep: UInt64 { 1 << 18 }
    /// A log with more damaged records than this is not worth going through.
    private static var passedOverLimit: Int { 10_000 }
}

/// Where the rows of a snapshot are.
struct RowSources {
    let handles: [Table?]
    let generations: [Generation]
}

/// The rows of a snapshot once they are ready; used by the snapshot's thread.
final class AwaitedRows {
    var sources: RowSources?
}

extension StorageError {
    /// Whether it is about derived tables, which the log can do without.
    var isFlawOfTables: Bool {
        if case .damagedRow = self { true } else { false }
    }
}

extension Snapshot {
    /// Lends the tables' handles and the generations, which are made ready first if nobody has asked yet. A damaged row
    /// in a table makes `body` run again, with every row computed in memory.
    @inline(__always)
    func withSources<Result>(
        _ body: ([Table?], [Generation]) throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        guard let awaited, let head else { return try body(handles, generations) }
        do throws(StorageError) {
            let sources: RowSources
            if let ready = awaited.sources {
                sources = ready
            } else {
                sources = try tables.prepareRows(asOf: head, in: transaction)
                awaited.sources = sources
            }
            return try body(sources.handles, sources.generations)
        } catch {
            guard tables.abandonTables(error) else { throw error }
        }
        let sources = try tables.prepareRows(asOf: head, in: transaction)
        awaited.sources = sources
        return try body(sources.handles, sources.generations)
    }

    /// What is wrong with the derived tables, so that a store that is only read does without them; nil when nothing is.
    /// Makes the rows ready.
    package func flawOfTables() throws(StorageError) -> StorageError? {
        guard awaited != nil else { return nil }
        try withSources { (_, _) in }
        return tables.flawOfTables
    }
}
