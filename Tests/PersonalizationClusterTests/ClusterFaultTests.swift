import ByteCoding
import CodeRegistry
import EventLog
import Foundation
import PersonalizationCluster
import PersonalizationStore
import TestSupport
import Testing

/// What a cluster does when servers fail, or show what they should not. One after the other, on a pair of their own.
@Suite(.enabled(if: PostgresPair.isAvailable, "PostgreSQL is not installed; run 'make dependencies'"), .serialized)
struct ClusterFaultTests {
    private static func expectKind(
        _ kind: ErrorKind, at location: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async {
        await #expect(sourceLocation: location) { try await body() } throws: { error in
            guard let error = error as? StoreError else { return false }
            if error.kind != kind { Issue.record("\(error.kind): \(error)", sourceLocation: location) }
            return error.kind == kind
        }
    }

    @Test func `with the database gone reads go on, appends fail, and a retry through another node writes once`()
        async throws
    {
        let pair = try PostgresPair()
        let cluster = try await TestCluster(database: PairDatabase(pair: pair, name: "store"))
        let first = try await cluster.node("n1") { $0.appendTimeout = .seconds(1) }
        let second = try await cluster.node("n2")
        try await TestCluster.define(in: first)
        _ = try await first.append(TestCluster.rankings("ada", 0..<9))
        let code = try await first.resolve("a --p", user: "ada").prompt
        try pair.fault("kill", "primary")
        #expect(try await first.resolve(code, user: "ada").prompt == code)
        #expect(try await first.resolve("b --p", user: "ada").didAppend == false)
        // The first may have been under way when the server went; after that nothing is sent.
        var kinds: [ErrorKind] = []
        for _ in 0..<2 {
            do { _ = try await first.append(TestCluster.rankings("ada", 9..<10)) } catch { kinds.append(error.kind) }
        }
        #expect(kinds.count == 2 && kinds.allSatisfy { [.unavailable, .outcomeUnknown].contains($0) })
        #expect(kinds.last == .unavailable)
        try pair.fault("promote", "standby")
        try pair.fault("reclone", "standby")
        let receipts = try await second.append(TestCluster.rankings("ada", 9..<10))
        let again = try await first.append(TestCluster.rankings("ada", 9..<10))
        #expect(again.map(\.position) == receipts.map(\.position))
        #expect(try second.events(of: TestCluster.profile("ada")).count == 12)
        try await TestCluster.expectSameCopies(first, second, shards: 4)
        await first.close()
        await second.close()
    }

    @Test func `without a synchronous standby nothing is appended`() async throws {
        let pair = try PostgresPair()
        let cluster = try await TestCluster(database: PairDatabase(pair: pair, name: "store"))
        let node = try await cluster.node("n1") { $0.appendTimeout = .seconds(1) }
        try await TestCluster.define(in: node)
        _ = try await node.append(TestCluster.rankings("ada", 0..<1))
        // The standby stands still: what waits for it may be there.
        try pair.fault("freeze", "standby")
        await Self.expectKind(.outcomeUnknown) { _ = try await node.append(TestCluster.rankings("ada", 1..<2)) }
        try pair.fault("thaw", "standby")
        let receipts = try await node.append(TestCluster.rankings("ada", 1..<2))
        #expect(receipts.map(\.position.number) == [receipts[0].position.number])
        #expect(try node.events(of: TestCluster.profile("ada")).count == 3)
        // An operator says that none is needed, while connections are open.
        let names = try pair.sql("show synchronous_standby_names")[0]
        try pair.sql("alter system set synchronous_standby_names = ''")
        try pair.sql("select pg_reload_conf()")
        try await Task.sleep(for: .milliseconds(300))
        await Self.expectKind(.misconfigured) { _ = try await node.append(TestCluster.rankings("ada", 2..<3)) }
        try pair.sql("alter system set synchronous_standby_names = '\(names)'")
        try pair.sql("select pg_reload_conf()")
        try await Task.sleep(for: .milliseconds(300))
        _ = try await node.append(TestCluster.rankings("ada", 2..<3))
        #expect(try node.events(of: TestCluster.profile("ada")).count == 4)
        await node.close()
    }

