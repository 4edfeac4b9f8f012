import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import PersonalizationHTTP
import PersonalizationService
import PersonalizationStore
import ServiceLifecycle
import Testing

/// A request and how it was answered, in the document's terms.
struct Exchange: Hashable, CustomStringConvertible {
    let method: String
    let template: String
    let status: Int

    var description: String { "\(method) \(template) \(status)" }
}

/// An answer over HTTP.
struct Answer {
    let status: Int
    let contentType: String
    let body: Data

    /// The body as JSON; null when it is none.
    var json: Any { (try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed)) ?? NSNull() }
    var object: [String: Any] { json as? [String: Any] ?? [:] }
    var list: [[String: Any]] { json as? [[String: Any]] ?? [] }
    /// The kind of the failure that the body reports.
    var failure: String? { (object["error"] as? [String: Any])?["kind"] as? String }
    var message: String? { (object["error"] as? [String: Any])?["message"] as? String }
}

/// The example on a port of the loopback interface, with a store of its own.
struct Server {
    let service: StoreService
    let group: ServiceGroup
    let port: Int
    private let document: OpenAPIDocument
    private let client: HTTPClient

    /// Runs a server for as long as `body` runs, unless `body` shuts it down before; `check` then sees the closed store.
    @discardableResult
    static func run<Result: Sendable>(
        _ body: @escaping @Sendable (Server) async throws -> Result,
        afterwards check: (_ result: Result, _ storePath: String) async throws -> Void = { _, _ in }
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "example-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = StoreConfiguration(path: folder.appending(path: "store").path)
        configuration.createsWhenMissing = true
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let service = try StoreService(configuration: configuration, logger: logger)
        try await service.store.store.defineSpace(
            "v6", models: ["6.1"], defaultModel: "6.1", images: try catalogue(), threshold: 3)

        let (ports, promise) = AsyncStream.makeStream(of: Int.self)
        let application = makeApplication(
            embedding: service, address: .hostname("127.0.0.1", port: 0), logger: logger,
            onServerRunning: { promise.yield($0) })
        let group = ServiceGroup(
            services: [application], gracefulShutdownSignals: [], cancellationSignals: [], logger: logger)
        async let running: Void = group.run()
        let port = try #require(await ports.first { _ in true })
        // A refused connection is what a test waits for after a shutdown: it is not to be tried again.
        var clientConfiguration = HTTPClient.Configuration()
        clientConfiguration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(configuration: clientConfiguration)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(
                try await body(
                    Server(
                        service: service, group: group, port: port, document: try OpenAPIDocument.read(),
                        client: client)))
        } catch {
            outcome = .failure(error)
        }
        try await client.shutdown()
        await group.triggerGracefulShutdown()
        try await running
        let result = try outcome.get()
        try await check(result, configuration.path)
        return result
    }

    /// Sends a request, and checks that the document declares its answer.
    @discardableResult
    func send(_ method: String, _ path: String, _ body: String = "") async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        if !body.isEmpty { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await client.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        let answer = Answer(
            status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
            body: Data(bytes.readableBytesView))
        if let template = document.template(of: path) {
            let exchange = Exchange(method: method, template: template, status: answer.status)
            #expect(document.complaints(about: answer, to: exchange) == [])
        }
        return answer
    }

    func resolve(_ prompt: String, user: String) async throws -> Answer {
        try await send("POST", "/resolve", #"{"prompt": "\#(prompt)", "user": "\#(user)"}"#)
    }
}

/// The names of the catalogue's images.
let imageNames = (0..<16).map { "flowers/\($0)" }

private func catalogue() throws -> [NewImage] {
    try imageNames.enumerated().map { index, name in
        let components = (0..<8).map { Double((index * 7 + $0 * 5) % 11) - 5 }
        return NewImage(id: name, embedding: try Embedding(canonicalizing: components))
    }
}

/// A ranking as the interchange format writes it, another pair for every number.
func rank(_ number: Int, by user: String, eventID: UUID? = nil) -> String {
    let winner = number % imageNames.count
    let loser = (winner + 1 + number / imageNames.count % (imageNames.count - 1)) % imageNames.count
    let id = eventID.map { #","eventID":"\#($0.uuidString)""# } ?? ""
    return #"{"kind":"rank","user":"\#(user)","space":"v6","winner":"\#(imageNames[winner])","#
        + #""loser":"\#(imageNames[loser])"\#(id)}"#
}
