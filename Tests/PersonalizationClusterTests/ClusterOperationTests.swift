import ByteCoding
import EventLog
import Foundation
import PersonalizationCluster
import PersonalizationStore
import TestSupport
import Testing

/// Erasing, moving, refilling and looking at a cluster.
@Suite(.enabled(if: PostgresPair.isAvailable, "PostgreSQL is not installed; run 'make dependencies'"))
struct ClusterOperationTests {
    /// Every byte of a database's log and directory, in hexadecimal.
    private static func rows(of database: PairDatabase) throws -> String {
        try database.sql("select encode(records, 'hex') from pstore.log order by shard, after").joined(separator: "\n")
            + database.sql("select name, encode(version, 'hex') from pstore.code").joined(separator: "\n")
    }

    private static func hex(_ text: String) -> String {
        text.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test func `an erasure is followed by every node, and rewrites the database's rows`() async throws {
        let cluster = try await TestCluster()
        let (first, second) = (try await cluster.node("n1"), try await cluster.node("n2"))
        let users = cluster.users()
        let (ada, ben, cid) = ("ada of shard", try #require(users[1]), try #require(users[2]))
        var images = try TestCluster.embeddings()
        // An image that the person has made.
        images[3].author = ada
        _ = try await first.defineSpace(
            TestCluster.space, models: ["6"], defaultModel: "6", images: images, threshold: 5)
        for user in [ada, ben, cid] { _ = try await first.append(TestCluster.rankings(user, 0..<9)) }
        // Another profile, of whose name other shards know nothing.
        let work = ProfileName(user: ada, space: TestCluster.space, profile: "work")
        _ = try await first.append((0..<8).map { .rank(work, winner: "image\($0)", loser: "image\($0 + 3)") })
        let code = try await first.currentVersion(of: work).code
        let bytes = try await first.version(code).bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        _ = try await first.currentVersion(of: TestCluster.profile(ada))
        let others = try await first.currentVersion(of: TestCluster.profile(ben)).code
        try await first.label(code, of: work, "a very private label")
        // Somebody of another shard has pinned the person's code.
        try await second.catchUp(atMost: .seconds(10))
        try await second.setSettings(
            of: cid, in: TestCluster.space,
            to: Settings(
                personalizesAlways: true, profile: ProfileName.defaultProfile,
                pinned: [WeightedCode(code)]))
        try await first.catchUp(atMost: .seconds(10))
        #expect(try Self.rows(of: cluster.database).contains(Self.hex(ada)))
        #expect(try Self.rows(of: cluster.database).contains(bytes.joined()))
        let before = try cluster.database.sql("select shard, after, encode(chain, 'hex') from pstore.log order by 1, 2")

        let report = try await first.erase(user: ada)
        #expect(report.recordCount > 0)

        let rows = try Self.rows(of: cluster.database)
        #expect(!rows.contains(Self.hex(ada)))
        #expect(!rows.contains(bytes.joined()))
        #expect(!rows.contains(Self.hex("a very private label")))
        let after = try cluster.database.sql("select shard, after, encode(chain, 'hex') from pstore.log order by 1, 2")
        #expect(Set(before).isSubset(of: Set(after)))
        await #expect(throws: StoreError.self) { _ = try await first.resolve("a --p \(code)", user: ben) }
        // A new node fetches the rewritten rows, whose chains still fit; a node that was there does the same to its copies.
        let third = try await cluster.node("n3")
        try await third.catchUp(atMost: .seconds(10))
        try await second.catchUp(atMost: .seconds(10))
        await #expect(throws: StoreError.self) { _ = try await second.resolve("a --p \(code)", user: ben) }
        // By themselves.
        let start = ContinuousClock.now
        for node in [second, third] {
            while try (0...4).contains(where: { try node.store(ofShard: $0).erasures().contains { !$0.isFinished } }) {
                guard ContinuousClock.now - start < .seconds(20) else { break }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        try await TestCluster.expectSameCopies(first, second, third, shards: 4)
        #expect(try await third.resolve("a --p \(others)", user: cid).prompt == "a --p \(others)")
        for node in [first, second, third] {
            for shard in 0...4 { #expect(try node.store(ofShard: shard).verify().isClean) }
        }
        // The same name is a new person's.
        _ = try await second.append(TestCluster.rankings(ada, 20..<29))
        #expect(try await second.currentVersion(of: TestCluster.profile(ada)).code.description.isEmpty == false)
        for node in [first, second, third] { await node.close() }
    }

    @Test func `the database lets nothing be rewritten but by an erasure`() async throws {
        let cluster = try await TestCluster(shards: 1)
        let node = try await cluster.node("n1")
        try await TestCluster.define(in: node)
        _ = try await node.append(TestCluster.rankings("ada", 0..<3))
        await node.close()
        let group = "shard = 0 and after = 0"
        for attempt in [
            // Other entries than the chain's, the group as it is with wrong entries, and a missing group.
            "select pstore.rewrite_group(0, 0, records, records) from pstore.log where \(group)",
            "select pstore.rewrite_group(0, 0, ''::bytea, ''::bytea)",
            "select pstore.rewrite_group(0, 7777, ''::bytea, ''::bytea)",
        ] {
            #expect(throws: PostgresPair.Failure.self) { try cluster.database.sql(attempt) }
        }
        // The role of nodes changes and deletes nothing.
        let rights = try cluster.database.sql(
            """
            select has_table_privilege('node', 'pstore.log', 'update'), has_table_privilege('node', 'pstore.log', 'delete'), \
            has_table_privilege('node', 'pstore.log', 'insert'), has_table_privilege('node', 'pstore.cluster', 'update')
            """)
        #expect(rights == ["f|f|t|f"])
    }

    @Test func `a shard moves to another server and back while nodes append to it`() async throws {
        let cluster = try await TestCluster(shards: 2)
        let other = try PostgresPair.shared.get().makeDatabase()
        let (first, second) = (try await cluster.node("n1"), try await cluster.node("n2"))
        try await TestCluster.define(in: first)
        let user = try #require(cluster.users()[1])
        let (home, away) = (cluster.database.owner, other.node)
        let appending = Task {
            var positions: [Position] = []
            for round in 0..<60 {
                let node = round % 2 == 0 ? first : second
                positions.append(try await node.append(TestCluster.rankings(user, round..<(round + 1)))[0].position)
                try await Task.sleep(for: .milliseconds(20))
            }
            return positions
        }
        try await Task.sleep(for: .milliseconds(150))
        try await ClusterDatabase.move(
            shard: 1, to: away, home: home, targetOwner: other.owner, grantingTo: "node")
        try await Task.sleep(for: .milliseconds(150))
        try await ClusterDatabase.move(shard: 1, to: cluster.database.node, home: home, targetOwner: home)
        try await Task.sleep(for: .milliseconds(150))
        try await ClusterDatabase.move(shard: 1, to: away, home: home, targetOwner: other.owner)
        let positions = try await appending.value
        #expect(Set(positions).count == 60)
        try await first.catchUp(atMost: .seconds(10))
        let events = try first.events(of: TestCluster.profile(user))
        #expect(events.count == 61)
        #expect(events.dropFirst().map(\.position) == positions.sorted())
        try await TestCluster.expectSameCopies(first, second, shards: 2)
        // The whole log is at the other server, and nothing follows the row that closed it at home.
        let third = try await cluster.node("n3")
        try await TestCluster.expectSameCopies(first, third, shards: 2)
        #expect(try cluster.database.sql("select count(*) from pstore.log where shard = 1 and seals") == ["1"])
        #expect(
            try cluster.database.sql(
                "select seals from pstore.log where shard = 1 order by after desc limit 1") == ["t"])
        #expect(try other.sql("select max(last) from pstore.log where shard = 1") == ["\(events[60].position.number)"])
        let findings = try await NodeCopies(at: first.path).check(home: home)
        #expect(findings == [])
        let status = try await ClusterDatabase.status(of: home)
        #expect(status.servers.map(\.shardCount) == [2, 1])
        for node in [first, second, third] { await node.close() }
    }

    @Test func `a database that was restored, or lost everything, is refilled from a node's copies`() async throws {
        let cluster = try await TestCluster(shards: 2)
        let node = try await cluster.node("n1")
        try await TestCluster.define(in: node)
        let users = cluster.users().values.sorted()
        for user in users { _ = try await node.append(TestCluster.rankings(user, 0..<9)) }
        let code = try await node.currentVersion(of: TestCluster.profile(users[0])).code
        await node.close()
        let whole = try Self.rows(of: cluster.database)
        let copies = try NodeCopies(at: node.path)
        // A restore of before: some groups are missing at the end.
        try cluster.database.sql("delete from pstore.log where shard < 2 and after > 0")
        #expect(try await !copies.check(home: cluster.database.owner).isEmpty)
        var done = try await copies.refill(home: cluster.database.owner)
        #expect(done.groupCount >= 2 && done.findings == [])
        #expect(try Self.rows(of: cluster.database) == whole)
        // Everything is gone.
        try cluster.database.sql("drop schema pstore cascade")
        done = try await copies.refill(home: cluster.database.owner, grantingTo: "node")
        #expect(done.codeCount == 1 && done.findings == [])
        #expect(try Self.rows(of: cluster.database) == whole)
        #expect(try await copies.check(home: cluster.database.owner) == [])
        let again = try await cluster.node("n1")
        _ = try await again.append(TestCluster.rankings(users[0], 9..<12))
        let second = try await cluster.node("n2")
        #expect(try await second.resolve("a --p \(code)", user: users[1]).prompt == "a --p \(code)")
        try await TestCluster.expectSameCopies(again, second, shards: 2)
        // What goes on differently is left as it is.
        await again.close()
        await second.close()
        let shard = again.shard(of: users[0])
        try cluster.database.sql("delete from pstore.log where shard = \(shard) and after > 0")
        let third = try await cluster.node("n3")
        _ = try await third.append(TestCluster.rankings(users[0], 12..<15))
        await third.close()
        done = try await copies.refill(home: cluster.database.owner)
        #expect(done.groupCount == 0 && done.findings.count == 1)
    }

    @Test func `status shows servers, standbys, shards and nodes with their lag`() async throws {
        let cluster = try await TestCluster(shards: 2)
        let node = try await cluster.node("n1")
        try await TestCluster.define(in: node)
        let user = try #require(cluster.users()[0])
        let last = try #require(try await node.append(TestCluster.rankings(user, 0..<4)).last?.position.number)
        try await Task.sleep(for: .milliseconds(2500))
        await node.close()
        let other = try await cluster.node("n2")
        let end = try #require(try await other.append(TestCluster.rankings(user, 4..<7)).last?.position.number)
        let status = try await ClusterDatabase.status(of: cluster.database.owner)
        #expect(status.shardCount == 2)
        #expect(status.shards.map(\.number) == [0, 1, 2])
        #expect(status.shards[0].eventCount == end)
        #expect(status.servers.count == 1)
        #expect(!status.servers[0].name.contains("password"))
        #expect(status.forks.isEmpty)
        let first = try #require(status.nodes.first { $0.name == "n1" })
        #expect(first.lag == end - last)
        #expect(first.laggingShardCount == 1 && first.shardCount == 3)
        await other.close()
    }

    @Test func `a model that moves to another space, and images registered later, are met in every shard`() async throws
    {
        let cluster = try await TestCluster()
        let (first, second) = (try await cluster.node("n1"), try await cluster.node("n2"))
        try await TestCluster.define(in: first)
        let user = try #require(cluster.users()[2])
        _ = try await second.append(TestCluster.rankings(user, 0..<9))
        #expect(try await second.resolve("a --p", user: user).personalization?.space == TestCluster.space)
        // Another space takes the model over.
        _ = try await first.defineSpace(
            "v7", models: ["6"], defaultModel: "6", images: try TestCluster.embeddings(), threshold: 3)
        let profile = ProfileName(user: user, space: "v7")
        _ = try await second.append((0..<6).map { .rank(profile, winner: "image\($0)", loser: "image\($0 + 1)") })
        try await second.catchUp(atMost: .seconds(10))
        #expect(try await second.resolve("a --p", user: user).personalization?.space == "v7")
        // An image that another node has just registered is asked for.
        var image = try TestCluster.embeddings()[0]
        image.id = "late"
        _ = try await first.append(.image(space: "v7", image))
        _ = try await second.append(.rank(profile, winner: "late", loser: "image1"))
        await #expect(throws: StoreError.self) {
            _ = try await second.append(.rank(profile, winner: "nothing", loser: "image1"))
        }
        // An alias of the catalogue means the same everywhere.
        let code = try await second.currentVersion(of: profile).code
        try await first.alias("midj0urney", to: code)
        try await second.catchUp(atMost: .seconds(10))
        let other = try #require(cluster.users()[3])
        #expect(try await second.resolve("a --p midj0urney", user: other).prompt == "a --p \(code)")
        await first.close()
        await second.close()
    }
}
