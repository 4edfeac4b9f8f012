import Foundation
import Hummingbird
import JWTKit
import PersonalizationService
import StoreHTTP
import Testing

@Suite struct AccessTests {
    /// Every route of the table is asked by every kind of caller, in a path that is ada's.
    @Test func `each route lets in whom its rule names, and nobody else`() async throws {
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            let expired = try await Self.token(of: "ada", endsIn: -60)
            let foreign = try await Self.token(of: "ada", secret: "another-secret-0123456789-0123456789")
            let routes = Routes.all(ServerConfiguration(store: StoreConfiguration(path: ""), keyFile: ""))
            #expect(routes.count > 90)
            for route in routes where !route.isStream {
                let path = Self.path(of: route, code: code)
                let body = Self.body(of: route)
                func status(_ token: String?) async throws -> Int {
                    try await server.send(route.method, path, body, token: token).status
                }
                let place = Comment(rawValue: "\(route.method) \(path), \(route.rule)")
                let isOpen = route.rule == .open
                for token in [nil, "nonsense", expired, foreign] {
                    #expect(try await (status(token) == 401) == !isOpen, place)
                }
                #expect(![401, 403].contains(try await status(TestServer.serviceToken)), place)
                let own = try await status(server.userTokens["ada"])
                let other = try await status(server.userTokens["ben"])
                switch route.rule {
                case .service:
                    #expect(own == 403, place)
                    #expect(other == 403, place)
                case .userOfPath, .userOfBody, .usersOfEvents, .ownerOfCode:
                    #expect(![401, 403].contains(own), place)
                    #expect(other == 403, place)
                case .open, .reader, .signedIn:
                    #expect(![401, 403].contains(own), place)
                    #expect(![401, 403].contains(other), place)
                }
            }
        }
    }

    /// The table says so of itself; this says it of the running server, and by hand.
    @Test func `without a token nothing but the page, its document and the health can be read`() async throws {
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            var open: Set<String> = []
            for route in Routes.all(ServerConfiguration(store: StoreConfiguration(path: ""), keyFile: "")) {
                let path = Self.path(of: route, code: code)
                let reply = try await server.send(route.method, path, Self.body(of: route), token: nil)
                if reply.status == 401 {
                    #expect(reply.headers[.wwwAuthenticate] != nil, "\(path)")
                    #expect(!reply.text.contains(code), "\(path)")
                } else {
                    open.insert(path)
                }
            }
            let pages = open.filter { $0 == "/" || $0.hasSuffix(".js") || $0.hasSuffix(".css") }
            #expect(open.subtracting(pages) == ["/v1/health", "/v1/openapi.json", "/v1/docs", "/page.json"])
        }
    }

    @Test func `public reads need no token, and everything else still does`() async throws {
        try await TestServer.run(change: { $0.readsArePublic = true }) { server in
            let code = try await server.mint(for: "ada")
            for route in Routes.all(ServerConfiguration(store: StoreConfiguration(path: ""), keyFile: ""))
            where !route.isStream {
                let reply = try await server.send(
                    route.method, Self.path(of: route, code: code), Self.body(of: route), token: nil)
                let isPublic = route.rule == .open || route.rule == .reader
                #expect((reply.status == 401) == !isPublic, "\(route.method) \(route.path)")
            }
        }
    }

    @Test func `a refusal says what is missing`() async throws {
        try await TestServer.run { server in
            let without = try await server.send(.get, "/v1/me", token: nil)
            #expect(without.kind == "unauthenticated")
            #expect(without.json["detail"]?.text?.contains("there is no token") == true)
            #expect(without.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
            #expect(without.headers[.contentType] == "application/problem+json")
            let expired = try await server.send(.get, "/v1/me", token: Self.token(of: "ada", endsIn: -1))
            #expect(expired.json["detail"]?.text?.contains("expired") == true)
            let long = try await server.send(.get, "/v1/me", token: Self.token(of: "ada", endsIn: 1_000_000))
            #expect(long.status == 401)
            #expect(long.json["detail"]?.text?.contains("longer than") == true)
            let other = try await server.ask(.get, "/v1/users/ben/spaces/v6/progress", as: "ada")
            #expect(other.kind == "forbidden")
        }
    }

    @Test func `a user cannot hide another's event in a batch, nor register an image`() async throws {
        try await TestServer.run { server in
            let mixed = try await server.ask(
                .post, "/v1/events", "[\(rank(1, by: "ada")),\(rank(2, by: "ben"))]", as: "ada")
            #expect(mixed.status == 403)
            let image = #"{"kind":"image","space":"v6","id":"new","embedding":[1,2,3,4,5,6,7,8]}"#
            #expect(try await server.ask(.post, "/v1/events", image, as: "ada").status == 403)
            #expect(try await server.ask(.post, "/v1/events", image).status == 200)
            let health = try await server.ask(.get, "/v1/users/ada/spaces/v6/progress")
            #expect(health.json["rankings"]?.whole == 0)
        }
    }

    @Test func `keys are rotated by replacing the file, and a bad file changes nothing`() async throws {
        try await TestServer.run { server in
            func use(_ text: String) async throws {
                try Data(text.utf8).write(to: URL(fileURLWithPath: server.keyFile), options: .atomic)
                try await Task.sleep(for: .milliseconds(1100))
            }
            let ada = server.userTokens["ada"]
            #expect(try await server.send(.get, "/v1/me", token: ada).status == 200)
            try await use("{")
            #expect(try await server.send(.get, "/v1/me", token: ada).status == 200)
            let next = "next-service-token-0123456789-0123456789"
            let hash = Keyring.digest(of: next).description
            try await use(#"{"services": [{"name": "backend", "sha256": "\#(hash)"}]}"#)
            #expect(try await server.send(.get, "/v1/me", token: next).status == 200)
            #expect(try await server.send(.get, "/v1/me", token: TestServer.serviceToken).status == 401)
            #expect(try await server.send(.get, "/v1/me", token: ada).status == 401)
        }
    }

    @Test func `a token of an Ed25519 key is good`() async throws {
        let key = try EdDSA.PrivateKey()
        let publicKey = key.publicKey.rawRepresentation.base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let json = #"{"userKeys": [{"id": "ed", "algorithm": "EdDSA", "publicKey": "\#(publicKey)"}]}"#
        let keyring = try await Keyring(json: Array(json.utf8), longestLifetime: 3600)
        let keys = JWTKeyCollection()
        await keys.add(eddsa: key, kid: "ed")
        let claims = UserClaims(user: "ada", until: Date(timeIntervalSinceNow: 60))
        #expect(try await keyring.caller(of: keys.sign(claims, kid: "ed")) == .user("ada"))
        // A public key is no secret: a token signed with it as one is not good.
        let forger = JWTKeyCollection()
        await forger.add(hmac: HMACKey(from: publicKey), digestAlgorithm: .sha256, kid: "ed")
        let forged = try await forger.sign(claims, kid: "ed")
        await #expect(throws: Problem.self) { try await keyring.caller(of: forged) }
    }

    @Test(arguments: [
        "", "[]", #"{"services": [{"name": "a"}]}"#, #"{"services": [{"name": "a", "token": "short"}]}"#,
        #"{"userKeys": [{"id": "1", "algorithm": "none", "secret": "0123456789012345678901234567890123"}]}"#,
        #"{"userKeys": [{"id": "1", "algorithm": "EdDSA", "publicKey": "AAAA"}]}"#, #"{"service": []}"#,
    ])
    func `a key file that cannot be meant is refused`(text: String) async {
        await #expect(throws: Keyring.Fault.self) {
            _ = try await Keyring(json: Array(text.utf8), longestLifetime: 60)
        }
    }

    private static func token(
        of user: String, endsIn seconds: TimeInterval = 60, secret: String = TestServer.secret
    ) async throws -> String {
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256, kid: "1")
        let claims = UserClaims(user: user, until: Date(timeIntervalSinceNow: seconds))
        return try await keys.sign(claims, kid: "1")
    }

    private static func path(of route: Route, code: String) -> String {
        var path = route.path
        let values = [
            "user": "ada", "space": "v6", "code": code, "other": code, "model": "7", "position": "1",
            "alias": "abcdefgh", "profile": "default", "board": "default", "size": "1",
        ]
        for (name, value) in values {
            path = path.replacing("{\(name)}", with: value)
        }
        return path
    }

    /// Something that the route reads as far as it has to for its rule.
    private static func body(of route: Route) -> String? {
        switch route.body {
        case .none, .stream: nil
        case .bytes: route.path == "/v1/events" ? rank(3, by: "ada") : "no bundle"
        case .json:
            switch route.path {
            case "/v1/resolve": #"{"prompt": "x --p", "user": "ada"}"#
            case "/v1/resolve/many": #"{"prompts": ["x --p"], "user": "ada"}"#
            default: "{}"
            }
        }
    }
}
