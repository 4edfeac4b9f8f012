internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Tracing

/// Answers requests by the table of routes.
struct Responder: HTTPResponder {
    typealias Context = BasicRequestContext

    let table: RouteTable
    let state: ServerState

    func respond(to request: Request, context: BasicRequestContext) async -> Response {
        let start = ContinuousClock.now
        let (route, response) = await withSpan(
            "HTTP", context: RequestTracing.context(of: request), ofKind: .server
        ) { span in
            let (route, response) = await handled(request, context.logger)
            RequestTracing.describe(span, request.method, route, response)
            return (route, response)
        }
        state.metrics.recordRequest(
            route: route?.path ?? "none", method: request.method.asLabel, status: response.status.code,
            took: ContinuousClock.now - start)
        return response
    }

    private func handled(_ request: Request, _ logger: Logger) async -> (Route?, Response) {
        var route: Route?
        var response: Response
        do {
            switch try table.match(request.method, path: request.uri.path) {
            case .route(let found, let parameters):
                route = found
                response = try await answer(request, found, parameters)
            case .otherMethods(let methods): response = try otherMethod(request, methods)
            case .nothing:
                throw Problem(.notFound, "unknownPath", "there is nothing here; /v1/openapi.json lists the paths")
            }
        } catch {
            let problem = Problem(error)
            if problem.status.kind == .serverError, problem.kind != "busy" {
                // The route's pattern, not the path: a path has the user's name in it.
                logger.error("a request failed", metadata: ["route": "\(route?.path ?? "")", "error": "\(error)"])
            }
            response = problem.response
        }
        SecurityHeaders.add(to: &response, isSecure: state.configuration.certificate != nil)
        CrossOrigin.allow(request, in: &response, origins: state.configuration.origins)
        if request.method == .head {
            if let length = response.body.contentLength { response.headers[.contentLength] = "\(length)" }
            response.body = ResponseBody()
        }
        return (route, response)
    }

    private func answer(
        _ request: Request, _ route: Route, _ parameters: [String: String]
    ) async throws -> Response {
        let pass = try state.limits.enter(isStream: route.isStream)
        defer { withExtendedLifetime(pass) {} }
        let caller = route.rule == .open ? .nobody : try await self.caller(of: request, route)
        // The page's files and the health are cheap, and a busy server must not look like one that is ill.
        if route.rule != .open { try state.limits.charge(caller) }
        var call = try Call(route: route, request: request, caller: caller, server: state, parameters: parameters)
        try route.rule.check(call)
        switch route.body {
        case .none, .stream: break
        case .bytes: call.bytes = try await RequestBodyReader.bytes(of: request, route, state)
        case .json(let schema):
            let bytes = try await RequestBodyReader.bytes(of: request, route, state)
            if bytes.isEmpty, schema.canBeLeftOut {
                call.body = [:]
            } else {
                do { call.body = try JSONParser.parse(bytes) } catch {
                    throw Problem.usage("the body is no JSON: \(error)")
                }
            }
            if let fault = schema.fault(in: call.body, at: "the body") { throw Problem.usage(fault) }
        }
        var response = try await route.handle(call)
        if route.isStream {
            // A follower counts until its response has ended, or was given up before it began.
            let body = response.body
            response.body = ResponseBody(contentLength: body.contentLength) { writer in
                defer { withExtendedLifetime(pass) {} }
                try await body.write(writer)
            }
        }
        return response
    }

    private func caller(of request: Request, _ route: Route) async throws -> Caller {
        guard let header = request.headers[.authorization] else {
            guard !route.rule.needsToken(publicReads: state.configuration.readsArePublic) else {
                throw Problem(
                    .unauthorized, "unauthenticated",
                    "there is no token; send 'Authorization: Bearer' with a service's or a user's",
                    headers: [.wwwAuthenticate: "Bearer realm=\"personalization store\""])
            }
            return .nobody
        }
        guard header.count > 7, header.prefix(7).lowercased() == "bearer " else {
            throw Keyring.refusal("the header 'Authorization' has no bearer token; send 'Bearer' and the token")
        }
        return try await state.keys.current().caller(of: String(header.dropFirst(7)))
    }

    private func otherMethod(_ request: Request, _ methods: [HTTPRequest.Method]) throws -> Response {
        let allowed = Set(methods.map(\.rawValue)).union(["OPTIONS"]).sorted().joined(separator: ", ")
        if request.method == .options {
            return Response(status: .noContent, headers: [.allow: allowed])
        }
        throw Problem(
            .methodNotAllowed, "methodNotAllowed", "this path knows \(allowed) only", headers: [.allow: allowed])
    }
}

extension HTTPRequest.Method {
    /// The method as a label of metrics: any token may be a method, and labels must be few.
    var asLabel: String {
        ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"].contains(rawValue) ? rawValue : "other"
    }
}
