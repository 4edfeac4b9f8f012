import EventLog
import Foundation
import PersonalizationCluster
import PersonalizationStore
import TestSupport
import Testing

/// What a cluster does while nothing fails.
@Suite(.enabled(if: PostgresPair.isAvailable, "PostgreSQL is not installed; run 'make dependencies'"))
struct ClusterStoreTests {
    @Test func `an event that one node acknowledges is read on another, and copies are the same bytes`() async throws {
        let cluster = try await TestCluster()
        let (first, second) = (try await cluster.node("n1"), try await cluster.node("n2"))
        try await TestCluster.define(in: first)
        for user in cluster.users().values {
            let receipts = try await first.append(TestCluster.rankings(user, 0..<7))
            try await second.waitForPosition(try #require(receipts.last).position, of: user, atMost: .seconds(10))
            let expected = try first.events(of: TestCluster.profile(user))
            #expect(try second.events(of: TestCluster.profile(user)) == expected)
            #expect(expected.count == 8)
        }
        try await TestCluster.expectSameCopies(first, second, shards: 4)
        await first.close()
        await second.close()
    }

    @Test func `codes are those of a store on one machine, on every node`() async throws {
        let cluster = try await TestCluster()
        let (first, second) = (try await cluster.node("n1"), try await cluster.node("n2"))
        try await TestCluster.define(in: first)
        let single = try Store.create(at: cluster.folder.file("single"), secret: cluster.secret)
        _ = try await single.defineSpace(
            TestCluster.space, models: ["6"], defaultModel: "6", images: try TestCluster.embeddings(), threshold: 5)
        let users = cluster.users().values.sorted()
        for (index, user) in users.enumerated() {
            let events = TestCluster.rankings(user, 0..<(8 + index))
            _ = try await first.append(events)
            _ = try await single.append(events)
            let expected = try await single.resolve("a harbour --p", user: user)
            let found = try await first.resolve("a harbour --p", user: user)
            #expect(found.prompt == expected.prompt)
            #expect(found.personalization == expected.personalization)
            // Somebody of another shard, on another node, uses the code.
            let other = users[(index + 1) % users.count]
            let used = try await second.resolve(found.prompt, user: other)
            #expect(used.personalization?.parts == expected.personalization?.parts)
            #expect(used.personalization?.taste == expected.personalization?.taste)
        }
        await single.close()
        await first.close()
        await second.close()
    }

    @Test func `a retry with the same event ids through another node writes once`() async throws {
        let cluster = try await TestCluster()
        let (first, second) = (try await cluster.node("n1"), try await cluster.node("n2"))
        try await TestCluster.define(in: first)
        let events = TestCluster.rankings("ada", 0..<3)
        let receipts = try await first.append(events)
        let again = try await second.append(events)
        #expect(again.map(\.position) == receipts.map(\.position))
        #expect(again.map(\.isRepeat) == [true, true, true])
        #expect(try second.store(of: "ada").events(of: TestCluster.profile("ada")).count == 4)
        try await TestCluster.expectSameCopies(first, second, shards: 4)
        await first.close()
        await second.close()
    }

    @Test func `three nodes that append to one shard at once lose, double and misplace nothing`() async throws {
        let cluster = try await TestCluster(shards: 1)
        var nodes: [ClusterStore] = []
        for name in ["n1", "n2", "n3"] { nodes.append(try await cluster.node(name)) }
        try await TestCluster.define(in: nodes[0])
        let acknowledged = try await withThrowingTaskGroup(of: [(EventID, Position)].self) { group in
            for (number, node) in nodes.enumerated() {
                for caller in 0..<3 {
                    group.addTask {
                        var found: [(EventID, Position)] = []
                        for round in 0..<15 {
                            let user = "user\(number)-\(caller)"
                            let events = TestCluster.rankings(user, (round * 3)..<(round * 3 + 1 + round % 3))
                            let receipts = try await node.append(events)
                            found += zip(events, receipts).compactMap { event, receipt in
                                event.eventID.map { ($0, receipt.position) }
                            }
                        }
                        return found
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        try await TestCluster.expectSameCopies(nodes[0], nodes[1], nodes[2], shards: 1)
        let head = try #require(try nodes[0].store(ofShard: 0).head()?.position.number)
        let log = try nodes[0].store(ofShard: 0).events(limit: Int(head))
        #expect(log.map(\.position.number) == Array(1...head))
        var places: [EventID: [Position]] = [:]
        for event in log { if let id = event.eventID { places[id, default: []].append(event.position) } }
        #expect(acknowledged.count == 9 * 30)
        for (id, position) in acknowledged { #expect(places[id] == [position]) }
        #expect(places.count == acknowledged.count)
        for node in nodes { await node.close() }
    }

    @Test func `a node that is opened again goes on, and a new one fetches everything`() async throws {
        let cluster = try await TestCluster()
        var first = try await cluster.node("n1")
        try await TestCluster.define(in: first)
        for user in cluster.users().values { _ = try await first.append(TestCluster.rankings(user, 0..<9)) }
        let code = try await first.resolve("a --p", user: "user0")
        await first.close()
        first = try await cluster.node("n1") { $0.secret = nil }
        _ = try await first.append(TestCluster.rankings("user0", 9..<12))
        let third = try await cluster.node("n3")
        try await TestCluster.expectSameCopies(first, third, shards: 4)
        #expect(try await third.resolve(code.prompt, user: "zoe").personalization == code.personalization)
        for user in cluster.users().values {
            #expect(try third.store(of: user).verify().isClean)
        }
        await first.close()
        await third.close()
    }

    @Test func `a folder of another cluster, a wrong secret and a database without a cluster are refused`() async throws
    {
        let cluster = try await TestCluster()
        let other = try await TestCluster()
        let node = try await cluster.node("n1")
        await node.close()
        await #expect(throws: OpenError.self) { _ = try await cluster.node("n2") { $0.secret = .random() } }
        let astray = try await cluster.node("n1") { options in
            options.server = other.database.node
            options.appendTimeout = .milliseconds(500)
        }
        await #expect {
            _ = try await astray.append(.image(space: "v6", try TestCluster.embeddings()[0]))
        } throws: { error in
            (error as? StoreError)?.kind == .misconfigured
        }
        await astray.close()
        let empty = try PostgresPair.shared.get().makeDatabase()
        await #expect(throws: OpenError.self) { _ = try await cluster.node("n3") { $0.server = empty.node } }
    }

    @Test func `a copy of a shard opened as a store of its own is read, verified and backed up, and takes no event`()
        async throws
    {
        let cluster = try await TestCluster()
        let node = try await cluster.node("n1")
        try await TestCluster.define(in: node)
        _ = try await node.append(TestCluster.rankings("ada", 0..<9))
        let code = try await node.resolve("a --p", user: "ada").prompt
        let path = try node.store(of: "ada").path
        await node.close()
        let store = try Store.open(at: path)
        #expect(try await store.resolve(code, user: "ada").prompt == code)
        #expect(try store.verify().isClean)
        await #expect {
            _ = try await store.append(TestCluster.rankings("ada", 9..<10))
        } throws: { error in
            guard case .storage(.shard(.copyOfShard)) = error as? StoreError else { return false }
            return true
        }
        #expect(try store.backup(to: cluster.folder.file("backup")) != nil)
        await store.close()
    }
}

extension NewEvent {
    static func image(space: String, _ image: NewImage) -> NewEvent { NewEvent(.image(space: space, image)) }
}
