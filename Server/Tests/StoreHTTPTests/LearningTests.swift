import Foundation
import Hummingbird
import StoreHTTP
import Testing

@Suite struct LearningTests {
    private static let own = "/v1/users/ada/spaces/v6/"

    @Test func `pairs are those of the store, and never one that was ranked or skipped`() async throws {
        try await TestServer.run { server in
            var asked: Set<Set<String>> = []
            for number in 0..<60 {
                let pair = try #require(try await Self.pairs(server, "count=1").first)
                #expect(Set(pair).isSubset(of: imageNames))
                #expect(asked.insert(Set(pair)).inserted, "\(pair)")
                let event =
                    number % 2 == 0
                    ? #"{"kind":"rank","user":"ada","space":"v6","winner":"\#(pair[0])","loser":"\#(pair[1])"}"#
                    : #"{"kind":"skip","user":"ada","space":"v6","shown":["\#(pair[0])","\#(pair[1])"]}"#
                #expect(try await server.ask(.post, "/v1/events", event, as: "ada").status == 200)
            }
            // The same state and seed give the same pairs; with so many left, another seed gives others.
            #expect(try await Self.pairs(server, "count=4&seed=7") == Self.pairs(server, "count=4&seed=7"))
            #expect(try await Self.pairs(server, "count=4&seed=7") != Self.pairs(server, "count=4&seed=8"))
            let some = ["flowers/1", "flowers/2", "flowers/3"]
            let from = some.map { "from=\($0.replacing("/", with: "%2F"))" }.joined(separator: "&")
            #expect(try await Self.pairs(server, "count=9&\(from)").allSatisfy { Set($0).isSubset(of: some) })
            let unknown = try await server.ask(.get, Self.own + "pairs?from=none", as: "ada")
            #expect(unknown.kind == "unknownImage")
        }
    }

    private static func pairs(_ server: TestServer, _ query: String) async throws -> [[String]] {
        try await server.ask(.get, own + "pairs?\(query)", as: "ada").json["pairs"]?.elements?.map {
            [$0["first"]?.text ?? "", $0["second"]?.text ?? ""]
        } ?? []
    }

    @Test func `a pick of one of four counts as three rankings, and is taken back as one`() async throws {
        try await TestServer.run { server in
            let shown = imageNames.prefix(4).map { "\"\($0)\"" }.joined(separator: ",")
            let pick =
                #"{"kind":"pick","user":"ada","space":"v6","chosen":["flowers/2"],"shown":[\#(shown)],"#
                + #""eventID":"\#(UUID().uuidString)"}"#
            let receipt = try await server.ask(.post, "/v1/events", pick, as: "ada").json.elements?.first
            #expect(try await server.ask(.post, "/v1/events", pick, as: "ada").json.elements?.first?["repeat"] == true)
            #expect(try await server.ask(.get, Self.own + "progress", as: "ada").json["have"]?.whole == 3)
            let position = try #require(receipt?["position"]?.whole)
            #expect(try await server.ask(.post, Self.own + "events/\(position)/retract", as: "ada").status == 200)
            #expect(try await server.ask(.get, Self.own + "progress", as: "ada").json["have"]?.whole == 0)
            let all = #"{"kind":"pick","user":"ada","space":"v6","chosen":[\#(shown)],"shown":[\#(shown)]}"#
            #expect(try await server.ask(.post, "/v1/events", all, as: "ada").status == 422)
            #expect(try await server.ask(.post, "/v1/events", pick, as: "ben").status == 403)
        }
    }

