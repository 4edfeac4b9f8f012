import AsyncHTTPClient
import Foundation
import PersonalizationStore
import Testing

@Suite struct ShutdownTests {
    @Test func `what was acknowledged before and during a shutdown is in the reopened store, and nothing else`()
        async throws
    {
        try await Server.run { server in
            try await withThrowingTaskGroup(of: [EventID: Int].self) { tasks in
                for client in 0..<12 { tasks.addTask { try await postUntilRefused(to: server, as: "u\(client)") } }
                let store = server.service.store.store
                while try store.statistics().eventCount < 400 { try await Task.sleep(for: .milliseconds(1)) }
                await server.group.triggerGracefulShutdown()
                return try await tasks.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
            }
        } afterwards: { acknowledged, storePath in
            let reopened = try Store.open(at: storePath)
            for (id, position) in acknowledged {
                #expect(try reopened.position(of: id)?.number == UInt64(position))
            }
            let stored = try reopened.events(limit: .max).filter { if case .rank = $0.content { true } else { false } }
            #expect(Set(stored.map { Int($0.position.number) }) == Set(acknowledged.values))
            #expect(try reopened.statistics().checkpointLag == 0, "closing flushed the derived tables")
            await reopened.close()
        }
    }
}

/// Posts rankings one by one until the server no longer takes them; returns where those are that were acknowledged.
private func postUntilRefused(to server: Server, as user: String) async throws -> [EventID: Int] {
    var acknowledged: [EventID: Int] = [:]
    while true {
        let id = UUID()
        let answer: Answer
        do { answer = try await server.send("POST", "/events", rank(acknowledged.count, by: user, eventID: id)) } catch
        {
            return acknowledged
        }
        try #require(answer.status == 200)
        acknowledged[try #require(EventID(id.uuidString))] = try #require(answer.list.first?["position"] as? Int)
    }
}
