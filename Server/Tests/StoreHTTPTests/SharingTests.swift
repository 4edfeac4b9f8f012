import Foundation
import Hummingbird
import NIOConcurrencyHelpers
import PersonalizationService
import PersonalizationStore
import StoreHTTP
import Testing

/// What ben can find out about a profile of ada's that she does not share: no more than about one that is not there.
@Suite struct SharingTests {
    private static let hidden = ProfileName(user: "ada", space: "v6", profile: "zz-hidden")
    private static let nothing = ProfileName(user: "ada", space: "v6", profile: "zz-absent")

    /// Steps of ada's, after each of which ben asks everything.
    private static let steps: [(method: HTTPRequest.Method, path: String, body: String?)] = [
        (.post, "/v1/users/ada/spaces/v6/profiles", #"{"profile":"zz-hidden","label":"A secret"}"#),
        (.post, "/v1/events", (0..<6).map { rank($0, by: "ada", in: "zz-hidden") }.joined(separator: "\n")),
        (.post, "/v1/users/ada/spaces/v6/codes?profile=zz-hidden", nil),
        (.post, "/v1/users/ada/spaces/v6/profiles/zz-hidden/archive", nil),
        (.post, "/v1/users/ada/spaces/v6/profiles/zz-hidden/restore", nil),
        (.post, "/v1/users/ada/spaces/v6/profiles/zz-hidden/share", nil),
        (.post, "/v1/users/ada/spaces/v6/profiles/zz-hidden/unshare", nil),
        (.put, "/v1/users/ada/erasure", nil),
    ]

    @Test func `an unshared profile is told apart from nothing by no route`() async throws {
        let references = NIOLockedValueBox<[String]>([])
        try await TestServer.run { configuration in
            let store = try Store.open(at: configuration.store.path)
            references.withLockedValue { $0 = [store.reference(of: Self.hidden), store.reference(of: Self.nothing)] }
            await store.close()
            try Store.adopt(SigningKey.random(), ofStoreAt: configuration.store.path)
            // Without a token ben asks what everybody may.
            configuration.readsArePublic = true
        } _: { server in
            let names = references.withLockedValue { $0 }
            let bens = try await server.mint(for: "ben")
            for step in Self.steps {
                let done = try await server.ask(step.method, step.path, step.body, as: "ada")
                #expect(done.status == 200, "\(step.path): \(done.text)")
                if step.path.hasSuffix("/share") {
                    try await Self.expectNothingButTheCode(names[0], server)
                    continue
                }
                for token in [server.userTokens["ben"], nil] {
                    for question in Self.questions(bens) {
                        var answers: [String] = []
                        for (profile, reference) in zip(["zz-hidden", "zz-absent"], names) {
                            let asked = question.naming(profile, reference)
                            let reply = try await server.send(asked.method, asked.path, asked.body, token: token)
                            #expect(!reply.text.contains("secret"), "\(asked.path)")
                            answers.append(Self.masked(reply, profile, reference))
                        }
                        let isTold = answers[0] != answers[1]
                        #expect(!isTold, "after \(step.path): \(question)")
                    }
                }
            }
        }
    }

    /// While it is shared, ben gets the code of the moment, and not a word of whose it is.
    private static func expectNothingButTheCode(_ reference: String, _ server: TestServer) async throws {
        let prompt = #"{"prompt":"x --p \#(reference)","user":"ben"}"#
        let reply = try await server.ask(.post, "/v1/resolve", prompt, as: "ben")
        let code = try #require(reply.json["codes"]?.elements?.first?["code"]?.text)
        #expect(reply.json["prompt"]?.text == "x --p \(code)")
        for word in ["ada", "zz-hidden", "secret", reference] { #expect(!reply.text.contains(word)) }
        let mine = try await server.ask(.get, "/v1/users/ada/spaces/v6/codes?profile=zz-hidden", as: "ada").json
        #expect(mine["codes"]?.elements?.first?["code"]?.text == code)
    }

    private struct Question: CustomStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        let body: String?

        func naming(_ profile: String, _ reference: String) -> Question {
            func named(_ text: String) -> String {
                // Mistyped: the fourth symbol of both is another one then.
                let third = reference.index(reference.startIndex, offsetBy: 3)
                let other = reference[third] == "0" ? "1" : "0"
                let mistyped = reference.replacingCharacters(in: third...third, with: other)
                return text.replacing("MISTYPED", with: mistyped).replacing("REFERENCE", with: reference)
                    .replacing("PROFILE", with: profile)
            }
            return Question(method: method, path: named(path), body: body.map(named))
        }

        var description: String { "\(method) \(path) \(body ?? "")" }
    }

    /// Every route, with the reference or the profile's name wherever something can be named.
    private static func questions(_ bens: String) -> [Question] {
        var questions: [Question] = []
        let values = [
            "space": "v6", "code": bens, "other": bens, "model": "7", "position": "12", "alias": "abcdefgh",
            "size": "1",
            "profile": "PROFILE", "board": "PROFILE", "id": "flowers",
        ]
        for route in Routes.all(ServerConfiguration(store: StoreConfiguration(path: ""), keyFile: ""))
        where !route.isStream && route.path.hasPrefix("/v1/") {
            func path(_ changes: [String: String]) -> String {
                values.merging(changes) { $1 }.reduce(route.path) { $0.replacing("{\($1.key)}", with: $1.value) }
            }
            let bodies = Self.bodies(of: route, bens)
            for body in bodies {
                questions.append(
                    Question(method: route.method, path: path(["user": "ada"]) + "?profile=PROFILE", body: body))
            }
            for parameter in ["code", "other", "alias", "space"] where route.path.contains("{\(parameter)}") {
                for name in ["REFERENCE", "MISTYPED"] {
                    questions.append(
                        Question(method: route.method, path: path(["user": "ben", parameter: name]), body: bodies[0]))
                }
            }
            for body in bodies where route.method != .get && route.rule != .service {
                // What ben does to himself by these names changes him, not the answers to the next question.
                if body?.contains("REFERENCE") ?? false {
                    questions.append(Question(method: route.method, path: path(["user": "ben"]), body: body))
                }
            }
        }
        return questions
    }

    private static func bodies(of route: Route, _ bens: String) -> [String?] {
        switch route.path {
        case "/v1/resolve":
            ["REFERENCE", "REFERENCE::2 \(bens)", "\(bens) REFERENCE", "MISTYPED", "REFERENCE REFERENCE --s 50"].map {
                #"{"prompt":"x --p \#($0)","user":"ben"}"#
            }
        case "/v1/resolve/many":
            [#"{"prompts":["x --p REFERENCE","x --p MISTYPED","x --p \#(bens)"],"user":"ben"}"#]
        case "/v1/score": [#"{"codes":[{"code":"REFERENCE"}],"images":["flowers/1"]}"#]
        case "/v1/prefer": [#"{"codes":[{"code":"REFERENCE"}],"image":"flowers/1","over":"flowers/2"}"#]
        case "/v1/spaces/{space}/nearest": [#"{"image":"flowers/1","codes":[{"code":"REFERENCE"}]}"#]
        case "/v1/users/{user}/spaces/{space}/settings":
            route.method == .put
                ? [#"{"always":false,"profiles":[{"profile":"default"}],"pinned":[{"code":"REFERENCE"}]}"#] : [nil]
        case "/v1/events": [rank(3, by: "ada", in: "PROFILE")]
        default: if case .json = route.body { ["{}"] } else { [nil] }
        }
    }

    /// What an answer says, but for the names that were asked for, and for what time does.
    private static func masked(_ reply: Reply, _ profile: String, _ reference: String) -> String {
        var text = reply.text.replacing(reference, with: "R").replacing(profile, with: "P")
        let third = reference.index(reference.startIndex, offsetBy: 3)
        let other = reference[third] == "0" ? "1" : "0"
        text = text.replacing(reference.replacingCharacters(in: third...third, with: other), with: "M")
        text = text.replacing(/"(position|recordedAt|revision|events|size)":"?[^,"}]*"?/) { "\"\($0.output.1)\":…" }
        let headers = reply.headers.filter { ![.contentLength, .date].contains($0.name) }
        return "\(reply.status) \(headers.map { "\($0.name): \($0.value)" }.sorted()) \(text)"
    }
}
