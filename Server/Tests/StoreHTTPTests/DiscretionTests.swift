import Foundation
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import StoreHTTP
import Testing

@Suite struct DiscretionTests {
    /// Everything that a server could be tempted to log: good requests, refused ones, broken ones, and a store that fails.
    @Test func `no user's name and no token is in the log`() async throws {
        let lines = NIOLockedValueBox<[String]>([])
        let user = "ada"
        var logger = Logger(label: "test") { _ in RecordingHandler(lines: lines) }
        logger.logLevel = .info
        let tokens = try await TestServer.run(logger: logger) { server in
            let code = try await server.mint(for: user)
            for path in ["codes", "progress", "settings", "pairs?count=0", "codes/\(code)/none", "%FF"] {
                try await server.ask(.get, "/v1/users/\(user)/spaces/v6/\(path)", as: user)
                try await server.ask(.get, "/v1/users/\(user)/spaces/v6/\(path)", as: "ben")
                try await server.send(.get, "/v1/users/\(user)/spaces/v6/\(path)", token: "wrong-token-of-\(user)")
            }
            try await server.ask(.post, "/v1/events", rank(1, by: user).dropLast() + ",", as: user)
            try await server.ask(.post, "/v1/resolve", #"{"prompt":"x --p","user":"\#(user)"}"#, as: user)
            let profile = #"{"profile":"\#(user)","label":"\#(user)"}"#
            try await server.ask(.post, "/v1/users/\(user)/spaces/v6/profiles", profile, as: user)
            try await server.ask(.put, "/v1/users/\(user)/erasure", as: user)
            try await server.ask(.put, "/v1/users/\(user)/erasure", as: "ben")
            try await server.ask(.delete, "/v1/users/\(user)/erasure", as: user)
            try await server.ask(.get, "/v1/codes/\(code)/proof", as: user)
            try await server.ask(.post, "/v1/users/\(user)/erase")
            try await server.ask(.post, "/v1/users/\(user)/erase")
            // Keys that cannot be read, and a store whose file is gone.
            try Data("{".utf8).write(to: URL(fileURLWithPath: server.keyFile))
            try await Task.sleep(for: .milliseconds(1100))
            try await server.ask(.get, "/v1/me", as: user)
            return Array(server.userTokens.values) + [TestServer.serviceToken, "wrong-token-of"]
        }
        let log = lines.withLockedValue { $0 }
        #expect(log.contains { $0.contains("the key file cannot be used") })
        for secret in tokens + [TestServer.secret, "users/\(user)", "\"\(user)\"", "ada"] {
            #expect(!log.contains { $0.contains(secret) }, "\(secret)")
        }
    }
}

/// Keeps what is logged, with all of its metadata.
private struct RecordingHandler: LogHandler {
    let lines: NIOLockedValueBox<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        lines.withLockedValue { $0.append("\(event.message) \(event.error.map { "\($0)" } ?? "") \(all)") }
    }
}
