import Foundation
import HTTPTypes
import Hummingbird
import PersonalizationService
import StoreHTTP
import Testing

@Suite struct RoutingTests {
    @Test func `a wrong method is answered with those that are right`() async throws {
        try await TestServer.run { server in
            let reply = try await server.ask(.delete, "/v1/resolve")
            #expect(reply.status == 405)
            #expect(reply.headers[.allow] == "OPTIONS, POST")
            #expect(reply.kind == "methodNotAllowed")
            #expect(try await server.ask(.options, "/v1/spaces/v6").headers[.allow] == "OPTIONS, PUT")
            #expect(try await server.ask(.get, "/v1/nothing").kind == "unknownPath")
            let head = try await server.ask(.head, "/v1/health")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test func `a name may have a slash and spaces in it`() async throws {
        try await TestServer.run { server in
            let body = #"{"kind":"rank","user":"a b/c","space":"v6","winner":"flowers/1","loser":"flowers/2"}"#
            #expect(try await server.ask(.post, "/v1/events", body).status == 200)
            let progress = try await server.ask(.get, "/v1/users/a%20b%2Fc/spaces/v6/progress")
            #expect(progress.json["rankings"]?.whole == 1)
            #expect(try await server.ask(.get, "/v1/users/%FF/spaces/v6/progress").status == 400)
        }
    }

    @Test(arguments: [
        ("/v1/users/ada/spaces/v6/codes?limit=0", "limit"), ("/v1/users/ada/spaces/v6/codes?limit=x", "limit"),
        ("/v1/users/ada/spaces/v6/pairs?count=65", "count"), ("/v1/events?from=0", "from"),
        ("/v1/users/%00/spaces/v6/progress", "user"), ("/v1/users/ada/spaces/v6/as-of?time=now", "time"),
    ])
    func `a parameter that is out of bounds is named`(path: String, name: String) async throws {
        try await TestServer.run { server in
            let reply = try await server.ask(.get, path)
            #expect(reply.status == 400)
            #expect(reply.json["detail"]?.text?.contains("'\(name)'") == true)
        }
    }

    @Test(arguments: [
        ("", "no JSON"), ("[", "no JSON"), ("{\"prompt\": 1, \"user\": \"a\"}", "'prompt' is not a string"),
        ("{\"user\": \"a\"}", "no member 'prompt'"), ("{\"prompt\": \"x\", \"user\": \"\"}", "'user' has 0 bytes"),
        ("{\"prompt\": \"x\", \"user\": \"a\", \"usr\": 1}", "member 'usr'"),
        ("{\"prompt\": \"x\", \"prompt\": \"y\", \"user\": \"a\"}", "twice"),
    ])
    func `a body that cannot be meant is refused with the place`(body: String, detail: String) async throws {
        try await TestServer.run { server in
            let reply = try await server.ask(.post, "/v1/resolve", body)
            #expect(reply.status == 400)
            #expect(reply.json["detail"]?.text?.contains(detail) == true)
        }
    }

    @Test func `every response has the security headers, problems too`() async throws {
        try await TestServer.run { server in
            let names = ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"]
            for path in ["/", "/v1/health", "/v1/nothing", "/v1/me", "/app.js"] {
                let reply = try await server.send(.get, path, token: nil)
                for name in names.compactMap({ HTTPField.Name($0) }) { #expect(reply.headers[name] != nil, "\(path)") }
                #expect(reply.headers[.accessControlAllowOrigin] == nil)
            }
            let page = try await server.send(.get, "/", token: nil)
            let policy = HTTPField.Name("Content-Security-Policy").flatMap { page.headers[$0] }
            #expect(policy?.contains("unsafe") == false)
        }
    }

    @Test func `another origin's page may ask only when the operator names the origin`() async throws {
        try await TestServer.run(change: { $0.origins = ["https://a.example"] }) { server in
            let known = try await server.ask(.get, "/v1/health", headers: [.origin: "https://a.example"])
            #expect(known.headers[.accessControlAllowOrigin] == "https://a.example")
            let unknown = try await server.ask(.get, "/v1/health", headers: [.origin: "https://b.example"])
            #expect(unknown.headers[.accessControlAllowOrigin] == nil)
            let preflight = try await server.send(
                .options, "/v1/resolve", token: nil, headers: [.origin: "https://a.example"])
            #expect(preflight.status == 204)
            #expect(preflight.headers[.accessControlAllowMethods] == "OPTIONS, POST")
        }
    }

    @Test func `the document describes every route with its limits`() async throws {
        try await TestServer.run { server in
            let document = try await server.send(.get, "/v1/openapi.json", token: nil).json
            let routes = Routes.all(ServerConfiguration(store: StoreConfiguration(path: ""), keyFile: ""))
            var names: Set<String> = []
            for route in routes
            where route.path.hasPrefix("/v1/") && !["/v1/docs", "/v1/openapi.json"].contains(route.path) {
                let operation = document["paths"]?[route.path]?[route.method.rawValue.lowercased()]
                let name = try #require(operation?["operationId"]?.text, "\(route.path)")
                #expect(names.insert(name).inserted, "\(name)")
                #expect(
                    operation?["parameters"]?.elements?.count ?? 0 == route.pathParameters.count + route.query.count)
                // What stands in braces is described, and nothing else is.
                let braces = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                    $0.dropFirst().dropLast()
                }
                #expect(braces.map(String.init) == route.pathParameters.map(\.name), "\(route.path)")
            }
            #expect(document["openapi"]?.text == "3.1.0")
        }
    }
}
