internal import ByteCoding
internal import CodeRegistry
public import EventLog
internal import LMDB
internal import PersonalizationStore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The copies in a node's folder, beside the databases: whether they are the same, and putting groups back that a database
/// has lost. The copies are only read; the node may be running.
public struct NodeCopies: Sendable {
    /// The node's folder.
    public let path: String
    let identity: ClusterIdentity

    /// The copies in a folder that a node has made.
    public init(at path: String) throws(StorageError) {
        guard let identity = try NodeFile.read(in: path) else {
            throw .notAStore(path: path, "it is no folder of a node: \(NodeFile.name) is missing")
        }
        self.path = path
        self.identity = identity
    }

    /// The numbers of the shards that have a copy, the catalogue's last.
    public var shards: [Int] {
        (0...identity.catalogueShard).filter { FileManager.default.fileExists(atPath: folder(of: $0)) }
    }

    func folder(of shard: Int) -> String { "\(path)/\(ShardNode.folderName(of: shard, in: identity))" }

    /// Runs `body` with a copy that is open for reading.
    func withCopy<Result>(
        of shard: Int, _ body: (ShardCopy) async throws(StorageError) -> Result
    ) async throws(StorageError) -> Result {
        let store: Store
        do { store = try Store.openReadOnly(at: folder(of: shard)) } catch {
            throw error.storageError ?? .notAStore(path: folder(of: shard), error.description)
        }
        guard store.shard == identity.shard(shard) else {
            throw .shard(.otherShard(path: folder(of: shard), "it is of another shard or cluster"))
        }
        return try await body(try ShardCopy(shard: shard, store: store))
    }

    /// The server that has a shard's log.
    func servers(home: String) async throws(StorageError) -> [Int: String] {
        let found = try await ClusterDatabase.identity(on: home)
        guard found == identity else { throw .shard(.misconfigured("the database holds another cluster")) }
        return try await ClusterDatabase.run(on: home) { (session, deadline) throws(DatabaseError) in
            let rows = try session.run(Statement("select shard, server from pstore.place"), until: deadline)
            var places: [Int: String] = [:]
            for row in 0..<rows.rowCount { places[Int(rows.integer(row, 0))] = rows.text(row, 1) }
            return places
        }
    }
}

/// One copy, read group by group.
struct ShardCopy {
    let shard: Int
    let store: Store
    private let groups: GroupTable?

    init(shard: Int, store: Store) throws(StorageError) {
        self.shard = shard
        self.store = store
        do throws(LMDBError) {
            groups = try store.shardEnvironment.findTable(name: GroupTable.name, keys: .integer)
                .map { GroupTable(table: $0) }
        } catch {
            throw .database(error)
        }
    }

    /// The group that begins after a position; nil at the end.
    func group(after position: UInt64) throws(StorageError) -> ShardGroup? {
        guard let groups else { return nil }
        let environment = store.shardEnvironment
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        return try groups.group(atOrAfter: position + 1, in: transaction)
    }

    /// The group that ends at a position.
    func group(endingAt position: UInt64) throws(StorageError) -> ShardGroup? {
        guard let groups, position > 0 else { return nil }
        let environment = store.shardEnvironment
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        return try groups.group(endingAt: position, in: transaction)
    }

    /// A group's records and entries, framed.
    func contents(of group: ShardGroup) throws(StorageError) -> (records: [UInt8], entries: [UInt8]) {
        let environment = store.shardEnvironment
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        var hasErasure = false
        let records = try ShardNode.records(of: group, in: store.shardLog, transaction, &hasErasure)
        var chain = GroupChain(log: store.shardLog)
        let entries = try chain.framedEntries(
            after: group.after, last: group.last, in: transaction, log: store.shardLog)
        return (records, entries)
    }
}

// MARK: Checking

extension NodeCopies {
    /// Compares every copy with its database, group by group: positions, chains, which are computed from the copy's records,
    /// and the records' bytes.
    ///
    /// Cost: reads all copies and all of the databases' logs.
    ///
    /// - Parameters:
    ///   - home: The server with the cluster's tables.
    ///   - onProgress: Called after each shard with its number and how many groups were compared.
    /// - Returns: What is wrong, in sentences; empty when all is well. A copy that lags is well.
    public func check(
        home: String, onProgress: (_ shard: Int, _ groupCount: Int) -> Void = { _, _ in }
    ) async throws(StorageError) -> [String] {
        let places = try await servers(home: home)
        var findings: [String] = []
        for shard in shards {
            let (found, count) = try await withCopy(of: shard) { (copy) async throws(StorageError) in
                try await check(copy, at: places[shard] ?? home)
            }
            findings += found
            onProgress(shard, count)
        }
        return findings
    }

    private func check(
        _ copy: ShardCopy, at server: String
    ) async throws(StorageError) -> (findings: [String], groupCount: Int) {
        var (position, count) = (UInt64(0), 0)
        var chain = GroupChain.start
        var rows: ArraySlice<ShardRow> = []
        while let group = try copy.group(after: position) {
            if rows.isEmpty { rows = try await self.rows(of: copy.shard, from: position, at: server)[...] }
            let label = "shard \(copy.shard), group after position \(position)"
            let contents = try copy.contents(of: group)
            chain = GroupChain.next(after: chain, position: position, entries: contents.entries.span.bytes)
            guard group.after == position, chain == group.chain else {
                return (["\(label): the copy's records do not give the chain that it has noted"], count)
            }
            guard let row = rows.popFirst() else { return (["\(label): the database does not have it"], count) }
            guard row.group == group else { return (["\(label): the database has another one"], count) }
            if row.records != contents.records {
                return (
                    [
                        "\(label): the database has other bytes; unless an erasure is under way, one of them is damaged"
                    ], count
                )
            }
            position = group.last
            count += 1
        }
        return ([], count)
    }

