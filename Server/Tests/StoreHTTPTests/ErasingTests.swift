import Foundation
import Hummingbird
import PersonalizationStore
import StoreHTTP
import Testing

@Suite struct ErasingTests {
    private static let plan = "/v1/users/ada/erasure"

    private static func expectNothing(of user: String, _ server: TestServer) async throws {
        let info = try await server.ask(.get, "/v1/users/\(user)/info").json
        #expect(info["profiles"]?.elements?.isEmpty == true)
        #expect(info["settings"]?.elements?.isEmpty == true)
    }

    @Test func `a user who wants to be erased can take it back for as long as the operator says`() async throws {
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            let before = try await server.ask(.get, Self.plan, as: "ada").json
            #expect(before["due"] == nil)
            #expect(before["graceSeconds"]?.whole == 30 * 86_400)
            let asked = try await server.ask(.put, Self.plan, as: "ada").json
            let due = try #require(Timestamp(rfc3339: asked["due"]?.text ?? ""))
            let seconds = (due.microseconds - Timestamp.systemNow().microseconds) / 1_000_000
            #expect((30 * 86_400 - 600...30 * 86_400).contains(Int(seconds)))
            #expect(try await server.ask(.get, Self.plan, as: "ada").json["due"] == asked["due"])
            #expect(
                try await server.ask(.get, "/v1/users/ada/download", as: "ada").json["erasureDue"] == asked["due"])
            // Until then she takes no part, and her codes work for others.
            let ranked = try await server.ask(.post, "/v1/events", rank(9, by: "ada"), as: "ada")
            #expect(ranked.status == 409)
            #expect(ranked.kind == "erasureScheduled")
            let own = try await server.ask(.post, "/v1/resolve", #"{"prompt":"x --p","user":"ada"}"#, as: "ada")
            #expect(own.status == 409)
            #expect(own.kind == "erasureScheduled")
            let blended = #"{"prompt":"x --p \#(code)","user":"ben"}"#
            #expect(try await server.ask(.post, "/v1/resolve", blended, as: "ben").status == 200)
            let listed = try await server.ask(.get, "/v1/erasures").json["scheduled"]?.elements?.first
            #expect(listed?["user"]?.text == "ada")
            #expect(try await server.ask(.delete, Self.plan, as: "ada").status == 200)
            #expect(try await server.ask(.get, Self.plan, as: "ada").json["due"] == nil)
            #expect(try await server.ask(.post, "/v1/events", rank(9, by: "ada"), as: "ada").status == 200)
            #expect(try await server.ask(.delete, Self.plan, as: "ada").status == 404)
            #expect(try await server.ask(.put, "/v1/users/ben/erasure", as: "ben").status == 404)
        }
    }

    @Test func `a user cannot shorten the time, and a service can`() async throws {
        try await TestServer.run { server in
            _ = try await server.mint(for: "ada")
            for seconds in [0, 30 * 86_400 - 1] {
                let short = try await server.ask(.put, Self.plan, #"{"after":\#(seconds)}"#, as: "ada")
                #expect(short.status == 403)
                #expect(short.kind == "forbidden")
            }
            #expect(try await server.ask(.put, Self.plan, #"{"after":99999999}"#, as: "ada").status == 200)
            let report = try await server.ask(.put, Self.plan, #"{"after":0}"#).json["report"]
            #expect(report?["erasures"]?.elements?.count == 1)
            #expect(report?["finishedAt"] != nil)
            try await Self.expectNothing(of: "ada", server)
        }
    }

    @Test func `a service erases a user, and everybody else's answers stay`() async throws {
        try await TestServer.run { server in
            let adas = try await server.mint(for: "ada")
            for number in 40..<50 { try await server.ask(.post, "/v1/events", rank(number, by: "ben")) }
            let bens = try await server.mint(for: "ben")
            try await server.ask(
                .post, "/v1/events",
                #"{"kind":"image","space":"v6","id":"hers","author":"ada","embedding":[1,2,3,4,5,6,7,8]}"#)
            func author() async throws -> String? {
                try await server.ask(.get, "/v1/spaces/v6/images?after=16", as: "ben").json["images"]?.elements?.first?[
                    "author"]?.text
            }
            #expect(try await author() == "ada")
            let version = try await server.ask(.get, "/v1/codes/\(bens)", as: "ben").text
            let report = try await server.ask(.post, "/v1/users/ada/erase").json
            #expect(report["erasures"]?.elements?.count == 1)
            #expect(report["records"]?.whole ?? 0 >= 8)
            #expect(report["finishedAt"] != nil)
            #expect(report["readers"]?.elements?.isEmpty == true)
            try await Self.expectNothing(of: "ada", server)
            #expect(try await server.ask(.get, "/v1/codes/\(adas)", as: "ben").kind == "unknownCode")
            // What the server had in memory is gone as well.
            #expect(try await author() == nil)
            #expect(try await server.ask(.get, "/v1/codes/\(bens)", as: "ben").text == version)
            let erasures = try await server.ask(.get, "/v1/erasures").json
            #expect(erasures["erased"]?.elements?.count == 1)
            #expect(erasures["erased"]?.elements?.first?["finished"] == true)
            #expect(!(try await server.ask(.get, "/v1/erasures").text.contains("ada")))
            let again = try await server.ask(.post, "/v1/users/ada/erase")
            #expect(again.status == 404)
            #expect(again.kind == "refused")
            // The name is a new person's.
            #expect(try await server.ask(.post, "/v1/events", rank(1, by: "ada"), as: "ada").status == 200)
            #expect(
                try await server.ask(.get, "/v1/users/ada/spaces/v6/progress", as: "ada").json["rankings"]?.whole == 1)
        }
    }

    @Test func `people are erased one after the other, however many ask at once`() async throws {
        try await TestServer.run { server in
            let people = (0..<6).map { "person-\($0)" }
            for person in people { try await server.ask(.post, "/v1/events", rank(1, by: person)) }
            try await withThrowingTaskGroup(of: Reply.self) { group in
                for person in people { group.addTask { try await server.ask(.post, "/v1/users/\(person)/erase") } }
                group.addTask { try await server.ask(.get, "/v1/health") }
                for try await reply in group { #expect(reply.status == 200, "\(reply.text)") }
            }
            for person in people { try await Self.expectNothing(of: person, server) }
            #expect(try await server.ask(.get, "/v1/erasures").json["erased"]?.elements?.count == people.count)
        }
    }

    @Test func `without a time for second thoughts a user is erased at once`() async throws {
        try await TestServer.run(change: { $0.erasureGraceDays = 0 }) { server in
            _ = try await server.mint(for: "ada")
            let answer = try await server.ask(.put, Self.plan, as: "ada").json
            #expect(answer["report"]?["finishedAt"] != nil)
            #expect(answer["graceSeconds"]?.whole == 0)
            try await Self.expectNothing(of: "ada", server)
        }
    }

    @Test func `whose time has come is erased when a service says so`() async throws {
        try await TestServer.run(change: { $0.erasesWhenDue = false }) { server in
            _ = try await server.mint(for: "ada")
            #expect(try await server.ask(.put, Self.plan, #"{"after":1}"#).json["report"] == nil)
            let early = try await server.ask(.post, "/v1/erasures/due").json
            #expect(early["erasures"]?.elements?.count ?? 1 <= 1)
            try await Task.sleep(for: .milliseconds(1100))
            try await server.ask(.post, "/v1/erasures/due")
            try await Self.expectNothing(of: "ada", server)
        }
    }

    @Test func `whose time has come is erased by the server itself`() async throws {
        try await TestServer.run(.live, change: { $0.erasureInterval = .milliseconds(100) }) { server in
            _ = try await server.mint(for: "ada")
            try await server.ask(.put, Self.plan, #"{"after":1}"#)
            for _ in 0..<600 {
                if try await server.ask(.get, "/v1/erasures").json["erased"]?.elements?.first?["finished"] == true {
                    break
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            try await Self.expectNothing(of: "ada", server)
        }
    }
}
