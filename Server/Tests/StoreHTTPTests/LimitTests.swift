import Foundation
import Hummingbird
import PersonalizationStore
import StoreHTTP
import Testing

@Suite struct LimitTests {
    @Test func `a body that is too large is refused`() async throws {
        try await TestServer.run(change: { $0.limits.bodyByteCount = 1024 }) { server in
            let reply = try await server.ask(.post, "/v1/events", String(repeating: " ", count: 1025))
            #expect(reply.status == 413)
            #expect(reply.kind == "tooLarge")
        }
    }

    /// The beginning of a body is sent, and then nothing: the answer comes nevertheless.
    @Test func `a body that does not come in time is not waited for`() async throws {
        try await TestServer.run(.live, change: { $0.limits.bodyTime = .seconds(1) }) { server in
            let port = try #require(server.client.port)
            let answer = try await shell(
                """
                exec 3<> /dev/tcp/localhost/\(port)
                printf 'POST /v1/events HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer \(TestServer.serviceToken)\\r\\n' >&3
                printf 'Content-Length: 10\\r\\n\\r\\n{' >&3
                head -c 12 <&3
                """)
            #expect(answer == "HTTP/1.1 408")
            #expect(try await server.ask(.get, "/v1/health").status == 200)
        }
    }

    @Test func `a writer that refuses is remembered until it writes again`() async throws {
        let health = WriterHealth()
        await #expect(throws: StoreError.self) { try await health.watching { throw StoreError.storage(.closed) } }
        #expect(health.complaint?.contains("closed") == true)
        await #expect(throws: StoreError.self) {
            try await health.watching { throw StoreError.fault(.noDefaultModel) }
        }
        #expect(health.complaint != nil)
        try await health.watching {}
        #expect(health.complaint == nil)
        // What is damaged was read, and stops no other write.
        await #expect(throws: StoreError.self) {
            try await health.watching { throw StoreError.storage(.damagedRow(table: "heads", "a flipped bit")) }
        }
        #expect(health.complaint == nil)
        await #expect(throws: ErasureError.self) {
            try await health.watching { throw ErasureError.unfinished(.closed) }
        }
        #expect(health.complaint != nil)
    }

    @Test func `a user who asks too often is told when to come again`() async throws {
        try await TestServer.run(change: { $0.limits.userRate = 1 }) { server in
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await server.ask(.get, "/v1/me", as: "ada").status) }
            #expect(statuses == [200, 200, 429])
            let refused = try await server.ask(.get, "/v1/me", as: "ada")
            #expect(refused.headers[.retryAfter] == "1")
            #expect(try await server.ask(.get, "/v1/me", as: "ben").status == 200)
            #expect(try await server.ask(.get, "/v1/me").status == 200)
        }
    }

    @Test func `all who have no token share what the anonymous may ask`() async throws {
        try await TestServer.run(change: {
            $0.readsArePublic = true
            $0.limits.anonymousRate = 1
        }) { server in
            var statuses: [Int] = []
            for path in ["/v1/spaces", "/v1/spaces/v6/images", "/v1/spaces"] {
                statuses.append(try await server.send(.get, path, token: nil).status)
            }
            #expect(statuses == [200, 200, 429])
            #expect(try await server.ask(.get, "/v1/spaces", as: "ada").status == 200)
            // Whether the server is well must be seen however busy it is.
            for _ in 0..<5 { #expect(try await server.send(.get, "/v1/health", token: nil).status == 200) }
        }
    }

    @Test func `what a caller may ask fills up again with time`() throws {
        var limits = ServerConfiguration.Limits()
        limits.userRate = 2
        let counted = RequestLimits(limits)
        let start = ContinuousClock.now
        for _ in 0..<4 { try counted.charge(.user("ada"), at: start) }
        #expect(throws: Problem.self) { try counted.charge(.user("ada"), at: start) }
        try counted.charge(.user("ada"), at: start + .milliseconds(600))
        #expect(throws: Problem.self) { try counted.charge(.user("ada"), at: start + .milliseconds(700)) }
    }

    @Test func `only so many requests are under way at once`() throws {
        var limits = ServerConfiguration.Limits()
        limits.requests = 1
        limits.streams = 1
        let counted = RequestLimits(limits)
        var pass: RequestLimits.Pass? = try counted.enter(isStream: false)
        let error = #expect(throws: Problem.self) { try counted.enter(isStream: false) }
        #expect(error?.status == .serviceUnavailable)
        #expect(error?.headers[.retryAfter] == "1")
        let stream = try counted.enter(isStream: true)
        #expect(pass != nil)
        pass = nil
        _ = try counted.enter(isStream: false)
        withExtendedLifetime(stream) {}
    }

    @Test func `requests are counted and timed by route, without any user's name`() async throws {
        try await TestServer.run { server in
            try await server.ask(.get, "/v1/users/ada/spaces/v6/progress", as: "ada")
            #expect(try await server.ask(.get, "/v1/metrics", as: "ada").status == 403)
            let text = try await server.ask(.get, "/v1/metrics").text
            let count =
                #"http_request_duration_seconds_count{route="/v1/users/{user}/spaces/{space}/progress","#
                + #"method="GET",status="200"} 1"#
            #expect(text.contains(count))
            #expect(!text.contains("ada"))
        }
    }
}
