import ByteCoding
import EventLog
import Foundation
import LMDB

/// The tables of a store, to be changed behind the back of whoever opens it next.
struct StoreFile {
    let path: String

    private func open() throws -> Environment { try Environment.open(directory: path) }

    private func log(of environment: Environment) throws -> Table {
        try environment.openTable(name: LogTable.name, keys: .integer, create: false)
    }

    /// A record's bytes.
    func record(_ position: UInt64) throws -> [UInt8] {
        let environment = try open()
        let table = try log(of: environment)
        let transaction = try environment.beginRead()
        guard let bytes = try transaction.get(table, integerKey: position) else { return [] }
        return bytes.withUnsafeBytes { Array($0) }
    }

    /// What erasing a record leaves of it.
    func erased(_ position: Position) throws -> [UInt8] {
        let environment = try open()
        let log = LogTable(table: try self.log(of: environment))
        let transaction = try environment.beginRead()
        let record = try log.record(at: position, in: transaction)
        var entries = TreeEntries(log: log)
        guard let salt = try entries.salt(of: record, in: transaction) else { return [] }
        return record.erased(leaving: RecordCommitment.commitment(to: record, salt: salt))
    }

    /// Stores a record with the checksum that its bytes should have.
    func putSealed(_ record: [UInt8], at position: UInt64) throws {
        var record = record
        let checksum = RecordView.checksum(of: record.span.bytes, at: Position(position))
        for index in 0..<4 { record[index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        let environment = try open()
        let table = try log(of: environment)
        var transaction = try environment.beginWrite()
        try transaction.put(table, integerKey: position, value: record.span.bytes)
        try transaction.commit()
    }

    /// Appends a record to a stream whose last event is the log's, to what then is a data file without a journal: the
    /// journal would say that something else has written to the log.
    func append(_ body: RecordBody, to stream: Position, after last: Position, version: UInt32) throws {
        let time = Timestamp.systemNow()
        var group = RecordGroup(after: LogHead(position: last, recordedAt: time), now: time)
        group.add(
            RecordHeader(
                kind: body.kind, recordedAt: time, stream: stream, previous: last, revision: version,
                isPersonal: body.kind.isPersonal ?? true), body)
        var bytes: [UInt8] = []
        group.forEach { _, span in bytes = span.withUnsafeBytes { Array($0) } }
        try putSealed(bytes, at: last.number + 1)
        try leaveJournal()
    }

    private func leaveJournal() throws {
        try put(nil, under: Array("journal".utf8), in: "meta")
        for name in ["checkpoint", "journal.a", "journal.b"] {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
    }

    /// The rows of a derived table, in order.
    func rows(of name: String) throws -> [(key: [UInt8], value: [UInt8])] {
        let environment = try open()
        let table = try environment.openTable(name: name, keys: .bytes, create: false)
        let transaction = try environment.beginRead()
        var rows: [(key: [UInt8], value: [UInt8])] = []
        var cursor = try transaction.makeCursor(table)
        var found = try cursor.moveToFirst()
        while found {
            rows.append((cursor.key.withUnsafeBytes { Array($0) }, cursor.value.withUnsafeBytes { Array($0) }))
            found = try cursor.moveToNext()
        }
        return rows
    }

    /// Stores a row as it is given; nil deletes it.
    func put(_ value: [UInt8]?, under key: [UInt8], in name: String) throws {
        let environment = try open()
        let table = try environment.openTable(name: name, keys: .bytes, create: false)
        var transaction = try environment.beginWrite()
        if let value {
            try transaction.put(table, key: key.span.bytes, value: value.span.bytes)
        } else {
            _ = try transaction.delete(table, key: key.span.bytes)
        }
        try transaction.commit()
    }

    /// A row with the checksum that docs/format.md, section 6, asks for.
    static func sealed(_ row: [UInt8], under key: [UInt8], table: String, version: UInt16) -> [UInt8] {
        var checksum = CRC32C()
        checksum.update(UInt64(version), Array(table.utf8).span.bytes)
        checksum.update(UInt64(key.count), key.span.bytes)
        checksum.update(Array(row.dropFirst(4)).span.bytes)
        return withUnsafeBytes(of: checksum.value.littleEndian) { Array($0) } + row.dropFirst(4)
    }
}
