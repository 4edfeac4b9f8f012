import Foundation
import Hummingbird
import StoreHTTP
import Testing

@Suite struct ProfilesTests {
    private static let space = "/v1/users/ada/spaces/v6/"

    @Test func `a profile is opened, renamed, put away and taken out again`() async throws {
        try await TestServer.run { server in
            let id = UUID().uuidString
            let body = #"{"profile":"evenings","label":"Warm","eventID":"\#(id)"}"#
            let made = try await server.ask(.post, Self.space + "profiles", body, as: "ada").json
            let reference = try #require(made["profile"]?["reference"]?.text)
            #expect(made["repeat"] == false)
            #expect(made["profile"]?["label"]?.text == "Warm")
            #expect(reference.hasPrefix("u") && reference.count == 14)
            // The same id again changes nothing; without one the name is taken.
            let again = try await server.ask(.post, Self.space + "profiles", body, as: "ada").json
            #expect(again["repeat"] == true)
            #expect(again["position"] == made["position"])
            let taken = try await server.ask(.post, Self.space + "profiles", #"{"profile":"evenings"}"#, as: "ada")
            #expect(taken.status == 409)
            #expect(taken.kind == "conflict")

            let path = Self.space + "profiles/evenings"
            let renamed = try await server.ask(.put, path + "/label", #"{"label":"Cool"}"#, as: "ada").json
            #expect(renamed["profile"]?["label"]?.text == "Cool")
            #expect(renamed["profile"]?["reference"]?.text == reference)
            let unnamed = try await server.ask(.put, path + "/label", #"{"label":""}"#, as: "ada").json
            #expect(unnamed["profile"]?["label"] == nil)

            for number in 0..<6 {
                try await server.ask(.post, "/v1/events", rank(number, by: "ada", in: "evenings"), as: "ada")
            }
            let code = try #require(
                try await server.ask(.post, Self.space + "codes?profile=evenings", as: "ada").json["code"]?.text)
            let archived = try await server.ask(.post, path + "/archive", as: "ada").json
            #expect(archived["profile"]?["archived"] == true)
            func names(_ query: String) async throws -> [String?] {
                try await server.ask(.get, "/v1/users/ada/profiles\(query)", as: "ada").json["profiles"]?.elements?.map
                {
                    $0["profile"]?.text
                } ?? []
            }
            #expect(try await names("").isEmpty)
            #expect(try await names("?archived=true") == ["evenings"])
            let refused = try await server.ask(.post, "/v1/events", rank(7, by: "ada", in: "evenings"), as: "ada")
            #expect(refused.status == 409)
            #expect(refused.kind == "archived")
            func resolve(_ what: String) async throws -> Reply {
                try await server.ask(.post, "/v1/resolve", #"{"prompt":"x --p \#(what)","user":"ada"}"#, as: "ada")
            }
            #expect(try await resolve(reference).kind == "archived")
            #expect(try await resolve(code).json["prompt"]?.text == "x --p \(code)")
            #expect(try await server.ask(.post, path + "/restore", as: "ada").status == 200)
            #expect(try await resolve(reference).json["prompt"]?.text == "x --p \(code)")
            // As it was: right after it was opened it had no code.
            let opened = try #require(made["position"]?.whole)
            let past = try await server.ask(.get, "/v1/users/ada/profiles?asOf=\(opened)", as: "ada").json["profiles"]
            #expect(past?.elements?.first?["code"] == nil)
            #expect(past?.elements?.first?["label"]?.text == "Warm")
            #expect(try await server.ask(.get, path, as: "ada").json["code"]?.text == code)
            let none = try await server.ask(.get, Self.space + "profiles/none", as: "ada")
            #expect(none.status == 404)
            #expect(none.kind == "unknownProfile")
            #expect(try await server.ask(.post, Self.space + "profiles/none/share", as: "ada").kind == "unknownProfile")
            #expect(
                try await server.ask(.get, "/v1/users/ada/spaces/none/profiles/x", as: "ada").kind == "unknownSpace")
        }
    }

    @Test func `a board is made of images, and taking one off gives back the code before`() async throws {
        try await TestServer.run { server in
            let body = #"{"board":"harbours","images":["flowers/1","flowers/2"]}"#
            let made = try await server.ask(.post, Self.space + "boards", body, as: "ada").json
            #expect(made["board"]?["board"] == true)
            #expect(made["images"] == ["flowers/1", "flowers/2"])
            let path = Self.space + "boards/harbours"
            func code() async throws -> String? {
                try await server.ask(.post, Self.space + "codes?profile=harbours", as: "ada").json["code"]?.text
            }
            let first = try await code()
            #expect(first != nil)
            let more = #"{"images":["flowers/3","flowers/1"]}"#
            let added = try await server.ask(.post, path + "/add", more, as: "ada").json
            #expect(added["images"] == ["flowers/2", "flowers/3", "flowers/1"])
            #expect(try await code() != first)
            let removed = try await server.ask(.post, path + "/remove", #"{"images":["flowers/3"]}"#, as: "ada").json
            #expect(removed["images"] == ["flowers/2", "flowers/1"])
            #expect(try await server.ask(.get, path, as: "ada").json["images"] == removed["images"])
            #expect(try await code() == first)
            // A board takes images alone, and nothing else is one.
            let ranked = try await server.ask(.post, "/v1/events", rank(1, by: "ada", in: "harbours"), as: "ada")
            #expect(ranked.status == 422)
            #expect(ranked.kind == "refused")
            try await server.ask(.post, "/v1/events", rank(1, by: "ada", in: "default"), as: "ada")
            #expect(try await server.ask(.get, Self.space + "boards/default", as: "ada").status == 422)
            #expect(try await server.ask(.get, Self.space + "boards/none", as: "ada").kind == "unknownProfile")
            let unknown = try await server.ask(.post, path + "/add", #"{"images":["none"]}"#, as: "ada")
            #expect(unknown.status == 422)
            #expect(try await server.ask(.get, Self.space + "pairs?profile=harbours", as: "ada").status == 422)
        }
    }

    @Test func `several profiles are the default, each with its weight`() async throws {
        try await TestServer.run { server in
            var codes: [String] = []
            for profile in ["one", "two"] {
                for number in 0..<6 {
                    let offset = profile == "one" ? 0 : 40
                    try await server.ask(.post, "/v1/events", rank(number + offset, by: "ada", in: profile), as: "ada")
                }
                let minted = try await server.ask(.post, Self.space + "codes?profile=\(profile)", as: "ada").json
                codes.append(try #require(minted["code"]?.text))
            }
            let settings = #"{"always":false,"profiles":[{"profile":"one","weight":3},{"profile":"two"}],"pinned":[]}"#
            #expect(try await server.ask(.put, Self.space + "settings", settings, as: "ada").status == 200)
            let kept = try await server.ask(.get, Self.space + "settings", as: "ada").json["profiles"]
            #expect(kept == [["profile": "one", "weight": 3], ["profile": "two", "weight": 1]])
            let resolved = try await server.ask(.post, "/v1/resolve", #"{"prompt":"x --p","user":"ada"}"#, as: "ada")
            #expect(resolved.json["prompt"]?.text == "x --p \(codes[0])::3 \(codes[1])")
            let none = #"{"always":false,"profiles":[],"pinned":[]}"#
            #expect(try await server.ask(.put, Self.space + "settings", none, as: "ada").status == 400)
        }
    }

    @Test func `what is known of a user is told, and downloaded with every profile's events`() async throws {
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            try await server.ask(.post, Self.space + "boards", #"{"board":"b","images":["flowers/1"]}"#, as: "ada")
            let shared = try await server.ask(.post, Self.space + "profiles/b/share", as: "ada").json
            try await server.ask(.post, Self.space + "profiles", #"{"profile":"old"}"#, as: "ada")
            try await server.ask(.post, Self.space + "profiles/old/archive", as: "ada")
            try await server.ask(
                .post, "/v1/events",
                #"{"kind":"image","space":"v6","id":"hers","author":"ada","embedding":[1,2,3,4,5,6,7,8]}"#)
            let info = try await server.ask(.get, "/v1/users/ada/info", as: "ada").json
            let profiles = info["profiles"]?.elements ?? []
            #expect(profiles.map { $0["profile"]?["profile"]?.text } == ["default", "b", "old"])
            #expect(profiles[0]["counts"]?["rankings"]?.whole == 6)
            #expect(profiles[0]["codes"]?.elements?.first?["code"]?.text == code)
            #expect(info["sharedReferences"] == .array([shared["profile"]?["reference"] ?? .null]))
            let download = try await server.ask(.get, "/v1/users/ada/download", as: "ada").json
            for (index, profile) in (download["profiles"]?.elements ?? []).enumerated() {
                var report = profile.members ?? [:]
                let events = report.removeValue(forKey: "events")?.elements ?? []
                #expect(.object(report) == profiles[index])
                #expect(events.count == report["profile"]?["revision"]?.whole)
            }
            #expect(download["images"] == [["space": "v6", "image": "hers"]])
            #expect(download["sharedReferences"] == info["sharedReferences"])
            let nobody = try await server.ask(.get, "/v1/users/nobody/info").json
            #expect(nobody["profiles"]?.elements?.isEmpty == true)
        }
    }
}
