public import Hummingbird
public import Logging
public import PersonalizationService
internal import PersonalizationStore

/// An HTTP face of a store, as `openapi.yaml` describes it.
///
/// The store runs as a service of the application: at a graceful shutdown the server first answers the requests in
/// flight, then the store is closed.
public func makeApplication(
    embedding service: StoreService, address: BindAddress, logger: Logger,
    onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) -> some ApplicationProtocol {
    Application(
        router: makeRouter(serving: service.store), configuration: ApplicationConfiguration(address: address),
        services: [service], onServerRunning: { await onServerRunning($0.localAddress?.port ?? 0) }, logger: logger)
}

package func makeRouter(serving instrumented: InstrumentedStore) -> Router<BasicRequestContext> {
    let store = instrumented.store
    let router = Router()
    router.add(middleware: TracingMiddleware())
    router.add(middleware: MetricsMiddleware())
    router.add(middleware: FailuresAsJSON())

    router.post("events") { request, _ in
        let body = try await request.body.collect(upTo: 8 << 20)
        let events = try NewEvent.list(interchangeJSON: Array(body.readableBytesView))
        if events.isEmpty { throw HTTPError(.badRequest, message: "the body has no events; send some") }
        return try await instrumented.append(events)
    }

    router.post("resolve") { request, context in
        let question = try await request.decode(as: Question.self, context: context)
        let user = try question.user.asName("user")
        let model = try question.model?.asName("model")
        return try await instrumented.resolve(question.prompt, user: user, model: model)
    }

    router.get("codes/{user}") { request, context in
        let profile = try request.profile(context.parameters)
        guard try store.spaceDescriptor(profile.space) != nil else {
            throw StoreError.fault(.unknownSpace(profile.space))
        }
        return try store.codes(of: profile)
    }

    router.get("progress/{user}") { request, context in
        try store.progress(of: try request.profile(context.parameters))
    }

    router.get("pairs/{user}") { request, context in
        let query = request.uri.queryParameters
        let images = query[values: "from"].map(String.init)
        return try store.pairs(
            for: try request.profile(context.parameters), count: try query.number("count") ?? 1,
            from: images.isEmpty ? nil : images, seed: try query.number("seed") ?? 0)
    }

    router.get("versions/{code}") { _, context in
        try store.version(try context.parameters.decoded("code"))
    }

    router.get("health") { _, _ in HealthReport(events: try store.head()?.position.number ?? 0) }

    router.get("metrics") { _, _ in
        Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: try store.prometheusText())))
    }
    return router
}

/// What `POST /resolve` asks.
private struct Question: Decodable {
    let prompt: String
    let user: String
    let model: String?
}

extension Request {
    /// The profile that the path and the query name.
    fileprivate func profile(_ parameters: Parameters) throws -> ProfileName {
        let query = uri.queryParameters
        let space = try query.require("space").asName("space", atMost: 128)
        let profile = try (query.get("profile") ?? ProfileName.defaultProfile).asName("profile", atMost: 128)
        return ProfileName(user: try parameters.decoded("user").asName("user"), space: space, profile: profile)
    }
}

extension Parameters {
    /// A number of the query, if it has one of this name.
    fileprivate func number<Number: FixedWidthInteger>(_ name: String) throws -> Number? {
        guard let text = get(name) else { return nil }
        guard let number = Number(text) else {
            throw HTTPError(.badRequest, message: "the \(name) '\(text.prefix(40))' is no number; correct it")
        }
        return number
    }

    /// A part of the path, without its percent encoding.
    fileprivate func decoded(_ name: String) throws -> String {
        guard let text = try require(name).removingPercentEncoding else {
            throw HTTPError(.badRequest, message: "the \(name) is not percent-encoded UTF-8; correct the path")
        }
        return text
    }
}

extension String {
    /// The text, if the store could have something of this name.
    fileprivate func asName(_ field: String, atMost byteCount: Int = 255) throws -> String {
        guard (1...byteCount).contains(utf8.count), !utf8.contains(0) else {
            throw HTTPError(.badRequest, message: "the \(field) is no name; use 1 to \(byteCount) bytes without NUL")
        }
        return self
    }
}
