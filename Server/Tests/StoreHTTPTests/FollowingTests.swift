import Foundation
import Hummingbird
import HummingbirdTesting
import StoreHTTP
import Testing

@Suite struct FollowingTests {
    /// Follows with curl, which every machine that runs the tests has, until so many events have come.
    @Test func `followers get what was there and what comes, and go on where they were`() async throws {
        try await TestServer.run(.live) { server in
            let port = try #require(server.client.port)
            try await server.ask(.post, "/v1/events", rank(1, by: "ada"))
            let head = try #require(
                try await server.ask(.post, "/v1/events", rank(2, by: "ada")).json.elements?.first?["position"]?.whole)
            async let followed = Self.follow(port, lastEventID: head - 1, until: 2)
            try await Task.sleep(for: .milliseconds(300))
            try await server.ask(.post, "/v1/events", rank(3, by: "ada"))
            #expect(try await followed == [head, head + 1])
        }
    }

    /// The ids of the events that come.
    private static func follow(_ port: Int, lastEventID: Int, until count: Int) async throws -> [Int] {
        let text = try await shell(
            """
            exec 3< <(curl --silent --no-buffer --max-time 20 -H 'Authorization: Bearer \(TestServer.serviceToken)' \
                    -H 'Last-Event-ID: \(lastEventID)' http://localhost:\(port)/v1/follow)
            grep --max-count \(count) '^id: ' <&3
            """)
        return text.split(separator: "\n").compactMap { Int($0.dropFirst(4)) }
    }
}
