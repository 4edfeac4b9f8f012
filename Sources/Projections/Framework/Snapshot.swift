package import EventLog
package import LMDB

/// A consistent view of the log and of every derived table, as of one head.
///
/// Holds a read transaction: keep it short, since LMDB reuses no page freed after a snapshot began, and never let it
/// outlive a suspension. Bytes that it lends are valid until it ends.
package struct Snapshot: ~Copyable {
    package let transaction: ReadTransaction
    package let log: LogTable
    /// The last event that the snapshot sees, or nil when the log is empty.
    package let head: Position?
    let tables: DerivedTables
    let handles: [Table?]
    let generations: [Generation]
    /// Set when the rows are made ready only when one is asked for: the two above are empty then.
    let awaited: AwaitedRows?

    init(
        transaction: consuming ReadTransaction, head: Position?, tables: DerivedTables, handles: [Table?],
        generations: [Generation], awaited: AwaitedRows? = nil
    ) {
        self.awaited = awaited
        self.transaction = transaction
        self.log = tables.log
        self.head = head
        self.tables = tables
        self.handles = handles
        self.generations = generations
    }

    /// The row of a key, or nil when it has none.
    ///
    /// Cost: a look into memory, and when the row is not there, one into the table.
    package func row<P: Projection>(_ projection: P.Type, _ key: P.Key) throws(StorageError) -> P.Row? {
        guard let head else { return nil }
        let index = tables.index(of: projection)
        return try withSources { (handles, generations) throws(StorageError) in
            let lookup = TableLookup<P>(
                index: index, table: handles[index], seal: tables.projectors[index].seal, generations: generations)
            let inMemory = tables.withLock { lookup.memTableRow(key, asOf: head) }
            // What was deleted in memory may still be in the table.
            if let inMemory { return inMemory.row }
            if let stored = try lookup.storedRow(key, in: transaction) { return stored.row }
            if P.isCounted, let table = handles[index] { try tables.requireWhole(index, table, in: transaction) }
            return nil
        }
    }

    /// Every row of a projection, in no order. For small tables: all rows are read.
    package func rows<P: Projection>(_ projection: P.Type) throws(StorageError) -> [P.Row] {
        guard let head else { return [] }
        let index = tables.index(of: projection)
        return try withSources { (handles, generations) throws(StorageError) in
            var rows =
                try handles[index].map { (table) throws(StorageError) in try storedRows(projection, in: table) } ?? [:]
            tables.withLock {
                for generation in generations {
                    generation.memTable(of: P.self, at: index)?.forEach(asOf: head) { rows[$0] = $1 }
                }
            }
            return Array(rows.values)
        }
    }

    private func storedRows<P: Projection>(
        _ projection: P.Type, in table: Table
    ) throws(StorageError) -> [[UInt8]: P.Row] {
        var rows: [[UInt8]: P.Row] = [:]
        let index = tables.index(of: projection)
        let seal = tables.projectors[index].seal
        if P.isCounted { try tables.requireWhole(index, table, in: transaction) }
        try transaction.forEachEntry(of: table) { (key, value) throws(StorageError) in
            rows[key.withUnsafeBytes { Array($0) }] = try StoredRow.decode(projection, key: key, value, seal).row
        }
        return rows
    }

    /// The number of rows of a projection. Cost: a look at every row in memory, none at flushed ones.
    package func keyCount<P: Projection>(_ projection: P.Type) throws(StorageError) -> Int {
        guard let head else { return 0 }
        let index = tables.index(of: projection)
        return try withSources { (handles, generations) throws(StorageError) in
            let lookup = TableLookup<P>(
                index: index, table: handles[index], seal: tables.projectors[index].seal, generations: generations)
            do throws(LMDBError) {
                var count = 0
                if let table = handles[index] { count = try transaction.entryCount(table) }
                var unflushed: Set<P.Key> = []
                var deleted: Set<P.Key> = []
                tables.withLock {
                    for generation in generations {
                        guard let memTable = generation.memTable(of: P.self, at: index) else { continue }
                        let keys = memTable.keys(asOf: head)
                        deleted.subtract(keys)
                        unflushed.formUnion(keys)
                        let newlyDeleted = memTable.deletedKeys(asOf: head)
                        deleted.formUnion(newlyDeleted)
                        unflushed.subtract(newlyDeleted)
                    }
                }
                for key in deleted where try lookup.isStored(key, in: transaction) { count -= 1 }
                for key in unflushed where try lookup.isStored(key, in: transaction) == false { count += 1 }
                return count
            } catch {
                throw .database(error)
            }
        }
    }

    /// The verified record at a position.
    @_lifetime(borrow self)
    package func record(at position: Position) throws(StorageError) -> RecordView {
        try log.record(at: position, in: transaction)
    }
}

extension DerivedTables {
    /// Begins a snapshot as of now: everything that any process has committed is in it.
    package func beginSnapshot() throws(StorageError) -> Snapshot {
        if isReadOnly { return try beginReadingSnapshot() }
        return try withLock { () throws(StorageError) in
            let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
            let head = try log.headPosition(in: transaction)
            try follow(transaction, to: head)
            return Snapshot(
                transaction: transaction, head: head, tables: self, handles: state.tables,
                generations: state.generations)
        }
    }

    /// The newest row of a key, the writer's uncommitted changes included.
    package func latestRow<P: Projection>(
        _ projection: P.Type, _ key: P.Key, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> P.Row? {
        try withLock { () throws(StorageError) in
            let index = index(of: projection)
            let lookup = TableLookup<P>(
                index: index, table: state.tables[index], seal: projectors[index].seal, generations: state.generations)
            if let found = try lookup.row(key, asOf: nil, in: transaction) { return found.row }
            if P.isCounted, let table = state.tables[index] { try requireWhole(index, table, in: transaction) }
            return nil
        }
    }

    /// How many records' changes are held in memory.
    package var recordsInMemory: Int { withLock { state.generations.reduce(0) { $0 + $1.recordCount } } }

    /// How many events up to a head have rows in memory only.
    package func lag(behind head: Position?) -> Int {
        withLock { Int(head.stored - min(head.stored, state.flushed.stored)) }
    }
}
