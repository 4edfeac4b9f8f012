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

    /// Writes what a new store needs.
    func initialize(secret: StoreSecret, in transaction: inout WriteTransaction) throws(LMDBError) {
        var format = ByteWriter()
        format.write(Self.currentFormat)
        try transaction.put(table, key: Self.formatKey.span.bytes, value: format.span())
        var recordFormat = ByteWriter()
        recordFormat.write(Self.recordFormat)
        try transaction.put(table, key: Self.recordFormatKey.span.bytes, value: recordFormat.span())
        try transaction.put(table, key: Self.secretKey.span.bytes, value: secret.bytes.span.bytes)
    }

    /// The last erasure that is finished, with all before it; nil when none is.
    func finishedErasure(in transaction: borrowing some Transaction & ~Copyable) throws(LMDBError) -> Position? {
        guard let bytes = try transaction.get(table, key: Self.erasedKey.span.bytes), bytes.byteCount == 8 else {
            return nil
        }
        return Position(stored: UInt64(littleEndian: bytes.unsafeLoadUnaligned(as: UInt64.self)))
    }

    /// Notes that an erasure is finished, with all before it.
    func noteFinishedErasure(_ position: Position, in transaction: inout WriteTransaction) throws(LMDBError) {
        var writer = ByteWriter(capacity: 8)
        writer.write(position.number)
        try transaction.put(table, key: Self.erasedKey.span.bytes, value: writer.span())
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
        do {
            guard let bytes = try transaction.get(table, key: Self.journalKey.span.bytes) else { return nil }
            var reader = ByteReader(bytes)
            return try reader.read(UInt64.self)
        } catch let error as LMDBError {
            throw .database(error)
        } catch {
            throw .database(.unrecoverable("the number of the store's journal is damaged"))
        }
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
        do {
            guard let format = try transaction.get(table, key: Self.formatKey.span.bytes) else {
                throw StorageError.notAStore(path: path, "an LMDB environment without a store format")
            }
            var reader = ByteReader(format)
            let found = try reader.read(UInt32.self)
            guard found <= Self.currentFormat else {
                throw StorageError.newerFormat(path: path, found: found, known: Self.currentFormat)
            }
            guard let recordFormat = try transaction.get(table, key: Self.recordFormatKey.span.bytes) else {
                throw StorageError.olderFormat(path: path)
            }
            var recordReader = ByteReader(recordFormat)
            let foundRecords = try recordReader.read(UInt32.self)
            guard foundRecords <= Self.recordFormat else {
                throw StorageError.newerFormat(path: path, found: foundRecords, known: Self.recordFormat)
            }
            guard foundRecords == Self.recordFormat else { throw StorageError.olderFormat(path: path) }
            guard let bytes = try transaction.get(table, key: Self.secretKey.span.bytes),
                let secret = StoreSecret(bytes: bytes.withUnsafeBytes { Array($0) })
            else { throw StorageError.notAStore(path: path, "its secret is damaged") }
            return secret
        } catch let error as LMDBError {
            throw .database(error)
        } catch let error as StorageError {
            throw error
        } catch {
            throw .notAStore(path: path, "its format is damaged")
        }
    }
}