    @Test
    func `a copy that is ahead of the database is undone, its records saved, and its tables are those of the log`()
        async throws
    {
        let cluster = try await TestCluster(shards: 1)
        let first = try await cluster.node("n1")
        try await TestCluster.define(in: first)
        _ = try await first.append(TestCluster.rankings("ada", 0..<9))
        let before = try TestCluster.records(of: try first.store(ofShard: 0))
        _ = try await first.append(TestCluster.rankings("ben", 0..<9))
        let lost = try await first.resolve("a --p", user: "ben")
        await first.close()
        // The database is one from before: the groups are gone, and others take their places.
        try cluster.database.sql("delete from pstore.log where shard = 0 and after >= \(before.count)")
        let second = try await cluster.node("n2")
        _ = try await second.append(TestCluster.rankings("cid", 0..<8))
        let again = try await cluster.node("n1")
        _ = try await again.append(TestCluster.rankings("cid", 8..<10))
        try await TestCluster.expectSameCopies(again, second, shards: 1)
        let store = try again.store(ofShard: 0)
        #expect(Array(try TestCluster.records(of: store).prefix(before.count)) == before)
        #expect(try store.verify().isClean)
        #expect(try again.events(of: TestCluster.profile("ben")).isEmpty)
        await Self.expectKind(.notEnoughData) { _ = try await again.resolve("a --p", user: "ben") }
        // The code was kept, and its mint is gone.
        await Self.expectKind(.unknownCode) { _ = try await again.resolve(lost.prompt, user: "cid") }
        let forks = try FileManager.default.contentsOfDirectory(atPath: "\(again.path)/forks")
        #expect(forks.count == 1)
        let saved = try String(contentsOfFile: "\(again.path)/forks/\(forks[0])", encoding: .utf8)
        #expect(saved.split(separator: "\n").count >= 2)
        #expect(try cluster.database.sql("select node, shard, after from pstore.fork") == ["n1|0|\(before.count)"])
        await again.close()
        await second.close()
    }

    @Test func `a copy is not undone by a database that has lost everything`() async throws {
        let cluster = try await TestCluster(shards: 1)
        let node = try await cluster.node("n1") { $0.appendTimeout = .seconds(1) }
        try await TestCluster.define(in: node)
        _ = try await node.append(TestCluster.rankings("ada", 0..<9))
        let before = try TestCluster.records(of: try node.store(ofShard: 0))
        try cluster.database.sql("delete from pstore.log")
        await Self.expectKind(.unavailable) { _ = try await node.append(TestCluster.rankings("ada", 9..<10)) }
        #expect(try TestCluster.records(of: try node.store(ofShard: 0)) == before)
        await node.close()
    }

    @Test func `a group whose records were changed in the database is not applied`() async throws {
        let cluster = try await TestCluster(shards: 1)
        let first = try await cluster.node("n1")
        try await TestCluster.define(in: first)
        _ = try await first.append(TestCluster.rankings("ada", 0..<3))
        await first.close()
        // One bit of the last record's last byte; and, apart from that, a whole group taken from elsewhere.
        try cluster.database.sql(
            """
            update pstore.log set records = set_bit(records, 8 * length(records) - 1, \
            1 - get_bit(records, 8 * length(records) - 1)) where shard = 0 and seals = false and after = \
            (select max(after) from pstore.log where shard = 0)
            """)
        let second = try await cluster.node("n2") { $0.appendTimeout = .seconds(1) }
        await #expect(throws: StoreError.self) { _ = try await second.append(TestCluster.rankings("ben", 0..<1)) }
        await second.close()
    }

    @Test func `a code that another version has gets one symbol more, and both resolve everywhere`() async throws {
        let cluster = try await TestCluster()
        let (first, second) = (try await cluster.node("n1"), try await cluster.node("n2"))
        try await TestCluster.define(in: first)
        let events = TestCluster.rankings("ada", 0..<9)
        // What the code will be, from a store with the same secret.
        let single = try Store.create(at: cluster.folder.file("single"), secret: cluster.secret)
        _ = try await single.defineSpace(
            TestCluster.space, models: ["6"], defaultModel: "6", images: try TestCluster.embeddings(), threshold: 5)
        _ = try await single.append(events)
        let version = try await single.currentVersion(of: TestCluster.profile("ada"))
        await single.close()
        try cluster.database.sql(
            """
            insert into pstore.code (name, hash, shard, version) \
            values ('\(version.code.description.dropLast())', decode(repeat('ab', 32), 'hex'), 1, 'another'::bytea)
            """)
        _ = try await first.append(events)
        let found = try await first.currentVersion(of: TestCluster.profile("ada"))
        #expect(found.hash == version.hash)
        #expect(found.code == Code(digest: version.hash, symbolCount: 13))
        let used = try await second.resolve("a --p \(found.code)", user: "zoe")
        #expect(used.personalization?.parts.map(\.hash) == [version.hash])
        await first.close()
        await second.close()
    }

