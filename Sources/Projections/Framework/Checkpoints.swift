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

/// The table of checkpoints: projection name and version to checkpoint, written in the transaction of the rows.
struct CheckpointTable: Sendable {
    let table: Table
    static let name = "checkpoints"

    func read(
        _ projector: Projector, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Checkpoint? {
        do {
            guard let bytes = try transaction.get(table, key: Self.key(of: projector).span()) else { return nil }
            var reader = ByteReader(bytes)
            let position = Position(stored: try reader.read(UInt64.self))
            let slot = try reader.read(UInt8.self)
            try reader.finish()
            guard slot <= 1 else { throw StorageError.damagedRow(table: Self.name, "slot \(slot)") }
            return Checkpoint(position: position, slot: slot)
        } catch let error as LMDBError {
            throw .database(error)
        } catch let error as ByteCodingError {
            throw .damagedRow(table: Self.name, error.description)
        } catch let error as StorageError {
            throw error
        } catch {
            preconditionFailure("an untyped error: \(error)")
        }
    }

    func write(
        _ checkpoint: Checkpoint, of projector: Projector, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        var value = ByteWriter(capacity: 16)
        value.write(checkpoint.position.stored)
        value.write(checkpoint.slot)
        do { try transaction.put(table, key: Self.key(of: projector).span(), value: value.span()) } catch {
            throw .database(error)
        }
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
        do {
            guard let bytes = try transaction.get(table, key: Self.summaryKey.span()) else { return TablesSummary() }
            var reader = ByteReader(bytes)
            let epoch = try reader.read(UInt64.self)
            let newest = Position(stored: try reader.read(UInt64.self))
            try reader.finish()
            return TablesSummary(epoch: epoch, newest: newest)
        } catch let error as LMDBError {
            throw .database(error)
        } catch let error as ByteCodingError {
            throw .damagedRow(table: Self.name, error.description)
        } catch {
            preconditionFailure("an untyped error: \(error)")
        }
    }

    func writeSummary(
        _ summary: TablesSummary, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        var value = ByteWriter(capacity: 16)
        value.write(summary.epoch)
        value.write(summary.newest.stored)
        do { try transaction.put(table, key: Self.summaryKey.span(), value: value.span()) } catch {
            throw .database(error)
        }
    }

    /// The number of the rebuild that is at work, or the last one that was; nil before the first.
    func readRebuild(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) -> UInt64? {
        do {
            guard let bytes = try transaction.get(table, key: Self.rebuildKey.span()) else { return nil }
            var reader = ByteReader(bytes)
            let number = try reader.read(UInt64.self)
            try reader.finish()
            return number
        } catch let error as LMDBError {
            throw .database(error)
        } catch let error as ByteCodingError {
            throw .damagedRow(table: Self.name, error.description)
        } catch {
            preconditionFailure("an untyped error: \(error)")
        }
    }

    func writeRebuild(_ number: UInt64, in transaction: inout WriteTransaction) throws(StorageError) {
        var value = ByteWriter(capacity: 8)
        value.write(number)
        do { try transaction.put(table, key: Self.rebuildKey.span(), value: value.span()) } catch {
            throw .database(error)
        }
    }

    /// No projection's key begins with these bytes: a name's byte count is below 0xFFFE.
    private static let rebuildKey: ByteWriter = {
        var key = ByteWriter(capacity: 2)
        key.write(UInt16.max - 1)
        return key
    }()

    /// No projection's key begins with these bytes: a name's byte count is below 0xFFFE.
    private static let summaryKey: ByteWriter = {
        var key = ByteWriter(capacity: 2)
        key.write(UInt16.max)
        return key
    }()
}