    @Test func `starting over leaves codes, and a code's stability is for its owner`() async throws {
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            let stability = try await server.ask(.get, "/v1/codes/\(code)/stability", as: "ada").json["stability"]
            let progress = try await server.ask(.get, Self.own + "progress", as: "ada").json
            #expect(stability != nil)
            #expect(stability == progress["stability"])
            #expect(try await server.ask(.get, "/v1/codes/\(code)/stability", as: "ben").status == 403)
            let id = #"{"eventID":"\#(UUID().uuidString)"}"#
            #expect(try await server.ask(.post, Self.own + "reset", id, as: "ada").json["repeat"] == false)
            #expect(try await server.ask(.post, Self.own + "reset", id, as: "ada").json["repeat"] == true)
            #expect(try await server.ask(.get, Self.own + "progress", as: "ada").json["have"]?.whole == 0)
            let prompt = #"{"prompt":"x --p \#(code)","user":"ben"}"#
            #expect(try await server.ask(.post, "/v1/resolve", prompt, as: "ben").status == 200)
            #expect(try await server.ask(.post, Self.own + "codes/\(code)/revert", as: "ada").status == 200)
            #expect(try await server.ask(.get, Self.own + "progress", as: "ada").json["have"] == progress["have"])
        }
    }

    @Test func `a new space begins with what was said in another`() async throws {
        try await TestServer.run { server in
            _ = try await server.mint(for: "ada")
            let images = imageNames.enumerated().map { index, name in
                #"{"id":"\#(name)","embedding":[\#(index),\#(index % 3 + 1),\#(index % 5),1]}"#
            }
            let space = #"{"threshold":3,"images":[\#(images.joined(separator: ","))]}"#
            #expect(try await server.ask(.put, "/v1/spaces/v7", space).status == 200)
            let path = "/v1/users/ada/spaces/v7/"
            #expect(try await server.ask(.post, path + "adopt", #"{"fromSpace":"v6"}"#, as: "ben").status == 403)
            #expect(try await server.ask(.post, path + "adopt", #"{"fromSpace":"v6"}"#, as: "ada").status == 200)
            #expect(try await server.ask(.get, path + "progress", as: "ada").json["ready"] == true)
            let none = try await server.ask(
                .post, "/v1/users/ben/spaces/v7/adopt", #"{"fromSpace":"v6"}"#, as: "ben")
            #expect(none.kind == "unknownProfile")
        }
    }

    @Test func `a house is minted of enough people, pinned, shown and let go`() async throws {
        try await TestServer.run { server in
            let early = try await server.ask(.post, "/v1/spaces/v6/houses")
            #expect(early.status == 422)
            #expect(early.kind == "house")
            for person in 0..<20 {
                let lines = (0..<30).map { rank($0 * 3 + person, by: "person-\(person)") }
                #expect(
                    try await server.ask(.post, "/v1/events", lines.joined(separator: "\n")).status == 200)
            }
            let house = try await server.ask(.post, "/v1/spaces/v6/houses").json
            let code = try #require(house["code"]?.text)
            #expect(house["contributors"]?.whole == 20)
            let pin = #"{"code":"\#(code)","threshold":2}"#
            #expect(try await server.ask(.put, "/v1/spaces/v6/house", pin, as: "ada").status == 403)
            #expect(try await server.ask(.put, "/v1/spaces/v6/house", pin).status == 200)
            let status = try await server.ask(.get, "/v1/spaces/v6/houses", as: "ada").json
            #expect(status["pinned"]?.text == code)
            #expect(status["threshold"]?.whole == 2)
            #expect(try await server.ask(.get, Self.own + "progress", as: "ada").json["need"]?.whole == 2)
            let refusal = #"{"always":false,"ownChoicesOnly":true,"profiles":[{"profile":"default"}],"pinned":[]}"#
            #expect(try await server.ask(.put, Self.own + "settings", refusal, as: "ada").status == 200)
            #expect(try await server.ask(.get, Self.own + "progress", as: "ada").json["need"]?.whole == 3)
            #expect(try await server.ask(.put, "/v1/spaces/v6/house").status == 200)
            #expect(try await server.ask(.get, "/v1/spaces/v6/houses", as: "ada").json["pinned"] == nil)
        }
    }

    @Test func `another service's code means what a service says`() async throws {
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            let path = "/v1/spaces/v6/aliases/ab12cd7"
            let prompt = #"{"prompt":"x --p ab12cd7","user":"ben"}"#
            #expect(try await server.ask(.post, "/v1/resolve", prompt, as: "ben").kind == "foreignCode")
            #expect(try await server.ask(.put, path, #"{"code":"\#(code)"}"#, as: "ada").status == 403)
            #expect(try await server.ask(.put, path, #"{"code":"\#(code)"}"#).status == 200)
            let listed = try await server.ask(.get, "/v1/spaces/v6/aliases", as: "ben").json["aliases"]?.elements
            #expect(listed?.first?["alias"]?.text == "ab12cd7")
            let resolved = try await server.ask(.post, "/v1/resolve", prompt, as: "ben").json
            #expect(resolved["prompt"]?.text == "x --p \(code)")
            #expect(try await server.ask(.delete, path).status == 200)
            #expect(try await server.ask(.post, "/v1/resolve", prompt, as: "ben").kind == "foreignCode")
            #expect(
                try await server.ask(.put, path.replacing("ab12cd7", with: code), #"{"code":"\#(code)"}"#).kind
                    == "alias")
        }
    }

    /// More events than are read at once, so that pages must join.
    @Test func `a user downloads everything that is known, and nobody else's`() async throws {
        try await TestServer.run(.live) { server in
            let lines = (0..<300).map { rank($0, by: "ada") }
            try await server.ask(.post, "/v1/events", lines.joined(separator: "\n"))
            try await server.ask(.post, "/v1/events", rank(1, by: "ben"))
            let code = try await server.mint(for: "ada")
            let reply = try await server.ask(.get, "/v1/users/ada/download", as: "ada")
            #expect(reply.headers[.contentDisposition]?.contains("attachment") == true)
            let profile = try #require(reply.json["profiles"]?.elements?.first)
            #expect(profile["profile"]?["space"]?.text == "v6")
            #expect(profile["codes"]?.elements?.first?["code"]?.text == code)
            #expect(profile["progress"]?["ready"] == true)
            #expect(profile["counts"]?["rankings"]?.whole == 306)
            let events = profile["events"]?.elements ?? []
            #expect(events.count { $0["kind"]?.text == "rank" } == 306)
            let positions = events.compactMap { $0["position"]?.whole }
            #expect(positions == Set(positions).sorted(by: >))
            #expect(events.allSatisfy { $0["user"]?.text == "ada" })
            #expect(try await server.ask(.get, "/v1/users/ada/download", as: "ben").status == 403)
            let nobody = try await server.ask(.get, "/v1/users/nobody/download").json
            #expect(nobody["profiles"]?.elements?.isEmpty == true)
        }
    }
}
