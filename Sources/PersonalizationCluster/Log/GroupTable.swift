internal import ByteCoding
internal import EventLog
internal import LMDB

/// A node's table of the groups that its copy of a shard consists of: the last position of each, to what the database has
/// beside the records. Written in the transaction that puts the records, so that log and table never differ; without it a
/// node could neither tell a fork nor fill the database again.
struct GroupTable: Sendable {
    let table: Table
    static let name = "groups"

    /// The table of a copy, made if it is missing.
    static func open(in environment: Environment) throws(StorageError) -> GroupTable {
        do throws(LMDBError) {
            return GroupTable(table: try environment.openTable(name: name, keys: .integer, create: true))
        } catch {
            throw .database(error)
        }
    }

    /// Where the copy ends; nil when it has no group.
    func tail(in transaction: borrowing some Transaction & ~Copyable) throws(StorageError) -> ShardGroup? {
        do throws(LMDBError) {
            guard let last = try transaction.lastIntegerKey(in: table) else { return nil }
            guard let value = try transaction.get(table, integerKey: last) else { return nil }
            return try Self.decode(value, last: last)
        } catch {
            throw .database(error)
        }
    }

    /// The group that ends at a position.
    func group(
        endingAt last: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> ShardGroup? {
        do throws(LMDBError) {
            guard let value = try transaction.get(table, integerKey: last) else { return nil }
            return try Self.decode(value, last: last)
        } catch {
            throw .database(error)
        }
    }

    /// The group that a position is in, or the first after it.
    func group(
        atOrAfter position: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> ShardGroup? {
        do throws(LMDBError) {
            var cursor = try transaction.makeCursor(table)
            guard try cursor.seek(atOrAfter: position) else { return nil }
            return try Self.decode(cursor.value, last: cursor.integerKey)
        } catch {
            throw .database(error)
        }
    }

    /// Notes a group at the end.
    func append(_ group: ShardGroup, in transaction: inout WriteTransaction) throws(StorageError) {
        var writer = ByteWriter(capacity: Self.valueByteCount)
        writer.write(group.after)
        writer.write(bytes: group.chain.bytes)
        writer.write(bytes: group.id.bytes)
        do throws(LMDBError) { try transaction.append(table, integerKey: group.last, value: writer.span()) } catch {
            throw .database(error)
        }
    }

    /// Forgets every group that ends after a position.
    func remove(after position: UInt64, in transaction: inout WriteTransaction) throws(StorageError) {
        do throws(LMDBError) {
            while let last = try transaction.lastIntegerKey(in: table), last > position {
                _ = try transaction.delete(table, integerKey: last)
            }
        } catch {
            throw .database(error)
        }
    }

    private static let valueByteCount = 8 + SHA256Digest.byteCount + GroupID.byteCount

    private static func decode(_ value: RawSpan, last: UInt64) throws(LMDBError) -> ShardGroup {
        do throws(ByteCodingError) {
            var reader = ByteReader(value)
            let after: UInt64 = try reader.read()
            let chain = try SHA256Digest(bytes: try reader.readBytes(SHA256Digest.byteCount))
            let id = GroupID(bytes: try reader.readBytes(GroupID.byteCount).withUnsafeBytes { Array($0) })
            try reader.finish()
            if let id, after < last { return ShardGroup(after: after, last: last, id: id, chain: chain) }
        } catch {
            // Said below.
        }
        throw .unrecoverable("the row of the table 'groups' for position \(last) is damaged; discard this copy")
    }
}

/// What is known of a group besides its records.
struct ShardGroup: Hashable, Sendable {
    /// The position before its first record: with the shard, its key in the database.
    let after: UInt64
    /// The position of its last record.
    let last: UInt64
    let id: GroupID
    /// The chain with it.
    let chain: SHA256Digest
}

/// Sixteen random bytes by which a node finds out whether its own group was appended.
struct GroupID: Hashable, Sendable {
    let bytes: [UInt8]
    static let byteCount = 16

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    private init(drawn bytes: [UInt8]) { self.bytes = bytes }

    static func random() -> GroupID {
        GroupID(drawn: (0..<byteCount).map { _ in UInt8.random(in: .min ... .max) })
    }
}
