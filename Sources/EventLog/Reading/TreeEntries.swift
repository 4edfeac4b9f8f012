package import ByteCoding
package import LMDB

/// Makes the tree's entries and leaves of records, living or erased, and remembers the salts of the streams that they are
/// of, so that a scan of the whole log reads few opening records twice.
///
/// Cost: three SHA-256 blocks a record of a person, and now and then the look-up of a stream's opening record. Memory: 24
/// bytes for each stream that can be remembered, 1.5 MiB as a rule.
package struct TreeEntries {
    private struct Remembered {
        let stream: UInt64
        let salt: RecordSalt
    }

    private let log: LogTable
    /// A stream's salt stands where the stream's hash says, in the place of another that was there.
    private var places: [Remembered]

    /// How far a stream's hash is shifted to make its place.
    private let shift: UInt64

    /// A maker of entries that remembers no salt yet.
    ///
    /// - Parameter rememberedBits: It has places for two to the power of this many streams.
    package init(log: LogTable, rememberedBits: Int = 16) {
        precondition((1...32).contains(rememberedBits), "a number of bits")
        self.log = log
        shift = UInt64(64 - rememberedBits)
        places = Array(
            repeating: Remembered(stream: 0, salt: RecordSalt(high: 0, low: 0)), count: 1 << rememberedBits)
    }

    /// The entry of a record of the log.
    ///
    /// Throws when the record that opened its stream cannot be read.
    package mutating func entry(
        of record: borrowing RecordView, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> TreeEntry {
        TreeEntry(of: record, salt: try salt(of: record, in: transaction))
    }

    /// The leaf of a record of the log: SHA-256 of a zero byte and the entry.
    package mutating func leaf(
        of record: borrowing RecordView, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> SHA256Digest {
        TreeEntry.leaf(of: record, salt: try salt(of: record, in: transaction))
    }

    /// The salt that a living record's commitment is made with, which the record's position still has to be mixed into
    /// (``RecordCommitment/salt(of:in:)``): its own, or its stream's. Nil when the record is erased or keeps nothing private.
    package mutating func salt(
        of record: borrowing RecordView, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> RecordSalt? {
        guard !record.isErased, record.hasPrivatePart else { return nil }
        if let own = record.salt {
            if record.header.isPersonal { remember(own, of: record.position) }
            return own
        }
        let stream = record.header.stream
        let remembered = places[place(of: stream)]
        if remembered.stream == stream.number { return remembered.salt }
        let opening = try log.record(at: stream, in: transaction)
        guard opening.header.isPersonal, let salt = opening.salt else {
            throw .record(.unexpectedKind(stream, opening.header.kind))
        }
        remember(salt, of: stream)
        return salt
    }

    private mutating func remember(_ salt: RecordSalt, of stream: Position) {
        places[place(of: stream)] = Remembered(stream: stream.number, salt: salt)
    }

    private func place(of stream: Position) -> Int {
        Int(truncatingIfNeeded: (stream.number &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }
}
