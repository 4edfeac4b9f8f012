internal import ByteCoding
internal import EventLog
internal import LMDB

/// What a store knows of itself that is not in the log: its format and its secret (docs/format.md, section 1).
struct MetaTable {
    let table: Table
    static let name = "meta"

    /// The format of stores that this code writes: the set of LMDB tables and what they hold.
    static let currentFormat: UInt32 = 2

    /// The format of the log's records, which every store of one release shares (docs/format.md, section 2).
    static let recordFormat = UInt32(RecordHeader.currentFormat)

    private static let erasedKey = Array("erased".utf8)
    private static let recordFormatKey = Array("records".utf8)
    private static let formatKey = Array("format".utf8)
    private static let secretKey = Array("secret".utf8)
    private static let journalKey = Array("journal".utf8)
    private static let shardKey = Array("shard".utf8)

    /// Writes what a new store needs.
    func initialize(secret: StoreSecret, in transaction: inout WriteTransaction) throws(LMDBError) {
        var format = ByteWriter()
        format.write(Self.currentFormat)
        try transaction.put(table, key: Self.formatKey.span.bytes, value: format.span())
        var recordFormat = ByteWriter()
        recordFormat.write(Self.recordFormat)
        try transaction.put(table, key: Self.recordFormatKey.span.bytes, value: recordFormat.span())
        var secretWriter = ByteWriter(capacity: StoreSecret.byteCount + 4)
        secretWriter.write(bytes: secret.bytes)
        secretWriter.write(Self.checksum(of: secret))
        try transaction.put(table, key: Self.secretKey.span.bytes, value: secretWriter.span())
    }

