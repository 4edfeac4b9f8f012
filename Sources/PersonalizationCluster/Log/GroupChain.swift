internal import ByteCoding
internal import EventLog
internal import LMDB

/// The chain over a shard's groups: SHA-256 over the chain before, the position before the group (eight bytes, big-endian,
/// as PostgreSQL sends it), and each record's entry of the tree after its length. An erasure leaves entries as they are,
/// and so every chain.
struct GroupChain {
    private var entries: TreeEntries

    init(log: LogTable) { entries = TreeEntries(log: log, rememberedBits: 10) }

    /// The chain before the first group.
    static let start = SHA256Digest(words: (0, 0, 0, 0))

    /// The chain of entries that are framed as ``GroupBytes`` frames them.
    static func next(after previous: SHA256Digest, position: UInt64, entries: RawSpan) -> SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update(previous.bytes)
        withUnsafeBytes(of: position.bigEndian) { hasher.update(span: RawSpan(_unsafeBytes: $0)) }
        hasher.update(span: entries)
        return hasher.finalize()
    }

    /// The chain of a group that follows a position.
    ///
    /// - Parameter transaction: One in which the records, and all before them, are in the log: a stream's salt is in its
    ///   first record.
    mutating func next(
        after previous: SHA256Digest, position: UInt64, last: UInt64,
        in transaction: borrowing some Transaction & ~Copyable, log: LogTable
    ) throws(StorageError) -> SHA256Digest {
        let framed = try framedEntries(after: position, last: last, in: transaction, log: log)
        return Self.next(after: previous, position: position, entries: framed.span.bytes)
    }

    /// The entries of the records after a position.
    mutating func framedEntries(
        after position: UInt64, last: UInt64, in transaction: borrowing some Transaction & ~Copyable, log: LogTable
    ) throws(StorageError) -> [UInt8] {
        var writer = ByteWriter(capacity: 96 * Int(last - position))
        try log.scan(Position(position + 1)...Position(last), in: transaction) { (record) throws(StorageError) in
            let entry = try entries.entry(of: record, in: transaction)
            GroupBytes.append(entry.bytes.span.bytes, to: &writer)
            return true
        }
        return writer.bytes
    }

    /// Forgets the salts of streams: what opened them may have been taken back.
    mutating func forget(log: LogTable) { entries = TreeEntries(log: log, rememberedBits: 10) }
}
