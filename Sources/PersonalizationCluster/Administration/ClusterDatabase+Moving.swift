internal import ByteCoding
public import EventLog

extension ClusterDatabase {
    /// Moves a shard's log to another server: copies its rows, closes it where it is by a row that takes the next place,
    /// copies what came meanwhile, and says where it is now. Bytes and positions stay; nodes follow by themselves, and
    /// appends of this shard wait for a moment.
    ///
    /// Interrupted, it is finished by doing it again. The target needs a synchronous standby as the source does.
    ///
    /// - Parameters:
    ///   - shard: The shard's number; the catalogue stays where it is.
    ///   - target: The connection string by which nodes reach the server; the cluster's tables are made there if missing.
    ///   - home: The server with the cluster's tables, for the owner's role.
    ///   - targetOwner: The connection string for the owner's role at the target; the target's own when nil.
    ///   - role: The role of nodes, which gets its rights when tables are made; nil for none.
    ///   - onProgress: Called now and then with the position that has been copied.
    /// - Returns: How many events the shard has.
    @discardableResult
    public static func move(
        shard: Int, to target: String, home: String, targetOwner: String? = nil, grantingTo role: String? = nil,
        onProgress: @Sendable (UInt64) -> Void = { _ in }
    ) async throws(StorageError) -> UInt64 {
        let identity = try await identity(on: home)
        guard (0..<identity.shardCount).contains(shard) else {
            throw .shard(.misconfigured("shards 0 to \(identity.shardCount - 1) can be moved"))
        }
        let place = try await run(on: home) { (session, deadline) throws(DatabaseError) in
            let row = try session.run(
                Statement("select server from pstore.place where shard = $1", [.integer(Int32(shard))]),
                until: deadline)
            return row.rowCount == 0 ? nil : row.text(0, 0)
        }
        let source = place ?? home
        let owner = targetOwner ?? target
        try await prepare(owner, for: identity, role)
        let move = ShardMove(shard: shard, source: source, target: owner)
        guard source != target else { return try await move.tail(of: owner)?.last ?? 0 }
        var copied = try await move.tail(of: owner)
        while true {
            copied = try await move.copy(from: copied, onProgress: onProgress)
            if try await move.seal(after: copied) { break }
        }
        try await move.open(after: copied)
        guard try await move.tail(of: owner) == copied else {
            throw .shard(
                .misconfigured(
                    "the target has another log of shard \(shard); what is at its old server is whole, and closed: remove the "
                        + "shard's rows at the target and move it again"))
        }
        try await run(on: home) { (session, deadline) throws(DatabaseError) in
            _ = try session.run(
                Statement(
                    """
                    insert into pstore.place (shard, server) values ($1, $2) \
                    on conflict (shard) do update set server = excluded.server
                    """, [.integer(Int32(shard)), .text(target)]), until: deadline)
            if let warning = session.warning { throw DatabaseError(.refused, warning) }
        }
        return copied?.last ?? 0
    }

    /// Makes the cluster's tables at a server that has none.
    private static func prepare(
        _ server: String, for identity: ClusterIdentity, _ role: String?
    ) async throws(StorageError) {
        try await run(on: server) { (session, deadline) throws(DatabaseError) in
            if let found = try ClusterIdentity.read(in: session, until: deadline) {
                guard found == identity else { throw DatabaseError(.refused, "the target holds another cluster") }
                return
            }
            let statements =
                Array(ClusterSchema.statements(for: identity).dropLast())
                + (role.map { ClusterSchema.grants(to: $0) } ?? []) + [Statement("commit")]
            _ = try session.run(statements, until: deadline)
        }
    }
}

/// The steps of a move. The target keeps the row that closed its log the last time it had the shard, until the source is
/// closed: a node that slept through two moves must not append there.
private struct ShardMove {
    let shard: Int
    let source: String
    let target: String

    private var statements: ShardStatements { ShardStatements(shard: shard) }

    /// The last group at a server.
    func tail(of server: String) async throws(StorageError) -> ShardGroup? {
        let shard = shard
        return try await ClusterDatabase.run(on: server) { (session, deadline) throws(DatabaseError) in
            let rows = try session.run(
                Statement(
                    """
                    select after, last, grp, chain, ''::bytea, seals from pstore.log where shard = $1 and not seals \
                    order by after desc limit 1
                    """, [.integer(Int32(shard))]), until: deadline)
            return ShardRow.rows(of: rows).first??.group
        }
    }

