import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import PersonalizationService
import PersonalizationStore
import StoreHTTP
import Testing

/// What a response said.
struct Reply {
    let status: Int
    let headers: HTTPFields
    let body: [UInt8]

    /// The body as JSON; null when it is none.
    var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }
    var text: String { String(decoding: body, as: UTF8.self) }
    /// The kind of the problem that the body describes.
    var kind: String? { json["kind"]?.text }
}

/// A server with a store and keys of its own, asked without a network unless a test wants one.
struct TestServer {
    static let serviceToken = "service-token-0123456789-0123456789"
    static let secret = "secret-of-the-users-0123456789-0123456789"

    let client: any TestClientProtocol
    let folder: URL
    let userTokens: [String: String]

    var keyFile: String { folder.appending(path: "keys.json").path }

    /// Runs a server for as long as `body` runs.
    static func run<Result: Sendable>(
        _ setup: TestingSetup = .router, logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        change: (inout ServerConfiguration) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (TestServer) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "storeserver-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "store").path
        let store = try Store.create(at: path)
        try await store.defineSpace(
            "v6", models: ["6.1"], defaultModel: "6.1", images: try catalogue(), threshold: 3)
        await store.close()
        let keys = """
            {"services": [{"name": "backend", "token": "\(serviceToken)"}],
             "userKeys": [{"id": "1", "algorithm": "HS256", "secret": "\(secret)"}]}
            """
        let keyFile = folder.appending(path: "keys.json").path
        try Data(keys.utf8).write(to: URL(fileURLWithPath: keyFile))
        var configuration = ServerConfiguration(store: StoreConfiguration(path: path), keyFile: keyFile)
        configuration.limits.userRate = 0
        try await change(&configuration)
        let server = try await makeServer(configuration, logger: logger)
        var tokens: [String: String] = [:]
        for user in ["ada", "ben"] {
            tokens[user] = try await KeyFileMaking.token(of: user, seconds: 600, keyFile: keyFile)
        }
        let userTokens = tokens
        return try await server.test(setup) { client in
            try await body(TestServer(client: client, folder: folder, userTokens: userTokens))
        }
    }

    /// Asks as a user, or with the service's token when no user is named.
    @discardableResult
    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as user: String? = nil,
        headers more: HTTPFields = [:]
    ) async throws -> Reply {
        try await send(method, path, body, token: user.map { userTokens[$0] ?? "" } ?? Self.serviceToken, headers: more)
    }

    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, token: String?,
        headers more: HTTPFields = [:]
    ) async throws -> Reply {
        var headers = more
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
        ) { response in
            Reply(
                status: response.status.code, headers: response.headers, body: Array(response.body.readableBytesView))
        }
    }

    /// Ranks enough for a code, and gives it.
    func mint(for user: String) async throws -> String {
        for number in 0..<6 { try await ask(.post, "/v1/events", rank(number, by: user)) }
        let reply = try await ask(.post, "/v1/users/\(user)/spaces/v6/codes")
        return try #require(reply.json["code"]?.text)
    }
}

/// The names of the catalogue's images.
let imageNames = (0..<16).map { "flowers/\($0)" }

func catalogue() throws -> [NewImage] {
    try imageNames.enumerated().map { index, name in
        let components = (0..<8).map { Double((index * 7 + $0 * 5) % 11) - 5 }
        return NewImage(id: name, embedding: try Embedding(canonicalizing: components))
    }
}

/// A ranking as the interchange format writes it, another pair for every number.
func rank(_ number: Int, by user: String, in profile: String? = nil, eventID: UUID? = nil) -> String {
    let winner = number % imageNames.count
    let loser = (winner + 1 + number / imageNames.count % (imageNames.count - 1)) % imageNames.count
    let id = eventID.map { #","eventID":"\#($0.uuidString)""# } ?? ""
    let place = profile.map { #","profile":"\#($0)""# } ?? ""
    return #"{"kind":"rank","user":"\#(user)","space":"v6","winner":"\#(imageNames[winner])","#
        + #""loser":"\#(imageNames[loser])"\#(place)\#(id)}"#
}

/// What a script of bash prints; no thread waits for it.
func shell(_ script: String) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["bash", "-c", script]
    let pipe = Pipe()
    process.standardOutput = pipe
    try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { _ in continuation.resume() }
        do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
}
