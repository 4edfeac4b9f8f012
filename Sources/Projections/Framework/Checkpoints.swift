internal import ByteCoding
internal import EventLog
internal import LMDB

/// How far a projection's table is flushed, and in which of its two slots the live table is.
struct Checkpoint: Equatable {
    /// The last record whose changes are all in the table; nil before the first flush.
    var position: Position?
    /// 0 or 1: a rebuild fills the other slot, then swaps.
    var slot: UInt8
}

/// The table of checkpoints: projection name and version to checkpoint, written in the transaction of the rows. Its rows
/// are sealed like those of projections.
struct CheckpointTable: Sendable {
    let table: Table
    static let name = "checkpoints.\(StoredRow.format)"
    static let seal = RowSeal(table: name, version: 0)

    func read(
        _ projector: Projector, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Checkpoint? {
        let key = Self.key(of: projector)
        let checkpoint = try read(key.span(), in: transaction) { (row) throws(ByteCodingError) in
            var reader = ByteReader(row)
            let position = Position(stored: try reader.read(UInt64.self))
            let slot = try reader.read(UInt8.self)
            try reader.finish()
            return Checkpoint(position: position, slot: slot)
        }
        if let checkpoint, checkpoint.slot > 1 { throw .damagedRow(table: Self.name, "slot \(checkpoint.slot)") }
        return checkpoint
    }

    func write(
        _ checkpoint: Checkpoint, of projector: Projector, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        var value = Self.newValue()
        value.write(checkpoint.position.stored)
        value.write(checkpoint.slot)
        try write(&value, key: Self.key(of: projector).span(), in: &transaction)
    }

    private static func key(of projector: Projector) -> ByteWriter {
        var key = ByteWriter(capacity: 64)
        key.writeShortString(projector.name)
        key.write(projector.version)
        return key
    }
}

/// What all tables have in common, in one row that every snapshot reads: cheaper than every checkpoint.
struct TablesSummary: Equatable {
    /// Raised by every swap of slots, so that other processes notice.
    var epoch: UInt64 = 0
    /// The newest checkpoint of any projection: when it moves, processes look at the checkpoints of theirs.
    var newest: Position?
}

extension CheckpointTable {
    func readSummary(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> TablesSummary {
        let summary = try read(Self.summaryKey.span(), in: transaction) { (row) throws(ByteCodingError) in
            var reader = ByteReader(row)
            let epoch = try reader.read(UInt64.self)
            let newest = Position(stored: try reader.read(UInt64.self))
            try reader.finish()
            return TablesSummary(epoch: epoch, newest: newest)
        }
        return summary ?? TablesSummary()
    }

    func writeSummary(
        _ summary: TablesSummary, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        var value = Self.newValue()
        value.write(summary.epoch)
        value.write(summary.newest.stored)
        try write(&value, key: Self.summaryKey.span(), in: &transaction)
    }

    /// The number of the rebuild that is at work, or the last one that was; nil before the first.
    func readRebuild(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) -> UInt64? {
        try read(Self.rebuildKey.span(), in: transaction) { (row) throws(ByteCodingError) in
            var reader = ByteReader(row)
            let number = try reader.read(UInt64.self)
            try reader.finish()
            return number
        }
    }

    func writeRebuild(_ number: UInt64, in transaction: inout WriteTransaction) throws(StorageError) {
        var value = Self.newValue()
        value.write(number)
        try write(&value, key: Self.rebuildKey.span(), in: &transaction)
    }

    /// No projection's key begins with these bytes: a name's byte count is below 0xFFFD.
    private static let rebuildKey: ByteWriter = {
        var key = ByteWriter(capacity: 2)
        key.write(UInt16.max - 1)
        return key
    }()

    /// No projection's key begins with these bytes: a name's byte count is below 0xFFFD.
    private static let summaryKey: ByteWriter = {
        var key = ByteWriter(capacity: 2)
        key.write(UInt16.max)
        return key
    }()
}

extension CheckpointTable {
    /// Makes `decode` see a row whose checksum is right; nil when there is none.
    func read<Row>(
        _ key: RawSpan, in transaction: borrowing some Transaction & ~Copyable,
        _ decode: (RawSpan) throws(ByteCodingError) -> Row
    ) throws(StorageError) -> Row? {
        let found: RawSpan?
        do throws(LMDBError) { found = try transaction.get(table, key: key) } catch { throw .database(error) }
        guard let value = found else { return nil }
        guard Self.seal.isIntact(key: key, value: value) else {
            throw .damagedRow(table: Self.name, StoredRow.checksumFlaw)
        }
        do throws(ByteCodingError) {
            return try decode(value.extracting(RowSeal.byteCount..<value.byteCount))
        } catch {
            throw .damagedRow(table: Self.name, error.description)
        }
    }

    /// A value with room for the checksum.
    static func newValue() -> ByteWriter {
        var value = ByteWriter(capacity: 24)
        value.write(UInt32(0))
        return value
    }

    /// Stores a value, which it seals.
    func write(
        _ value: inout ByteWriter, key: RawSpan, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        Self.seal.seal(&value, key: key)
        do throws(LMDBError) { try transaction.put(table, key: key, value: value.span()) } catch {
            throw .database(error)
        }
    }
}
