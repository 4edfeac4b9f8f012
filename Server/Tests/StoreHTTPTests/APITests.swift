import Foundation
import Hummingbird
import PersonalizationStore
import StoreHTTP
import Testing

@Suite struct APITests {
    private static let own = "/v1/users/ada/spaces/v6/"

    @Test func `a person ranks until a code appears, and a prompt takes it`() async throws {
        try await TestServer.run { server in
            let early = try await server.ask(
                .post, "/v1/resolve", #"{"prompt":"a harbour --p","user":"ada"}"#, as: "ada")
            #expect(early.status == 409)
            #expect(early.kind == "notEnoughData")
            #expect(early.json["need"]?.whole == 3)
            let code = try await server.mint(for: "ada")
            let resolved = try await server.ask(
                .post, "/v1/resolve", #"{"prompt":"a harbour --p","user":"ada"}"#, as: "ada")
            #expect(resolved.json["prompt"]?.text == "a harbour --p \(code)")
            let listed = try await server.ask(.get, Self.own + "codes", as: "ada")
            #expect(listed.json["codes"]?.elements?.first?["code"]?.text == code)
            // Another person blends it.
            let blended = try await server.ask(
                .post, "/v1/resolve", #"{"prompt":"a harbour --p \#(code)","user":"ben"}"#, as: "ben")
            #expect(blended.json["codes"]?.elements?.count == 1)
        }
    }

    @Test func `an event with an id is written once`() async throws {
        try await TestServer.run { server in
            let event = rank(1, by: "ada", eventID: UUID())
            let first = try await server.ask(.post, "/v1/events", event, as: "ada")
            let second = try await server.ask(.post, "/v1/events", event, as: "ada")
            #expect(first.json.elements?.first?["repeat"]?.flag == false)
            #expect(second.json.elements?.first?["repeat"]?.flag == true)
            #expect(first.json.elements?.first?["position"] == second.json.elements?.first?["position"])
        }
    }

    @Test(arguments: ["{", "\n {\n"])
    func `an event may be written over several lines`(opening: String) async throws {
        try await TestServer.run { server in
            let spread = rank(1, by: "ada").replacing(",", with: ",\n")
            let event = opening + String(spread.dropFirst())
            let lines = rank(2, by: "ada") + "\n\n" + rank(3, by: "ada") + "\n"
            var counts: [Int?] = []
            for body in [event, "[\n\(event)\n]", lines, rank(4, by: "ada") + "\n"] {
                let reply = try await server.ask(.post, "/v1/events", body, as: "ada")
                counts.append(reply.json.elements?.count)
            }
            #expect(counts == [1, 1, 2, 1])
        }
    }

    @Test func `a batch is written as a whole or not at all, and the fault is numbered`() async throws {
        try await TestServer.run { server in
            let bad = #"{"kind":"rank","user":"ada","space":"v6","winner":"flowers/1","loser":"none"}"#
            let reply = try await server.ask(.post, "/v1/events", "[\(rank(1, by: "ada")),\(bad)]")
            #expect(reply.status == 422)
            #expect(reply.kind == "refused")
            #expect(reply.json["event"]?.whole == 2)
            let line = try await server.ask(.post, "/v1/events", rank(1, by: "ada") + "\nnonsense\n")
            #expect(line.status == 400)
            #expect(line.kind == "line")
            #expect(line.json["line"]?.whole == 2)
            #expect(try await server.ask(.get, Self.own + "progress").json["rankings"]?.whole == 0)
        }
    }

    @Test func `lines are acknowledged one by one up to the bad one`() async throws {
        try await TestServer.run(.live) { server in
            let lines = (0..<5).map { rank($0, by: "ada") } + ["{}", rank(6, by: "ada")]
            let reply = try await server.ask(.post, "/v1/events/lines", lines.joined(separator: "\n"))
            let answers = reply.text.split(separator: "\n")
            #expect(reply.status == 200)
            #expect(answers.last?.contains(#""line":6"#) == true)
            let whole = (0..<5).map { rank($0, by: "ben") }.joined(separator: "\n")
            let good = try await server.ask(.post, "/v1/events/lines", whole)
            #expect(good.text.split(separator: "\n").count == 5)
            #expect(try await server.ask(.get, "/v1/users/ben/spaces/v6/progress").json["rankings"]?.whole == 5)
        }
    }

    @Test func `a code is labelled, revoked, restored and gone back to`() async throws {
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            let path = Self.own + "codes/\(code)/"
            #expect(try await server.ask(.put, path + "label", #"{"label":"warm"}"#, as: "ada").status == 200)
            #expect(try await server.ask(.get, "/v1/codes/\(code)", as: "ben").json["label"]?.text == "warm")
            #expect(try await server.ask(.post, path + "revoke", as: "ada").status == 200)
            let prompt = #"{"prompt":"x --p \#(code)","user":"ben"}"#
            let revoked = try await server.ask(.post, "/v1/resolve", prompt, as: "ben")
            #expect(revoked.status == 410)
            #expect(revoked.kind == "revokedCode")
            #expect(try await server.ask(.post, path + "restore", as: "ada").status == 200)
            #expect(try await server.ask(.post, "/v1/resolve", prompt, as: "ben").status == 200)
            for number in 20..<30 { try await server.ask(.post, "/v1/events", rank(number, by: "ada")) }
            #expect(try await server.ask(.post, path + "revert", as: "ada").status == 200)
            let current = try await server.ask(.post, Self.own + "codes", as: "ada")
            #expect(current.json["code"]?.text == code)
            let foreign = "/v1/users/ben/spaces/v6/codes/\(code)/revoke"
            #expect([403, 422].contains(try await server.ask(.post, foreign, as: "ben").status))
        }
    }

    @Test func `a choice that is taken back counts no more`() async throws {
        try await TestServer.run { server in
            let receipt = try await server.ask(.post, "/v1/events", rank(1, by: "ada"), as: "ada")
            let position = try #require(receipt.json.elements?.first?["position"]?.whole)
            let path = Self.own + "events/\(position)/retract"
            let id = #"{"eventID":"\#(UUID().uuidString)"}"#
            #expect(try await server.ask(.post, path, id, as: "ada").json["repeat"]?.flag == false)
            #expect(try await server.ask(.post, path, id, as: "ada").json["repeat"]?.flag == true)
            #expect(try await server.ask(.get, Self.own + "progress", as: "ada").json["rankings"]?.whole == 0)
            #expect(try await server.ask(.post, Self.own + "events/1/retract", "{}", as: "ada").status == 422)
        }
    }

    @Test func `settings are kept and decide what a prompt means`() async throws {
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            let settings =
                #"{"always":true,"ownChoicesOnly":true,"profiles":[{"profile":"default"}],"pinned":[{"code":"\#(code)","weight":2}]}"#
            #expect(try await server.ask(.put, Self.own + "settings", settings, as: "ada").status == 200)
            let kept = try await server.ask(.get, Self.own + "settings", as: "ada").json
            #expect(kept["always"]?.flag == true)
            #expect(kept["ownChoicesOnly"]?.flag == true)
            #expect(kept["pinned"]?.elements?.first?["weight"]?.whole == 2)
            let resolved = try await server.ask(.post, "/v1/resolve", #"{"prompt":"x","user":"ada"}"#, as: "ada")
            #expect(resolved.json["codes"]?.elements?.first?["code"]?.text == code)
        }
    }

    @Test func `an error of a prompt has its column, alone and among many`() async throws {
        try await TestServer.run { server in
            let one = try await server.ask(.post, "/v1/resolve", #"{"prompt":"x --s abc","user":"ada"}"#)
            #expect(one.status == 400)
            #expect(one.kind == "prompt")
            #expect(one.json["column"]?.whole == 3 || one.json["column"]?.whole == 7)
            let many = try await server.ask(
                .post, "/v1/resolve/many", #"{"prompts":["x --s abc","plain"],"user":"ada"}"#)
            let results = many.json["results"]?.elements ?? []
            #expect(results.first?["problem"]?["kind"]?.text == "prompt")
            #expect(results.last?["resolution"]?["prompt"]?.text == "plain")
        }
    }

    @Test func `codes are explained, compared, scored and drawn`() async throws {
        try await TestServer.run { server in
            let ada = try await server.mint(for: "ada")
            for number in 40..<50 { try await server.ask(.post, "/v1/events", rank(number, by: "ben")) }
            let ben = try await server.mint(for: "ben")
            let explained = try await server.ask(.get, "/v1/codes/\(ada)/explain?images=3", as: "ada").json
            #expect(explained["nearest"]?.elements?.count == 3)
            #expect(explained["choices"]?.elements?.isEmpty == false)
            let pictures = try await server.ask(.get, "/v1/codes/\(ada)/pictures", as: "ben").json
            #expect(pictures["most"]?.elements?.count == 6)
            let diff = try await server.ask(.get, "/v1/codes/\(ada)/diff/\(ben)", as: "ben").json
            #expect(diff["second"]?.text == ben)
            #expect(diff["events"] == nil)
            #expect(
                try await server.ask(.get, "/v1/codes/\(ada)/diff/\(ben)", as: "ada").json["eventCount"]?.whole == 0)
            let codes = #"[{"code":"\#(ada)"}]"#
            let scores = try await server.ask(
                .post, "/v1/score", #"{"codes":\#(codes),"images":["flowers/1","flowers/2"]}"#, as: "ben")
            #expect(scores.json["images"]?.elements?.count == 2)
            let prefers = try await server.ask(
                .post, "/v1/prefer", #"{"codes":\#(codes),"image":"flowers/1","over":"flowers/2"}"#, as: "ben")
            #expect((0...1).contains(prefers.json["probability"]?.double ?? -1))
            let near = try await server.ask(
                .post, "/v1/spaces/v6/nearest", #"{"image":"flowers/1","codes":\#(codes),"stylize":0}"#, as: "ben")
            #expect(near.json["images"]?.elements?.first?["id"]?.text == "flowers/1")
            for chart in ["timeline.svg", "map.svg"] {
                let reply = try await server.ask(.get, Self.own + chart, as: "ada")
                #expect(reply.headers[.contentType] == "image/svg+xml")
                #expect(reply.text.hasPrefix("<svg") || reply.text.hasPrefix("<?xml"))
            }
            let past = try await server.ask(.get, Self.own + "as-of?revision=6", as: "ada").json
            #expect(past["comparisons"]?.whole ?? 0 > 0)
        }
    }

    @Test func `a bundle goes out and comes in`() async throws {
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            let bundle = try await server.ask(.get, "/v1/codes/\(code)/bundle", as: "ben")
            #expect(bundle.headers[.contentType] == "application/octet-stream")
            let reply = try await server.client.execute(
                uri: "/v1/bundles", method: .post,
                headers: [.authorization: "Bearer \(TestServer.serviceToken)"], body: ByteBuffer(bytes: bundle.body))
            #expect(reply.status == .ok)
            let bad = try await server.ask(.post, "/v1/bundles", "nonsense")
            #expect(bad.kind == "bundle")
        }
    }

    @Test func `spaces are defined, listed and paged through`() async throws {
        try await TestServer.run { server in
            let images = (0..<12).map { index in
                #"{"id":"i\#(index)","embedding":[\#(index),\#(index % 3 + 1),\#(index % 5),1]}"#
            }.joined(separator: ",")
            let body = #"{"models":["niji 6"],"threshold":5,"images":[\#(images)]}"#
            let defined = try await server.ask(.put, "/v1/spaces/niji6", body)
            #expect(defined.json["newImages"]?.whole == 12)
            #expect(try await server.ask(.put, "/v1/spaces/niji6", body).json["newImages"]?.whole == 0)
            #expect(try await server.ask(.get, "/v1/spaces", as: "ada").json["spaces"]?.elements?.count == 2)
            let page = try await server.ask(.get, "/v1/spaces/niji6/images?limit=10&embeddings=true", as: "ada").json
            #expect(page["images"]?.elements?.count == 10)
            #expect(page["images"]?.elements?.first?["embeddingQ14"]?.elements?.count == 4)
            let next = try #require(page["next"]?.whole)
            let rest = try await server.ask(.get, "/v1/spaces/niji6/images?after=\(next)", as: "ada").json
            #expect(rest["images"]?.elements?.count == 2)
            #expect(rest["next"] == nil)
            #expect(try await server.ask(.put, "/v1/spaces/niji6/models/7", "{}").status == 200)
            #expect(try await server.ask(.get, "/v1/spaces/none/images", as: "ada").kind == "unknownSpace")
        }
    }

    @Test func `pictures come from the folder, and nothing else does`() async throws {
        try await TestServer.run(change: { configuration in
            let store = URL(fileURLWithPath: configuration.store.path)
            configuration.pictures = store.deletingLastPathComponent().appending(path: "pictures").path
        }) { server in
            let folder = server.folder.appending(path: "pictures/flowers")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("BM".utf8).write(to: folder.appending(path: "1.bmp"))
            try Data("BM".utf8).write(to: server.folder.appending(path: "outside.bmp"))
            let found = try await server.send(.get, "/pictures/flowers%2F1", token: nil)
            #expect(found.headers[.contentType] == "image/bmp")
            #expect(found.body == Array("BM".utf8))
            for id in ["..%2Foutside", "flowers%2F..%2F..%2Foutside", "%2E%2E%2Foutside", "flowers%2F2", "flowers"] {
                #expect(try await server.send(.get, "/pictures/\(id)", token: nil).status == 404)
            }
            #expect(try await server.send(.get, "/page.json", token: nil).json["pictures"]?.text == "/pictures/{id}")
        }
    }
}