    private func isSealed(at server: String) async throws(StorageError) -> Bool {
        let shard = shard
        return try await ClusterDatabase.run(on: server) { (session, deadline) throws(DatabaseError) in
            try session.run(
                Statement("select 1 from pstore.log where shard = $1 and seals", [.integer(Int32(shard))]),
                until: deadline
            ).rowCount > 0
        }
    }

    private func rows(after group: ShardGroup?) async throws(StorageError) -> [ShardRow] {
        let fetch = statements.fetch(from: group?.after ?? 0)
        let rows = try await ClusterDatabase.run(on: source) { (session, deadline) throws(DatabaseError) in
            ShardRow.rows(of: try session.run(fetch, until: deadline))
        }
        var found = rows.compactMap { $0 }
        guard found.count == rows.count else {
            throw .shard(.damagedGroup(shard: shard, after: group?.last ?? 0, "a row is none"))
        }
        if let group {
            guard let first = found.first, first.group == group else {
                throw .shard(
                    .misconfigured("the servers have different logs of shard \(shard) up to position \(group.last)"))
            }
            found.removeFirst()
        }
        return found.filter { !$0.seals }
    }

    /// Copies what the target lacks while the source goes on. Returns the last group that the target has then, or, where the
    /// target's log is closed, can have: what it lacks is copied at the end.
    func copy(
        from group: ShardGroup?, onProgress: @Sendable (UInt64) -> Void
    ) async throws(StorageError) -> ShardGroup? {
        let isClosed = try await isSealed(at: target)
        var last = group
        while true {
            let rows = try await rows(after: last)
            if rows.isEmpty { return last }
            if !isClosed { try await insert(rows) }
            last = rows.last?.group
            onProgress(last?.last ?? 0)
        }
    }

    private func insert(_ rows: [ShardRow], opening: Bool = false) async throws(StorageError) {
        let shard = shard
        var statements =
            opening
            ? [
                Statement("begin"),
                Statement("delete from pstore.log where shard = $1 and seals", [.integer(Int32(shard))]),
            ] : []
        statements += rows.map { row in
            Statement(
                """
                insert into pstore.log (shard, after, last, grp, chain, records) values ($1, $2, $3, $4, $5, $6) \
                on conflict (shard, after) do nothing
                """,
                [
                    .integer(Int32(shard)), .bigint(Int64(row.group.after)), .bigint(Int64(row.group.last)),
                    .bytes(row.group.id.bytes), .bytes(row.group.chain.bytes), .bytes(row.records),
                ], name: "move")
        }
        if opening { statements.append(Statement("commit")) }
        let all = statements
        try await ClusterDatabase.run(on: target, limit: .seconds(120)) { (session, deadline) throws(DatabaseError) in
            _ = try session.run(all, until: deadline)
            if let warning = session.warning { throw DatabaseError(.refused, warning) }
        }
    }

    /// Closes the source's log after a group; false when more has come.
    func seal(after group: ShardGroup?) async throws(StorageError) -> Bool {
        if try await isSealed(at: source) { return try await rows(after: group).isEmpty }
        let shard = shard
        return try await ClusterDatabase.run(on: source) { (session, deadline) throws(DatabaseError) in
            let result = try session.run(
                Statement(
                    """
                    with h as materialized (select 1 from pstore.head where shard = $1 for update) \
                    insert into pstore.log (shard, after, last, grp, chain, records, seals) \
                    select $1, $2, $2, $3, $4, ''::bytea, true from h where ($2 = 0 and $6) or exists \
                    (select 1 from pstore.log where shard = $1 and after = $5 and last = $2 and chain = $4) \
                    on conflict (shard, after) do nothing
                    """,
                    [
                        .integer(Int32(shard)), .bigint(Int64(group?.last ?? 0)), .bytes(GroupID.random().bytes),
                        .bytes((group?.chain ?? GroupChain.start).bytes), .bigint(Int64(group?.after ?? 0)),
                        .bool(group == nil),
                    ]), until: deadline)
            if let warning = session.warning { throw DatabaseError(.refused, warning) }
            return result.changedCount == 1
        }
    }

    /// Opens the target's log, in one transaction with what it still lacks.
    func open(after group: ShardGroup?) async throws(StorageError) {
        guard try await isSealed(at: target) else { return }
        var last = try await tail(of: target)
        var lacking: [ShardRow] = []
        while true {
            let rows = try await rows(after: last)
            if rows.isEmpty { break }
            lacking += rows
            last = rows.last?.group
        }
        try await insert(lacking, opening: true)
    }
}
