import Foundation
import Hummingbird
import PersonalizationHTTP
import PersonalizationStore
import Testing

@Suite struct ContractTests {
    @Test func `the document declares the routes that there are`() async throws {
        let document = try OpenAPIDocument.read()
        try await Server.run { server in
            let served = makeRouter(serving: server.service.store).routes.map { "\($0.method) \($0.path)" }
            let declared = document.paths.flatMap { path, operations in
                operations.keys.map { "\($0.uppercased()) \(path)" }
            }
            #expect(served.sorted() == declared.sorted())
        }
    }

    /// A request that is answered with one status and one kind of failure.
    struct Case: CustomStringConvertible {
        let method: String
        let path: String
        var body = ""
        let status: Int
        var failure: String?

        var description: String { "\(method) \(path) \(body.prefix(80)) \(status) \(failure ?? "")" }
    }

    @Test func `every declared answer is given, with its kind of failure`() async throws {
        let document = try OpenAPIDocument.read()
        var declared: Set<Exchange> = []
        for (path, operations) in document.paths {
            for (method, operation) in operations {
                for status in operation.responses.keys {
                    let status = try #require(Int(status))
                    declared.insert(Exchange(method: method.uppercased(), template: path, status: status))
                }
            }
        }
        let met = try await Server.run { server in
            var met: Set<Exchange> = []
            for test in try await prepareCases(on: server) + [nil] + casesOfAClosedStore {
                guard let test else {
                    await server.service.store.store.close()
                    continue
                }
                let answer = try await server.send(test.method, test.path, test.body)
                #expect(
                    answer.status == test.status && answer.failure == test.failure, "\(test): \(answer.message ?? "")")
                let template = try #require(document.template(of: test.path))
                met.insert(Exchange(method: test.method, template: template, status: answer.status))
            }
            return met
        }
        // A store that cannot be read is not to be had here: the errors of reading are declared, not met.
        let unmet = declared.subtracting(met).filter { !($0.method == "GET" && $0.status == 503) }
        #expect(unmet.isEmpty)
    }

    @Test func `a path that is not served is answered with JSON too`() async throws {
        try await Server.run { server in
            let answer = try await server.send("GET", "/nowhere")
            #expect(answer.status == 404 && answer.failure == "unknownPath")
        }
    }

    /// Mints a code and revokes another, and says what is to be asked then.
    private func prepareCases(on server: Server) async throws -> [Case?] {
        let store = server.service.store.store
        var codes: [String] = []
        for user in ["ada", "ben"] {
            try await server.send("POST", "/events", (0..<5).map { rank($0, by: user) }.joined(separator: "\n"))
            codes.append(try await store.currentVersion(of: ProfileName(user: user, space: "v6")).code)
        }
        // What eve ranked waits to be minted until the store is closed.
        try await server.send("POST", "/events", (0..<5).map { rank($0, by: "eve") }.joined(separator: "\n"))
        try await store.revoke(codes[1], of: ProfileName(user: "ben", space: "v6"))
        try await store.defineSpace(
            "other", models: ["9"],
            images: try (0..<8).map { index in
                let components = (0..<4).map { Double((index * 3 + $0 * 5) % 7) - 3 }
                return NewImage(id: "o\(index)", embedding: try Embedding(canonicalizing: components))
            })
        return eventCases + resolutionCases(code: codes[0], revoked: codes[1]) + readingCases(code: codes[0])
    }

    private var eventCases: [Case] {
        func post(_ body: String, _ status: Int, _ failure: String? = nil) -> Case {
            Case(method: "POST", path: "/events", body: body, status: status, failure: failure)
        }
        let unlike = #"{"kind":"unlike","user":"ada","space":"v6","image":"flowers/1""#
        return [
            post(rank(0, by: "cleo"), 200),
            post("[\(rank(0, by: "cleo")),", 400, "usage"),
            post(
                #"{"kind":"pick","user":"cleo","space":"v6","chosen":["flowers/1"],"shown":["flowers/1","flowers/2"]}"#,
                200),
            post(#"{"kind":"skip","user":"cleo","space":"v6","shown":["flowers/3","flowers/4"]}"#, 200),
            post(#"{"kind":"skip","user":"cleo","space":"v6","shown":["flowers/3"]}"#, 422, "refused"),
            post("nonsense", 400, "usage"),
            post("", 400, "usage"),
            post("[]", 400, "usage"),
            post(unlike + #","at":"yesterday"}"#, 400, "usage"),
            post(unlike + #","eventID":"7"}"#, 400, "usage"),
            post(#"{"kind":"rank","user":"ada","space":"v6","winner":"flowers/1"}"#, 400, "usage"),
            post(#"{"kind":"dislike","user":"ada","space":"v6","image":"flowers/1"}"#, 400, "usage"),
            post(#"{"kind":"image","space":"v6","id":"none","embedding":[]}"#, 400, "usage"),
            post(#"{"kind":"image","space":"v6","id":"short","embedding":[1,2]}"#, 422, "refused"),
            post(#"{"kind":"image","space":"v6","id":"flowers/1","embedding":[1,2,3,4,5,6,7,8]}"#, 409, "conflict"),
            post(#"{"kind":"like","user":"ada","space":"v6","image":"nowhere"}"#, 422, "refused"),
            post(#"{"kind":"like","user":"ada","space":"v7","image":"flowers/1"}"#, 422, "refused"),
            post(String(repeating: " ", count: 9 << 20), 413, "tooLarge"),
        ]
    }

    private func resolutionCases(code: String, revoked: String) -> [Case] {
        func resolve(_ prompt: String, _ status: Int, _ failure: String? = nil, user: String = "ada") -> Case {
            Case(
                method: "POST", path: "/resolve", body: #"{"prompt":"\#(prompt)","user":"\#(user)"}"#,
                status: status, failure: failure)
        }
        return [
            resolve("a harbour", 200),
            resolve("a harbour --p --v 6.1", 200),
            resolve("a harbour --p \(code)::2", 200),
            resolve("a harbour --p \(mistyped(code))", 400, "mistypedCode"),
            resolve("a harbour --p --s 2000", 400, "prompt"),
            resolve("a harbour --p --v 7", 400, "unsupportedModel"),
            resolve("a harbour --p \(code) --v 9", 400, "otherSpace"),
            resolve("a harbour --p \(unknownCode)", 404, "unknownCode"),
            resolve("a harbour --p", 409, "notEnoughData", user: "dora"),
            resolve("a harbour --p \(revoked)", 410, "revokedCode"),
            resolve("a harbour --p", 400, "usage", user: String(repeating: "x", count: 1000)),
            Case(method: "POST", path: "/resolve", body: #"{"prompt":"x"}"#, status: 400, failure: "usage"),
            Case(
                method: "POST", path: "/resolve", body: String(repeating: " ", count: 3 << 20), status: 413,
                failure: "tooLarge"),
        ]
    }

    private func readingCases(code: String) -> [Case] {
        func get(_ path: String, _ status: Int, _ failure: String? = nil) -> Case {
            Case(method: "GET", path: path, status: status, failure: failure)
        }
        return [
            get("/codes/ada?space=v6", 200),
            get("/codes/ada?space=v6&profile=work", 200),
            get("/codes/ada", 400, "usage"),
            get("/codes/\(String(repeating: "x", count: 256))?space=v6", 400, "usage"),
            get("/codes/a%00b?space=v6", 400, "usage"),
            get("/codes/ada?space=\(String(repeating: "x", count: 1000))", 400, "usage"),
            get("/codes/ada?space=v6&profile=\(String(repeating: "x", count: 1000))", 400, "usage"),
            get("/codes/ada?space=v7", 404, "unknownSpace"),
            get("/progress/ada?space=v6", 200),
            get("/progress/ada", 400, "usage"),
            get("/progress/ada?space=v7", 404, "unknownSpace"),
            get("/pairs/ada?space=v6&count=2&seed=7", 200),
            get("/pairs/nobody?space=v6&from=flowers/1&from=flowers/2", 200),
            get("/pairs/ada?space=v6&count=0", 400, "usage"),
            get("/pairs/ada?space=v6&seed=-1", 400, "usage"),
            get("/pairs/ada?space=v6&from=nowhere", 404, "unknownImage"),
            get("/pairs/ada?space=v7", 404, "unknownSpace"),
            get("/versions/\(code)", 200),
            get("/versions/\(mistyped(code))", 400, "mistypedCode"),
            get("/versions/\(unknownCode)", 404, "unknownCode"),
            get("/health", 200),
            get("/metrics", 200),
        ]
    }

    private var casesOfAClosedStore: [Case?] {
        [
            Case(method: "POST", path: "/events", body: rank(9, by: "ada"), status: 503, failure: "storage"),
            Case(
                method: "POST", path: "/resolve", body: #"{"prompt":"x --p","user":"eve"}"#, status: 503,
                failure: "storage"),
        ]
    }
}

/// A code with its first two different neighbours swapped.
private func mistyped(_ code: String) -> String {
    var symbols = Array(code)
    if let index = symbols.indices.dropLast().first(where: { symbols[$0] != symbols[$0 + 1] }) {
        symbols.swapAt(index, index + 1)
    }
    return String(symbols)
}

/// A full hash that no version has.
private let unknownCode = String(repeating: "0123456789abcdef", count: 4)
