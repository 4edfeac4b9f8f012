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
        let receipts = try await instrumented.append(try EventBatch(json: body).events)
        return receipts.map(ReceiptReport.init)
    }

    router.post("resolve") { request, context in
        let question = try await request.decode(as: Question.self, context: context)
        return ResolutionReport(
            try await instrumented.resolve(question.prompt, user: question.user, model: question.model))
    }

    router.get("codes/{user}") { request, context in
        let space = try request.uri.queryParameters.require("space")
        let profile = request.uri.queryParameters.get("profile") ?? ProfileName.defaultProfile
        let user = try context.parameters.decoded("user")
        guard try store.spaceDescriptor(space) != nil else {
            throw PersonalizationError.fault(.unknownSpace(space))
        }
        return try store.codes(of: ProfileName(user: user, space: space, profile: profile)).map(CodeReport.init)
    }

    router.get("versions/{code}") { _, context in
        VersionReport(try store.version(try context.parameters.decoded("code")))
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

extension Parameters {
    /// A part of the path, without its percent encoding.
    fileprivate func decoded(_ name: String) throws -> String {
        guard let text = try require(name).removingPercentEncoding else {
            throw HTTPError(.badRequest, message: "the \(name) is not percent-encoded UTF-8; correct the path")
        }
        return text
    }
}