    @Test func `a revoked code is refused in every shard, and while nothing is heard of the catalogue`() async throws {
        let pair = try PostgresPair()
        let cluster = try await TestCluster(database: PairDatabase(pair: pair, name: "store"))
        let first = try await cluster.node("n1")
        let second = try await cluster.node("n2") {
            $0.staleCatalogueLimit = .milliseconds(1500)
            $0.appendTimeout = .seconds(1)
        }
        try await TestCluster.define(in: first)
        let users = cluster.users()
        let (ada, ben) = (try #require(users[0]), try #require(users[1]))
        for user in [ada, ben] { _ = try await first.append(TestCluster.rankings(user, 0..<9)) }
        let code = try await first.currentVersion(of: TestCluster.profile(ada)).code
        let other = try await first.currentVersion(of: TestCluster.profile(ben)).code
        #expect(try await second.resolve("a --p \(code)", user: ben).prompt == "a --p \(code)")
        let start = ContinuousClock.now
        try await first.revoke(code, of: TestCluster.profile(ada))
        while (try? await second.resolve("a --p \(code)", user: ben)) != nil {
            guard ContinuousClock.now - start < .seconds(5) else { break }
            try await Task.sleep(for: .milliseconds(5))
        }
        await Self.expectKind(.revokedCode) { _ = try await second.resolve("a --p \(code)", user: ben) }
        await Self.expectKind(.revokedCode) { _ = try await second.resolve("a --p \(code)", user: ada) }
        try await first.restore(code, of: TestCluster.profile(ada))
        while (try? await second.resolve("a --p \(code)", user: ben)) == nil {
            guard ContinuousClock.now - start < .seconds(10) else { break }
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try await second.resolve("a --p \(code)", user: ben).prompt == "a --p \(code)")
        try pair.fault("kill", "primary")
        try await Task.sleep(for: .milliseconds(2000))
        // Own codes go on; others' are not answered any more.
        #expect(try await second.resolve("a --p \(other)", user: ben).prompt == "a --p \(other)")
        await Self.expectKind(.staleCatalogue) { _ = try await second.resolve("a --p \(code)", user: ben) }
        await first.close()
        await second.close()
    }

    @Test func `a commit whose wait for the standby was cancelled is not acknowledged before the standby has it`()
        async throws
    {
        let pair = try PostgresPair()
        let cluster = try await TestCluster(shards: 1, database: PairDatabase(pair: pair, name: "store"))
        let first = try await cluster.node("n1") { $0.appendTimeout = .seconds(3) }
        let second = try await cluster.node("n2") { $0.appendTimeout = .milliseconds(800) }
        try await TestCluster.define(in: first)
        _ = try await first.append(TestCluster.rankings("ada", 0..<1))
        _ = try await second.append(TestCluster.rankings("ben", 0..<1))
        try pair.fault("freeze", "standby")
        async let outcome: Result<[Receipt], StoreError> = {
            do throws(StoreError) { return .success(try await first.append(TestCluster.rankings("ada", 1..<2))) } catch
            {
                return .failure(error)
            }
        }()
        var cancelled: [String] = []
        for _ in 0..<50 where cancelled.isEmpty {
            try await Task.sleep(for: .milliseconds(20))
            cancelled = try pair.sql(
                "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep' and query like '%pstore.log%'"
            )
        }
        #expect(!cancelled.isEmpty)
        // Visible, and on the primary only: another node neither takes it for acknowledged nor answers a retry from it.
        try await Task.sleep(for: .milliseconds(300))
        await Self.expectKind(.outcomeUnknown) { _ = try await second.append(TestCluster.rankings("ada", 1..<2)) }
        try pair.fault("thaw", "standby")
        switch await outcome {
        case .success(let receipts): #expect(receipts.count == 1)
        case .failure(let error): #expect(error.kind == .outcomeUnknown)
        }
        let retried = try await second.append(TestCluster.rankings("ada", 1..<2))
        #expect(retried.count == 1)
        #expect(try second.events(of: TestCluster.profile("ada")).count == 3)
        try await TestCluster.expectSameCopies(first, second, shards: 1)
        await first.close()
        await second.close()
    }
}
