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
    private let tables: DerivedTables
    private let handles: [Table]
    private let generations: [Generation]

    init(
        transaction: consuming ReadTransaction, head: Position?, tables: DerivedTables, handles: [Table],
        generations: [Generation]
    ) {
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
        let projector = tables.projector(projection)
        let overlaid = tables.withLock { projector.overlaidRow(key, asOf: head, in: generations) }
        if let overlaid { return overlaid.row }
        return try projector.storedRow(key, in: handles[projector.index], transaction)?.row
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
        try withLock { () throws(StorageError) in
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
            let projector = projector(projection)
            return try projector.row(
                key, asOf: nil, in: state.generations, table: state.tables[projector.index], transaction)?.row
        }
    }
}
