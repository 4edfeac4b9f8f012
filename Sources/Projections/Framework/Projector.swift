internal import ByteCoding
internal import EventLog
internal import LMDB

/// Runs one projection: keeps its overlay up to date and flushes it to its table. Type-erased, so that the framework
/// treats all projections alike.
protocol AnyProjector: AnyObject, Sendable {
    var name: String { get }
    var version: UInt16 { get }
    var kinds: RecordKinds { get }
    var projection: ObjectIdentifier { get }

    func makeOverlay() -> AnyObject
    func freeze(_ overlay: AnyObject)
    func undo(_ overlay: AnyObject, after position: Position?)

    /// Applies a record to the last of `generations`.
    func apply(
        _ record: borrowing RecordView, to generations: [Generation], table: Table,
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError)

    /// Writes up to `limit` rows of a frozen overlay, from an index among its sorted keys on, and returns the index
    /// after the last one written, or nil when none is left.
    func flush(
        _ overlay: AnyObject, from index: Int, limit: Int, to table: Table,
        in transaction: inout WriteTransaction
    ) throws(StorageError) -> Int?
}

final class Projector<P: Projection>: AnyProjector {
    let index: Int

    init(index: Int) { self.index = index }

    var name: String { P.name }
    var version: UInt16 { P.version }
    var kinds: RecordKinds { P.kinds }
    var projection: ObjectIdentifier { ObjectIdentifier(P.self) }

    func makeOverlay() -> AnyObject { Overlay<P>() }
    func freeze(_ overlay: AnyObject) { typed(overlay).freeze() }
    func undo(_ overlay: AnyObject, after position: Position?) { typed(overlay).undo(after: position) }

    func apply(
        _ record: borrowing RecordView, to generations: [Generation], table: Table,
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        let keys: ProjectionKeys<P.Key>
        do { keys = try P.keys(of: record) } catch { throw .record(error) }
        switch keys {
        case .none: return
        case .one(let key): try apply(record, at: key, to: generations, table: table, in: transaction)
        case .two(let first, let second):
            try apply(record, at: first, to: generations, table: table, in: transaction)
            try apply(record, at: second, to: generations, table: table, in: transaction)
        }
    }

    func flush(
        _ overlay: AnyObject, from index: Int, limit: Int, to table: Table,
        in transaction: inout WriteTransaction
    ) throws(StorageError) -> Int? {
        let overlay = typed(overlay)
        let end = min(overlay.sortedKeys.count, index + limit)
        var keyBytes = ByteWriter(capacity: 512)
        var rowBytes = ByteWriter(capacity: 512)
        for key in overlay.sortedKeys[index..<end] {
            guard let (row, position) = overlay.row(key, asOf: nil) else { continue }
            keyBytes.truncate(to: 0)
            rowBytes.truncate(to: 0)
            key.encode(to: &keyBytes)
            rowBytes.write(position.number)
            row.encode(to: &rowBytes)
            try StoredRow.write(key: keyBytes.span(), row: rowBytes.span(), to: table, in: &transaction)
        }
        return end == overlay.sortedKeys.count ? nil : end
    }

    /// The newest row of a key at or before a position (or at all), from memory first and the table second.
    func row(
        _ key: P.Key, asOf position: Position?, in generations: [Generation], table: Table,
        _ transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> (row: P.Row, position: Position)? {
        if let found = overlaidRow(key, asOf: position, in: generations) { return found }
        return try storedRow(key, in: table, transaction)
    }

    /// The newest row of a key in memory.
    func overlaidRow(
        _ key: P.Key, asOf position: Position?, in generations: [Generation]
    ) -> (row: P.Row, position: Position)? {
        for generation in generations.reversed() {
            if let found = typed(generation.overlays[index]).row(key, asOf: position) { return found }
        }
        return nil
    }

    /// The row of a key in the flushed table.
    func storedRow(
        _ key: P.Key, in table: Table, _ transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> (row: P.Row, position: Position)? {
        var keyBytes = ByteWriter(capacity: 64)
        key.encode(to: &keyBytes)
        do {
            guard let bytes = try transaction.get(table, key: keyBytes.span()) else { return nil }
            return try StoredRow.decode(P.self, bytes)
        } catch let error as LMDBError {
            throw .database(error)
        } catch let error as StorageError {
            throw error
        } catch {
            preconditionFailure("an untyped error: \(error)")
        }
    }

    private func apply(
        _ record: borrowing RecordView, at key: P.Key, to generations: [Generation], table: Table,
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        var existing: (row: P.Row, position: Position)?
        if !P.makesEachRowOnce {
            existing = try row(key, asOf: nil, in: generations, table: table, transaction)
            if let existing, existing.position >= record.position { return }
        }
        let row: P.Row
        do { row = try P.apply(record, at: key, to: existing?.row) } catch { throw .record(error) }
        typed(generations[generations.count - 1].overlays[index]).set(key, to: row, at: record.position)
    }

    func typed(_ overlay: AnyObject) -> Overlay<P> { unsafeDowncast(overlay, to: Overlay<P>.self) }
}

/// A row as its table stores it: the position of the last record applied to it (8 bytes, little-endian), then the row.
enum StoredRow {
    /// Writes a row unless the table has it as new or newer, as it can when another process has flushed.
    static func write(
        key: RawSpan, row: RawSpan, to table: Table, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        do throws(LMDBError) {
            if let stored = try transaction.get(table, key: key), stored.byteCount >= 8,
                stored.load(0, as: UInt64.self) >= row.load(0, as: UInt64.self)
            {
                return
            }
            try transaction.put(table, key: key, value: row)
        } catch {
            throw .database(error)
        }
    }

    static func decode<P: Projection>(
        _ projection: P.Type, _ bytes: RawSpan
    ) throws(StorageError) -> (row: P.Row, position: Position) {
        do {
            var reader = ByteReader(bytes)
            let position = Position(stored: try reader.read(UInt64.self))
            let row = try P.Row(from: &reader)
            try reader.finish()
            guard let position else { throw StorageError.damagedRow(table: P.name, "position 0") }
            return (row, position)
        } catch let error as ByteCodingError {
            throw .damagedRow(table: P.name, error.description)
        } catch let error as StorageError {
            throw error
        } catch {
            preconditionFailure("an untyped error: \(error)")
        }
    }
}
