internal import ByteCoding
internal import EventLog
internal import LMDB

/// Runs one projection, with its types erased so that the framework treats all projections alike.
///
/// The operations are closures made where the projection's type is known: the compiler specialises them, which a call
/// through a generic class or an existential would prevent, and the append path runs them for every event.
package final class Projector: Sendable {
    let name: String
    let version: UInt16
    let kinds: RecordKinds
    let projection: ObjectIdentifier
    /// Whether the rows are the tiles of the log's tree, which are made of stretches of the log (`DerivedTables+Tiles.swift`):
    /// no record changes a row then, and there is nothing in memory.
    let isOfTree: Bool
    /// The checksum of the projection's stored rows.
    let seal: RowSeal
    /// Whether the table is counted before one of its rows is made from another that is not there.
    let countsBeforeApplying: Bool
    let freeze: @Sendable (AnyObject) -> Void
    let undo: @Sendable (AnyObject, _ after: Position?) -> Void
    /// Drops all but the newest change of each key from a memory table.
    let compact: @Sendable (AnyObject) -> Void
    /// Applies a record to the projector's memory table in the last of some generations.
    let apply:
        @Sendable (borrowing RecordView, [Generation], _ index: Int, Table?, TransactionHandle) throws(StorageError) ->
            Void
    /// Takes what a record said out of the rows that it changed, as of a later record that has it erased.
    let erase:
        @Sendable (borrowing RecordView, Position, [Generation], _ index: Int, Table?, TransactionHandle)
            throws(StorageError) -> Void
    /// The encoded keys and rows of a stretch of a frozen memory table's sorted keys.
    let encodeRows:
        @Sendable (AnyObject, Range<Int>, _ write: (RawSpan, RawSpan) throws(StorageError) -> Void) throws(StorageError)
            -> Void
    /// Every key's encoded row at a position.
    let encodeChanges: @Sendable (AnyObject, _ asOf: Position, _ body: ([UInt8], [UInt8]?) -> Void) -> Void
    /// The number of keys in a frozen memory table.
    let keyCount: @Sendable (AnyObject) -> Int

    /// Makes the operations of a projection.
    package init<P: Projection>(_ projection: P.Type) {
        name = P.name
        version = P.version
        kinds = P.kinds
        let seal = RowSeal(table: P.name, version: P.version)
        self.seal = seal
        countsBeforeApplying = P.isCounted && !P.isInsertOnly
        isOfTree = false
        self.projection = ObjectIdentifier(projection)
        freeze = { MemTable<P>.typed($0).freeze() }
        undo = { MemTable<P>.typed($0).undo(after: $1) }
        compact = { MemTable<P>.typed($0).compact() }
        encodeChanges = { (memTable, position, body) in
            MemTable<P>.typed(memTable).encodeChanges(asOf: position, seal, body)
        }
        keyCount = { MemTable<P>.typed($0).sortedKeys.count }
        apply = { (record, generations, index, table, transaction) throws(StorageError) in
            let lookup = TableLookup<P>(index: index, table: table, seal: seal, generations: generations)
            try lookup.apply(record, in: transaction)
        }
        erase = { (record, erasure, generations, index, table, transaction) throws(StorageError) in
            let lookup = TableLookup<P>(index: index, table: table, seal: seal, generations: generations)
            try lookup.erase(record, by: erasure, in: transaction)
        }
        encodeRows = { (memTable, range, write) throws(StorageError) in
            try MemTable<P>.typed(memTable).encodeRows(range, seal, write)
        }
    }

    /// The tiles of the log's tree.
    package static let tree = Projector(treeNamed: TreeProjector.name, version: TreeProjector.version)

    private init(treeNamed name: String, version: UInt16) {
        self.name = name
        self.version = version
        kinds = RecordKinds()
        seal = RowSeal(table: name, version: version)
        projection = ObjectIdentifier(TreeProjector.self)
        isOfTree = true
        countsBeforeApplying = false
        freeze = { _ in }
        undo = { (_, _) in }
        compact = { _ in }
        encodeChanges = { (_, _, _) in }
        keyCount = { _ in 0 }
        apply = { (_, _, _, _, _) throws(StorageError) in }
        // A leaf is the hash of what an erased record keeps as well.
        erase = { (_, _, _, _, _, _) throws(StorageError) in }
        encodeRows = { (_, _, _) throws(StorageError) in }
    }
}