    /// A secret of which a bit had changed would make every code of the store a foreign one, and say nothing.
    private static func checksum(of secret: StoreSecret) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(secret.bytes.span.bytes)
        return checksum.value
    }

    /// The last erasure that is finished, with all before it; nil when none is. What stands at the position is not checked.
    func finishedErasure(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) -> Position? {
        guard let number = try number(Self.erasedKey, "the last finished erasure", in: transaction) else { return nil }
        guard let position = Position(stored: number) else { throw Self.damaged("the last finished erasure is 0") }
        return position
    }

    private func value(
        _ key: [UInt8], in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [UInt8]? {
        do throws(LMDBError) {
            guard let found = try transaction.get(table, key: key.span.bytes) else { return nil }
            return found.withUnsafeBytes { Array($0) }
        } catch {
            throw .database(error)
        }
    }

    /// The number under a key; nil when there is none.
    private func number(
        _ key: [UInt8], _ name: String, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> UInt64? {
        guard let bytes = try value(key, in: transaction) else { return nil }
        do throws(ByteCodingError) {
            var reader = ByteReader(bytes.span.bytes)
            let number = try reader.read(UInt64.self)
            try reader.finish()
            return number
        } catch {
            throw Self.damaged("\(name) has \(bytes.count) bytes instead of 8")
        }
    }

    /// What is thrown of a row that does not say what it should.
    static func damaged(_ text: String) -> StorageError { .damagedMeta(text) }

    /// Notes that an erasure is finished, with all before it.
    func noteFinishedErasure(_ position: Position, in transaction: inout WriteTransaction) throws(LMDBError) {
        var writer = ByteWriter(capacity: 8)
        writer.write(position.number)
        try transaction.put(table, key: Self.erasedKey.span.bytes, value: writer.span())
    }

    /// Forgets which erasure was finished last when its event is about to go: all that stay are looked at again.
    func forgetFinishedErasure(after position: UInt64, in transaction: inout WriteTransaction) throws(LMDBError) {
        guard let last = try storedErasure(in: transaction), last > position else { return }
        _ = try transaction.delete(table, key: Self.erasedKey.span.bytes)
    }

    private func storedErasure(in transaction: borrowing WriteTransaction) throws(LMDBError) -> UInt64? {
        guard let bytes = try transaction.get(table, key: Self.erasedKey.span.bytes), bytes.byteCount == 8 else {
            return nil
        }
        return bytes.load(0, as: UInt64.self)
    }

    /// Says which journal and checkpoint file belong to the store.
    func join(journal storeID: UInt64, in transaction: inout WriteTransaction) throws(LMDBError) {
        var journal = ByteWriter()
        journal.write(storeID)
        try transaction.put(table, key: Self.journalKey.span.bytes, value: journal.span())
    }

    /// Makes a copy of the data file a store of its own, without a journal.
    func leaveJournal(in transaction: inout WriteTransaction) throws(LMDBError) {
        _ = try transaction.delete(table, key: Self.journalKey.span.bytes)
    }

    /// Which journal and checkpoint file belong to the store; nil for a copy.
    func journal(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) -> UInt64? {
        let number = try number(Self.journalKey, "the number of the store's journal", in: transaction)
        if number == 0 { throw Self.damaged("the number of the store's journal is 0") }
        return number
    }

    /// Says which shard the store is a node's copy of, in a new store.
    func join(_ identity: ShardIdentity, in transaction: inout WriteTransaction) throws(LMDBError) {
        try transaction.put(table, key: Self.shardKey.span.bytes, value: identity.bytes.span.bytes)
    }

    /// Which shard the store is a node's copy of; nil for a store of its own.
    func shard(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) -> ShardIdentity? {
        guard let bytes = try value(Self.shardKey, in: transaction) else { return nil }
        guard let identity = ShardIdentity(bytes: bytes) else { throw Self.damaged("the number of the shard") }
        return identity
    }

    /// Writes the format anew as it is.
    func rewriteFormat(in transaction: inout WriteTransaction) throws(LMDBError) {
        guard let format = try formatBytes(in: transaction) else { return }
        try transaction.put(table, key: Self.formatKey.span.bytes, value: format.span.bytes)
    }

    private func formatBytes(in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8]? {
        guard let format = try transaction.get(table, key: Self.formatKey.span.bytes) else { return nil }
        return format.withUnsafeBytes { Array($0) }
    }

    /// Checks the format and returns the secret.
    func readSecret(
        in transaction: borrowing some Transaction & ~Copyable, path: String
    ) throws(StorageError) -> StoreSecret {
        guard let found = try format(Self.formatKey, "the store format", in: transaction) else {
            throw .notAStore(path: path, "an LMDB environment without a store format")
        }
        guard found <= Self.currentFormat else {
            throw .newerFormat(path: path, found: found, known: Self.currentFormat)
        }
        guard let records = try format(Self.recordFormatKey, "the format of records", in: transaction) else {
            throw .olderFormat(path: path)
        }
        guard records <= Self.recordFormat else {
            throw .newerFormat(path: path, found: records, known: Self.recordFormat)
        }
        guard records == Self.recordFormat else { throw .olderFormat(path: path) }
        guard found == Self.currentFormat else { throw Self.damaged("the store format is \(found)") }
        return try secret(in: transaction)
    }

    private func format(
        _ key: [UInt8], _ name: String, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> UInt32? {
        guard let bytes = try value(key, in: transaction) else { return nil }
        do throws(ByteCodingError) {
            var reader = ByteReader(bytes.span.bytes)
            let number = try reader.read(UInt32.self)
            try reader.finish()
            return number
        } catch {
            throw Self.damaged("\(name) has \(bytes.count) bytes instead of 4")
        }
    }

    private func secret(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) -> StoreSecret {
        guard let bytes = try value(Self.secretKey, in: transaction) else {
            throw Self.damaged("the secret is missing")
        }
        guard bytes.count == StoreSecret.byteCount + 4,
            let secret = StoreSecret(bytes: Array(bytes.prefix(StoreSecret.byteCount)))
        else { throw Self.damaged("the secret has \(bytes.count) bytes instead of \(StoreSecret.byteCount + 4)") }
        var checksum = ByteWriter(capacity: 4)
        checksum.write(Self.checksum(of: secret))
        guard checksum.bytes == Array(bytes.suffix(4)) else { throw Self.damaged("the secret's checksum is wrong") }
        return secret
    }
}
