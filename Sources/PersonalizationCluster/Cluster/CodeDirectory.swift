internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import PersonalizationStore
internal import Synchronization

/// The codes of all shards, in one table: a code is kept there for its version before it is minted, so that no other version
/// gets it, and whoever meets a code of another shard finds the version's bytes there.
///
/// What is found never changes, so it is remembered; that a code was revoked is another matter, which the catalogue tells.
final class CodeDirectory: Sendable {
    private let pool: ConnectionPool
    private let state = Mutex(State())

    private struct State {
        var entries: [String: Entry] = [:]
        var byteCount = 0
    }

    /// What the directory has of a code.
    struct Entry: Sendable {
        /// How many symbols of the hash the code shows.
        let symbolCount: Int
        let hash: SHA256Digest
        /// The shard in which it was minted, or was to be.
        let shard: Int
        /// The version's canonical bytes.
        let version: [UInt8]
    }

    /// What is remembered takes at most so many bytes: it is forgotten as a whole then.
    private static let byteLimit = 64 << 20

    init(pool: ConnectionPool) { self.pool = pool }

    // MARK: Keeping codes

    /// Keeps a code for a version, durably, with one symbol more as long as another version has it.
    ///
    /// - Parameters:
    ///   - fewest: How many symbols of the hash the code shows at least.
    ///   - limit: How long it may take.
    /// - Returns: How many it shows.
    func reserve(
        _ hash: SHA256Digest, _ version: [UInt8], shard: Int, fewest: Int, limit: Duration
    ) async throws(StoreError) -> Int {
        let deadline = ContinuousClock.now + limit
        let pool = pool
        while true {
            do throws(DatabaseError) {
                return try await onThread { () throws(DatabaseError) in
                    try pool.run(until: deadline) { (session) throws(DatabaseError) in
                        try Self.reserve(hash, version, shard: shard, fewest: fewest, session, until: deadline)
                    }
                }
            } catch {
                guard error.cause != .refused, ContinuousClock.now < deadline else {
                    throw .storage(.shard(.unavailable(shard: shard, error.description)))
                }
            }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { throw .cancelled }
        }
    }

    private static func reserve(
        _ hash: SHA256Digest, _ version: [UInt8], shard: Int, fewest: Int, _ session: DatabaseSession,
        until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) -> Int {
        for count in fewest...Code.maximumSymbolCount {
            let name = name(of: hash, symbolCount: count)
            let results = try session.run(
                [
                    Statement(
                        """
                        insert into pstore.code (name, hash, shard, version) values ($1, $2, $3, $4) \
                        on conflict do nothing
                        """,
                        [.text(name), .bytes(hash.bytes), .integer(Int32(shard)), .bytes(version)], name: "code_insert"),
                    Statement(
                        "select name from pstore.code where hash = $1", [.bytes(hash.bytes)], name: "code_by_hash"),
                ], until: deadline)
            if session.warning != nil { throw DatabaseError(.connectionLost, "a commit that no standby confirmed") }
            if results[1].rowCount > 0 {
                return max(fewest, try symbolCount(ofName: results[1].text(0, 0), for: hash))
            }
        }
        throw DatabaseError(.refused, "the codes with up to 30 symbols of \(hash) are all taken")
    }

    /// How many symbols of a hash a name of the directory shows; it is believed only where it is the beginning of them.
    private static func symbolCount(
        ofName name: String, for hash: SHA256Digest
    ) throws(DatabaseError) -> Int {
        let count = name.utf8.count
        guard (Code.minimumSymbolCount...Code.maximumSymbolCount).contains(count),
            Self.name(of: hash, symbolCount: count) == name
        else { throw DatabaseError(.refused, "the directory has \(hash) under a name that is not its own") }
        return count
    }

    /// The code without its check symbol.
    static func name(of hash: SHA256Digest, symbolCount: Int) -> String {
        String(Code(digest: hash, symbolCount: symbolCount).description.dropLast())
    }

    // MARK: Finding codes

    /// What the directory has of a code; nil for none.
    func find(_ code: Code, limit: Duration) async throws(StoreError) -> Entry? {
        let key = code.description
        if let known = state.withLock({ $0.entries[key] }) { return known }
        let pool = pool
        let deadline = ContinuousClock.now + limit
        let statement: Statement
        if let hash = SHA256Digest(hex: key) {
            statement = Statement(
                "select name, hash, shard, version from pstore.code where hash = $1", [.bytes(hash.bytes)],
                name: "code_find_hash")
        } else {
            statement = Statement(
                "select name, hash, shard, version from pstore.code where name = $1", [.text(String(key.dropLast()))],
                name: "code_find")
        }
        let found: Entry?
        do throws(DatabaseError) {
            found = try await onThread { () throws(DatabaseError) in
                try pool.run(until: deadline) { (session) throws(DatabaseError) in
                    let row = try session.run(statement, until: deadline)
                    guard row.rowCount == 1, let hash = try? SHA256Digest(bytes: row.bytes(0, 1).span.bytes) else {
                        return nil
                    }
                    return Entry(
                        symbolCount: try Self.symbolCount(ofName: row.text(0, 0), for: hash), hash: hash,
                        shard: Int(row.integer(0, 2)), version: row.bytes(0, 3))
                }
            }
        } catch {
            throw .storage(.shard(.unavailable(shard: -1, "the directory of codes: \(error)")))
        }
        guard let found else { return nil }
        guard SHA256Digest(hashing: found.version) == found.hash else {
            throw .fault(.damagedBundle("the directory's bytes of \(code) have another hash"))
        }
        remember(found, key)
        return found
    }

    private func remember(_ entry: Entry, _ key: String) {
        state.withLock { state in
            if state.byteCount > Self.byteLimit { state = State() }
            state.byteCount += entry.version.count + 256
            state.entries[key] = entry
        }
    }

    // MARK: Forgetting codes

    /// Removes the codes of versions whose person was erased.
    func forget(_ hashes: [SHA256Digest], limit: Duration) async throws(StoreError) {
        state.withLock { $0 = State() }
        let pool = pool
        let deadline = ContinuousClock.now + limit
        do throws(DatabaseError) {
            try await onThread { () throws(DatabaseError) in
                try pool.run(until: deadline) { (session) throws(DatabaseError) in
                    for hash in hashes {
                        _ = try session.run(
                            Statement("delete from pstore.code where hash = $1", [.bytes(hash.bytes)]), until: deadline)
                    }
                }
            }
        } catch {
            throw .storage(.shard(.unavailable(shard: -1, "the directory of codes: \(error)")))
        }
    }

    /// Forgets what is remembered: somebody was erased.
    func forgetAll() { state.withLock { $0 = State() } }
}
