import Foundation
import PersonalizationStore
import Testing

@Suite struct ScenarioTests {
    @Test func `a user ranks until there is a code, and everybody can use it`() async throws {
        try await Server.run { server in
            let first = try await server.send("POST", "/events", "[\(rank(0, by: "ada")), \(rank(1, by: "ada"))]")
            #expect(first.status == 200)
            // The first event of a stream is the one that opens it.
            #expect(first.list.map { $0["revision"] as? Int } == [2, 3])
            let early = try await server.resolve("a harbour --p", user: "ada")
            #expect(early.status == 409 && early.failure == "notEnoughData")
            #expect(early.message?.contains("2 of 3 comparisons") == true)

            let lines = (2..<6).map { rank($0, by: "ada") }.joined(separator: "\n") + "\n\n"
            #expect(try await server.send("POST", "/events", lines).list.count == 4)
            let resolution = try await server.resolve("a harbour --p", user: "ada")
            #expect(resolution.status == 200 && resolution.object["minted"] as? Bool == true)
            let part = try #require((resolution.object["codes"] as? [[String: Any]])?.first)
            let code = try #require(part["code"] as? String)
            #expect(resolution.object["prompt"] as? String == "a harbour --p \(code)")

            let borrowed = try await server.resolve("a lighthouse --p \(code) --s 400", user: "ben")
            #expect(borrowed.object["direction"] as? [Int] == resolution.object["direction"] as? [Int])
            #expect(borrowed.object["minted"] as? Bool == false)

            let version = try await server.send("GET", "/versions/\(code)")
            #expect(version.object["hash"] as? String == part["hash"] as? String)
            #expect(version.object["rankings"] as? Int == 6 && version.object["foldedThrough"] as? Int == 7)
            let stored = try server.service.store.store.version(code)
            #expect(version.object["direction"] as? [Int] == stored.taste.direction.map(Int.init))
            let codes = try await server.send("GET", "/codes/ada?space=v6")
            #expect(codes.list.map { $0["code"] as? String } == [code])
            #expect(codes.list.first?["position"] as? Int == version.object["mintedAtPosition"] as? Int)
            #expect(try await server.send("GET", "/codes/ben?space=v6").list.isEmpty)
        }
    }

    @Test func `a repeated request with event ids is answered with the first receipts`() async throws {
        try await Server.run { server in
            let body = "[\(rank(0, by: "ada", eventID: UUID())), \(rank(1, by: "ada", eventID: UUID()))]"
            let first = try await server.send("POST", "/events", body)
            let second = try await server.send("POST", "/events", body)
            #expect(first.list.map { $0["repeat"] as? Bool } == [false, false])
            #expect(second.list.map { $0["repeat"] as? Bool } == [true, true])
            #expect(second.list.map { $0["position"] as? Int } == first.list.map { $0["position"] as? Int })
        }
    }

    @Test func `images, likes and unlikes come in as rankings do`() async throws {
        try await Server.run { server in
            let embedding = "[\((0..<8).map { String($0 * $0 % 5 - 2) }.joined(separator: ","))]"
            let image = #"{"kind":"image","space":"v6","id":"new","author":"ben","embedding":\#(embedding)}"#
            let like = #"{"kind":"like","user":"ada","space":"v6","image":"new","at":"2026-05-01T12:00:00Z"}"#
            let unlike = #"{"kind":"unlike","user":"ada","space":"v6","image":"new","at":1777636800000}"#
            #expect(try await server.send("POST", "/events", image).status == 200)
            #expect(try await server.send("POST", "/events", "[\(like), \(unlike)]").list.count == 2)
            let stored = try server.service.store.store.events(limit: .max).suffix(2)
            #expect(stored.map(\.occurredAt) == [1_777_636_800_000, 1_777_636_800_000])
            #expect(stored.map { $0.interchangeJSON.contains(#""image":"new""#) } == [true, true])
        }
    }

    @Test func `users' names may need percent encoding`() async throws {
        try await Server.run { server in
            let events = (0..<4).map { rank($0, by: "zoë/ß") }.joined(separator: "\n")
            try await server.send("POST", "/events", events)
            let resolution = try await server.resolve("a harbour --p", user: "zoë/ß")
            #expect(resolution.status == 200)
            #expect(try await server.send("GET", "/codes/zo%C3%AB%2F%C3%9F?space=v6").list.count == 1)
        }
    }

    @Test func `concurrent posts are all written, once, without gaps`() async throws {
        try await Server.run { server in
            let before = try #require(try server.service.store.store.head()).position.number
            let positions = try await withThrowingTaskGroup(of: [Int].self) { tasks in
                for client in 0..<16 {
                    tasks.addTask {
                        var positions: [Int] = []
                        for number in 0..<10 {
                            let events = (0..<2).map { rank(2 * number + $0, by: "u\(client)") }
                            let answer = try await server.send("POST", "/events", events.joined(separator: "\n"))
                            positions += answer.list.compactMap { $0["position"] as? Int }
                        }
                        return positions
                    }
                }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            // Each of the 16 users' streams is opened by an event of its own.
            let head = try #require(try server.service.store.store.head()).position.number
            #expect(positions.count == 320 && Set(positions).count == 320)
            #expect(Int(head - before) == 320 + 16)
            #expect(positions.allSatisfy { $0 > Int(before) && $0 <= Int(head) })
        }
    }

    @Test func `the figures are Prometheus text`() async throws {
        try await Server.run { server in
            try await server.send("POST", "/events", rank(0, by: "ada"))
            let answer = try await server.send("GET", "/metrics")
            #expect(answer.contentType.hasPrefix("text/plain; version=0.0.4"))
            let text = String(decoding: answer.body, as: UTF8.self)
            let sample = /personalization_store_[a-z_]+ [0-9.e+-]+/
            let comment = /# (HELP [a-z_]+ .+|TYPE [a-z_]+ gauge)/
            for line in text.split(separator: "\n") {
                #expect(line.wholeMatch(of: sample) != nil || line.wholeMatch(of: comment) != nil, "\(line)")
            }
            let events = try #require(try server.service.store.store.head()).position
            #expect(text.contains("\npersonalization_store_events \(Double(events.number))\n"))
            #expect(text.contains("\npersonalization_store_images 16.0\n"))
        }
    }
}
