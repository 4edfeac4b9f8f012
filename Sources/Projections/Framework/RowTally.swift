internal import ByteCoding
internal import EventLog
internal import LMDB

/// How many rows a table should have, and the sum of their checksums: what tells that one is missing.
///
/// Written in the transaction of every row, so it holds at any moment.
struct RowTally: Equatable {
    var count: UInt64 = 0
    var sum: UInt64 = 0

    /// Counts a stored row.
    mutating func add(_ value: RawSpan) {
        count &+= 1
        sum &+= UInt64(RowSeal.stored(value))
    }

    /// Takes back a row that another replaces.
    mutating func remove(_ value: RawSpan) {
        count &-= 1
        sum &-= UInt64(RowSeal.stored(value))
    }
}

extension CheckpointTable {
    /// The tally of one of a projection's two tables; nothing when it was never written to.
    func readTally(
        of projector: Projector, slot: UInt8, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> RowTally {
        let key = Self.tallyKey(of: projector, slot: slot)
        let tally = try read(key.span(), in: transaction) { (row) throws(ByteCodingError) in
            var reader = ByteReader(row)
            let tally = RowTally(count: try reader.read(), sum: try reader.read())
            try reader.finish()
            return tally
        }
        return tally ?? RowTally()
    }

    func write(
        _ tally: RowTally, of projector: Projector, slot: UInt8, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        var value = Self.newValue()
        value.write(tally.count, tally.sum)
        try write(&value, key: Self.tallyKey(of: projector, slot: slot).span(), in: &transaction)
    }

    /// No other key begins with these bytes: a name's byte count is below 0xFFFD.
    private static func tallyKey(of projector: Projector, slot: UInt8) -> ByteWriter {
        var key = ByteWriter(capacity: 64)
        key.write(UInt16.max - 2)
        key.writeShortString(projector.name)
        key.write(projector.version)
        key.write(slot)
        return key
    }
}
