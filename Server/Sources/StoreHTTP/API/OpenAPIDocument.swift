internal import Hummingbird

/// The OpenAPI 3.1 document of a table of routes.
struct OpenAPIDocument: Sendable {
    /// The document as JSON.
    let bytes: [UInt8]

    /// Describes the routes; the document is made once, when the server starts.
    init(of routes: [Route], publicReads: Bool) {
        var paths: [String: JSONValue] = [:]
        for route in routes {
            var item = paths[route.path]?.members ?? [:]
            item[route.method.rawValue.lowercased()] = Self.operation(route, publicReads)
            paths[route.path] = .object(item)
        }
        let document: JSONValue = [
            "openapi": "3.1.0",
            "info": [
                "title": "Personalization store", "version": "1",
                "description": .string(
                    "The store behind an image service's --p: choices in, codes and tastes out. A maxLength is in "
                        + "characters, as JSON Schema counts; the limits of the store are in bytes of UTF-8, which "
                        + "x-maxBytes says: text of other than ASCII characters meets those first."),
            ],
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "token": [
                        "type": "http", "scheme": "bearer",
                        "description":
                            "A service's token, or a user's: a JWT with the user in 'sub' and its end in 'exp'.",
                    ]
                ],
                "schemas": .object(Documents.components),
            ],
        ]
        bytes = (try? Answer.encode(document)) ?? []
    }

    private static func operation(_ route: Route, _ publicReads: Bool) -> JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .string(route.operationID), "summary": .string(route.summary),
            "description": .string(route.rule.words), "responses": responses(route),
        ]
        let parameters =
            route.pathParameters.map { parameter($0, in: "path") } + route.query.map { parameter($0, in: "query") }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        switch route.body {
        case .none: break
        case .json(let schema):
            operation["requestBody"] = body(["application/json"], schema.document, isRequired: !schema.canBeLeftOut)
        case .bytes(let types, let schema): operation["requestBody"] = body(types, schema)
        case .stream(let type): operation["requestBody"] = body([type], ["type": "string"])
        }
        if route.rule != .open {
            let token: JSONValue = ["token": []]
            operation["security"] = route.rule.needsToken(publicReads: publicReads) ? [token] : [token, [:]]
        }
        return .object(operation)
    }

    private static func parameter(_ parameter: Route.Parameter, in place: String) -> JSONValue {
        var document: [String: JSONValue] = [
            "name": .string(parameter.name), "in": .string(place), "schema": parameter.schema.document,
            "description": .string(parameter.about),
        ]
        if place == "path" { document["required"] = true }
        return .object(document)
    }

    private static func body(
        _ types: [String], _ schema: JSONValue, isRequired: Bool = true
    ) -> JSONValue {
        let content = types.map { type in
            // Lines are checked one by one, so a schema of the whole body would say nothing.
            (
                type,
                JSONValue.object([
                    "schema": type.hasSuffix("json") && type.contains("/json") ? schema : ["type": "string"]
                ])
            )
        }
        return ["required": .bool(isRequired), "content": .object(Dictionary(content) { $1 })]
    }

    private static func responses(_ route: Route) -> JSONValue {
        var responses: [String: JSONValue] = [
            String(route.status.code): [
                "description": .string(route.summary), "content": [route.answers: ["schema": route.returns]],
            ]
        ]
        for status in Self.problems(of: route) {
            responses[String(status.code)] = [
                "description": .string(status.reasonPhrase),
                "content": ["application/problem+json": ["schema": Documents.problem]],
            ]
        }
        return .object(responses)
    }

    /// The statuses that a route's place in the table implies, and those that it names.
    static func problems(of route: Route) -> [HTTPResponse.Status] {
        var statuses: [HTTPResponse.Status] = [.tooManyRequests, .serviceUnavailable] + route.problems
        if route.rule != .open { statuses += [.unauthorized] }
        switch route.rule {
        case .service: statuses += [.forbidden]
        // Whoever is to be erased takes no part until then.
        case .userOfPath, .userOfBody, .usersOfEvents: statuses += [.forbidden, .conflict]
        case .ownerOfCode: statuses += [.forbidden, .notFound]
        case .open, .reader, .signedIn: break
        }
        switch route.body {
        case .none: break
        case .json, .bytes: statuses += [.badRequest, .contentTooLarge, .requestTimeout, .unsupportedMediaType]
        case .stream: statuses += [.badRequest]
        }
        if !route.query.isEmpty || !route.pathParameters.isEmpty { statuses += [.badRequest] }
        return statuses
    }
}