    private func rows(of shard: Int, from after: UInt64, at server: String) async throws(StorageError) -> [ShardRow] {
        let fetch = ShardStatements(shard: shard).fetch(from: after)
        return try await ClusterDatabase.run(on: server) { (session, deadline) throws(DatabaseError) in
            ShardRow.rows(of: try session.run(fetch, until: deadline)).compactMap { $0 }.filter { !$0.seals }
        }
    }
}

// MARK: Refilling

extension NodeCopies {
    /// Puts back what databases have lost and the copies have: groups after the databases' last ones, and the codes of
    /// the versions in them. For after a restore, before nodes append again; do it with each node's copies, the longest first.
    ///
    /// Changes nothing that is there: a shard whose database goes on differently is left as it is, and listed.
    ///
    /// - Parameters:
    ///   - home: The server with the cluster's tables. One that lost even those gets them anew.
    ///   - role: The role of nodes, which gets its rights when tables are made; nil for none.
    /// - Returns: How many groups and codes were put back, and what could not be.
    public func refill(
        home: String, grantingTo role: String? = nil
    ) async throws(StorageError) -> (groupCount: Int, codeCount: Int, findings: [String]) {
        try await restoreTables(at: home, role)
        let places = try await servers(home: home)
        var (groupCount, codeCount) = (0, 0)
        var findings: [String] = []
        for shard in shards {
            try await withCopy(of: shard) { (copy) async throws(StorageError) in
                let server = places[shard] ?? home
                let (count, finding) = try await refill(copy, at: server)
                groupCount += count
                if let finding { findings.append(finding) }
                if shard != identity.catalogueShard { codeCount += try await refillCodes(of: copy, home: home) }
            }
        }
        return (groupCount, codeCount, findings)
    }

    private func restoreTables(at home: String, _ role: String?) async throws(StorageError) {
        let identity = identity
        try await ClusterDatabase.run(on: home) { (session, deadline) throws(DatabaseError) in
            if try ClusterIdentity.read(in: session, until: deadline) != nil { return }
            let statements =
                Array(ClusterSchema.statements(for: identity).dropLast())
                + (role.map { ClusterSchema.grants(to: $0) } ?? []) + [Statement("commit")]
            _ = try session.run(statements, until: deadline)
        }
    }

    private func refill(
        _ copy: ShardCopy, at server: String
    ) async throws(StorageError) -> (groupCount: Int, finding: String?) {
        let shard = copy.shard
        let rows = try await ClusterDatabase.run(on: server) { (session, deadline) throws(DatabaseError) in
            ShardRow.rows(
                of: try session.run(
                    Statement(
                        """
                        select after, last, grp, chain, ''::bytea, seals from pstore.log where shard = $1 \
                        order by after desc limit 1
                        """, [.integer(Int32(shard))]), until: deadline))
        }
        var previous = rows.first?.map(\.group)
        if rows.first??.seals == true { return (0, "shard \(shard): its log is closed at this server") }
        if let tail = previous, try copy.group(endingAt: tail.last) != tail {
            let ends = try copy.group(after: tail.last) == nil
            return (0, ends ? nil : "shard \(shard): the database goes on differently before position \(tail.last)")
        }
        var count = 0
        while let group = try copy.group(after: previous?.last ?? 0) {
            let records = try copy.contents(of: group).records
            let statement = ShardStatements(shard: shard).append(group, records, after: previous, locks: true)
            let isAppended = try await ClusterDatabase.run(on: server) { (session, deadline) throws(DatabaseError) in
                let result = try session.run(statement, until: deadline)
                if let warning = session.warning { throw DatabaseError(.refused, warning) }
                return result.changedCount == 1
            }
            if !isAppended {
                return (count, "shard \(shard): something else was appended after position \(group.after)")
            }
            previous = group
            count += 1
        }
        return (count, nil)
    }

    /// Puts the codes of the versions that the copy's shard has minted into the directory.
    private func refillCodes(of copy: ShardCopy, home: String) async throws(StorageError) -> Int {
        let shard = copy.shard
        let versions: [MintedVersion]
        do throws(StoreError) { versions = try copy.store.mintedVersions() } catch {
            throw error.storageError ?? .damagedMeta(error.description)
        }
        var count = 0
        for start in stride(from: 0, to: versions.count, by: 100) {
            let statements = versions[start..<min(start + 100, versions.count)].map { version in
                Statement(
                    """
                    insert into pstore.code (name, hash, shard, version) values ($1, $2, $3, $4) on conflict do nothing
                    """,
                    [
                        .text(CodeDirectory.name(of: version.hash, symbolCount: version.symbolCount)),
                        .bytes(version.hash.bytes), .integer(Int32(shard)), .bytes(version.bytes),
                    ], name: "code_insert")
            }
            count += try await ClusterDatabase.run(on: home) { (session, deadline) throws(DatabaseError) in
                try session.run(statements, until: deadline).reduce(0) { $0 + $1.changedCount }
            }
        }
        return count
    }
}