/// Finds the rows of one projection in memory and in its table.
struct TableLookup<P: Projection> {
    /// The projection's index among the projectors.
    let index: Int
    /// The flushed table; nil when every row is in memory.
    let table: Table?
    let seal: RowSeal
    let generations: [Generation]

    /// The newest row of a key at or before a position (nil: at all), from memory first and the table second; its row is nil
    /// when it was deleted.
    @inline(__always)
    func row(
        _ key: P.Key, asOf position: Position?, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> (row: P.Row?, position: Position)? {
        if let found = memTableRow(key, asOf: position) { return found }
        guard let (row, position) = try storedRow(key, in: transaction) else { return nil }
        return (row, position)
    }

    /// The newest row of a key in memory; its row is nil when it was deleted.
    @inline(__always)
    func memTableRow(_ key: P.Key, asOf position: Position?) -> (row: P.Row?, position: Position)? {
        for generation in generations.reversed() {
            if let found = generation.memTable(of: P.self, at: index)?.row(key, asOf: position) { return found }
        }
        return nil
    }

    /// The row of a key in the flushed table.
    @inline(__always)
    func storedRow(
        _ key: P.Key, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> (row: P.Row, position: Position)? {
        guard let table else { return nil }
        var keyBytes = ByteWriter(capacity: 64)
        key.encode(to: &keyBytes)
        // No row has a longer key: names are refused before they are written, but anything may be asked for.
        guard keyBytes.byteCount <= Table.maximumKeyByteCount else { return nil }
        let found: RawSpan?
        do throws(LMDBError) { found = try transaction.get(table, key: keyBytes.span()) } catch {
            throw .database(error)
        }
        guard let bytes = found else { return nil }
        return try StoredRow.decode(P.self, key: keyBytes.span(), bytes, seal)
    }

    /// Whether the flushed table has a row for a key.
    func isStored(_ key: P.Key, in transaction: borrowing some Transaction & ~Copyable) throws(LMDBError) -> Bool {
        guard let table else { return false }
        var keyBytes = ByteWriter(capacity: 64)
        key.encode(to: &keyBytes)
        guard keyBytes.byteCount <= Table.maximumKeyByteCount else { return false }
        return try transaction.get(table, key: keyBytes.span()) != nil
    }

    @inline(__always)
    func apply(_ record: borrowing RecordView, in transaction: TransactionHandle) throws(StorageError) {
        let keys: ProjectionKeys<P.Key>
        do throws(RecordError) { keys = try P.keys(of: record) } catch { throw .record(error) }
        switch keys {
        case .none: return
        case .one(let key): try apply(record, at: key, in: transaction)
        case .two(let first, let second):
            try apply(record, at: first, in: transaction)
            try apply(record, at: second, in: transaction)
        }
    }

    private func apply(
        _ record: borrowing RecordView, at key: P.Key, in transaction: TransactionHandle
    ) throws(StorageError) {
        var existing: (row: P.Row?, position: Position)?
        if !P.isInsertOnly {
            existing = try row(key, asOf: nil, in: transaction)
            if let existing, existing.position >= record.position { return }
        }
        let row: P.Row
        do throws(RecordError) { row = try P.apply(record, at: key, to: existing?.row) } catch {
            throw .record(error)
        }
        generations[generations.count - 1].changingMemTable(of: P.self, at: index)
            .set(key, to: row, at: record.position)
    }

    /// Takes what a record said out of its rows.
    func erase(
        _ record: borrowing RecordView, by erasure: Position, in transaction: TransactionHandle
    ) throws(StorageError) {
        let keys: ProjectionKeys<P.Key>
        do throws(RecordError) { keys = try P.keys(of: record) } catch { throw .record(error) }
        switch keys {
        case .none: return
        case .one(let key): try erase(record, at: key, by: erasure, in: transaction)
        case .two(let first, let second):
            try erase(record, at: first, by: erasure, in: transaction)
            try erase(record, at: second, by: erasure, in: transaction)
        }
    }

    private func erase(
        _ record: borrowing RecordView, at key: P.Key, by erasure: Position, in transaction: TransactionHandle
    ) throws(StorageError) {
        guard let (found, position) = try row(key, asOf: nil, in: transaction), let row = found,
            position <= erasure
        else { return }
        let left: P.Row?
        do throws(RecordError) { left = try P.erase(record, at: key, from: row) } catch { throw .record(error) }
        if left == row { return }
        generations[generations.count - 1].changingMemTable(of: P.self, at: index).set(key, to: left, at: erasure)
    }
}
