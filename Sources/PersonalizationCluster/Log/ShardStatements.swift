internal import ByteCoding

/// The statements about one shard's log. All of them name the shard first.
struct ShardStatements: Sendable {
    let shard: Int

    /// How many groups are fetched at once.
    static let fetchLimit = 128

    private var number: DatabaseValue { .integer(Int32(shard)) }

    /// Appends a group in its slot, if the group before it is the one that it follows, and a standby is to confirm it.
    ///
    /// - Parameters:
    ///   - previous: The group before; nil for the first.
    ///   - locks: Whether the shard's lock is taken first, so that appends of several nodes take turns.
    func append(
        _ group: ShardGroup, _ records: [UInt8], after previous: ShardGroup?, locks: Bool
    ) -> Statement {
        Statement(
            locks ? Self.appendLocking : Self.append,
            [
                number, .bigint(Int64(group.after)), .bigint(Int64(group.last)), .bytes(group.id.bytes),
                .bytes(group.chain.bytes), .bytes(records), .bigint(Int64(previous?.after ?? 0)),
                .bytes(previous?.chain.bytes ?? []),
            ], name: locks ? "append_locking" : "append")
    }

    private static let appendLocking = """
        with h as materialized (select 1 from pstore.head where shard = $1 for update) \
        insert into pstore.log (shard, after, last, grp, chain, records) select $1, $2, $3, $4, $5, $6 from h \(condition)
        """

    private static let append = """
        insert into pstore.log (shard, after, last, grp, chain, records) select $1, $2, $3, $4, $5, $6 \(condition)
        """

    private static let condition = """
        where current_setting('synchronous_standby_names') <> '' and ($2 = 0 or exists (select 1 from pstore.log \
        where shard = $1 and after = $7 and last = $2 and chain = $8)) on conflict (shard, after) do nothing
        """

    /// Takes the shard's lock until the transaction ends.
    var lock: Statement {
        Statement("select touched from pstore.head where shard = $1 for update", [number], name: "lock")
    }

    /// The groups from a slot on.
    func fetch(from after: UInt64, limit: Int = fetchLimit) -> Statement {
        Statement(
            """
            select after, last, grp, chain, records, seals from pstore.log where shard = $1 and after >= $2 \
            order by after limit $3
            """, [number, .bigint(Int64(after)), .integer(Int32(limit))], name: "fetch")
    }

    /// Why nothing was appended: whether a standby is to confirm, whether the group before is there, and what has the slot.
    func whyNot(_ group: ShardGroup, after previous: ShardGroup?) -> Statement {
        Statement(
            """
            select current_setting('synchronous_standby_names') <> '', $2 = 0 or exists (select 1 from pstore.log \
            where shard = $1 and after = $3 and last = $2 and chain = $4), \
            (select grp from pstore.log where shard = $1 and after = $2)
            """,
            [
                number, .bigint(Int64(group.after)), .bigint(Int64(previous?.after ?? 0)),
                .bytes(previous?.chain.bytes ?? []),
            ], name: "why_not")
    }

    /// Tells the nodes that listen that the shard has a new group: after the append, since a notification in its transaction
    /// would make all commits of the database take turns.
    static func notify(shard: Int) -> Statement {
        Statement("select pg_notify('pstore', $1)", [.text(String(shard))], name: "notify")
    }
}

/// A row of the log.
struct ShardRow: Sendable {
    let group: ShardGroup
    let records: [UInt8]
    /// Whether it closes the shard's log at this server.
    let seals: Bool

    /// The rows that a fetch gave; nil for those that are none.
    static func rows(of result: DatabaseResult) -> [ShardRow?] {
        (0..<result.rowCount).map { row in
            let (after, last) = (result.integer(row, 0), result.integer(row, 1))
            guard after >= 0, last >= after, let id = GroupID(bytes: result.bytes(row, 2)),
                let chain = try? SHA256Digest(bytes: result.bytes(row, 3).span.bytes)
            else { return nil }
            return ShardRow(
                group: ShardGroup(after: UInt64(after), last: UInt64(last), id: id, chain: chain),
                records: result.bytes(row, 4), seals: result.bool(row, 5))
        }
    }
}
