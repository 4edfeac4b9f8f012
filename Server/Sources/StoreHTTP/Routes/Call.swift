internal import Hummingbird
internal import Logging
internal import NIOCore
internal import PersonalizationService
internal import PersonalizationStore

/// One request that was routed, checked against its route's schemas, and whose caller is known.
struct Call: Sendable {
    let route: Route
    let request: Request
    let caller: Caller
    let server: ServerState
    /// The body, once it was read and checked; null when the route takes none.
    var body = JSONValue.null
    /// The body's bytes, for routes that read them themselves.
    var bytes: [UInt8] = []
    fileprivate let parameters: [String: String]
    fileprivate let queries: [String: JSONValue]

    var store: Store { server.store.store }

    init(
        route: Route, request: Request, caller: Caller, server: ServerState, parameters: [String: String]
    ) throws {
        self.route = route
        self.request = request
        self.caller = caller
        self.server = server
        self.parameters = parameters
        for parameter in route.pathParameters {
            let value = JSONValue.string(parameters[parameter.name] ?? "")
            if case .whole = parameter.schema {
                try Self.check(Self.read(parameter.schema, parameters[parameter.name] ?? ""), parameter)
            } else {
                try Self.check(value, parameter)
            }
        }
        var queries: [String: JSONValue] = [:]
        if !route.query.isEmpty {
            let given = request.uri.queryParameters
            for parameter in route.query {
                let value: JSONValue
                if case .array(let element, _) = parameter.schema {
                    // A list is a parameter that comes several times.
                    let texts = given[values: parameter.name[...]]
                    if texts.isEmpty { continue }
                    value = .array(texts.map { Self.read(element, String($0)) })
                } else {
                    guard let text = given.get(parameter.name) else { continue }
                    value = Self.read(parameter.schema, text)
                }
                try Self.check(value, parameter)
                queries[parameter.name] = value
            }
        }
        self.queries = queries
    }

    private static func read(_ schema: Schema, _ text: String) -> JSONValue {
        switch schema {
        case .whole: Int(text).map(JSONValue.integer) ?? .string(text)
        case .number: Double(text).map(JSONValue.number) ?? .string(text)
        case .flag: text == "true" ? true : text == "false" ? false : .string(text)
        default: .string(text)
        }
    }

    private static func check(_ value: JSONValue, _ parameter: Route.Parameter) throws {
        if let fault = parameter.schema.fault(in: value, at: "the parameter '\(parameter.name)'") {
            throw Problem.usage(fault)
        }
    }

    // MARK: Parameters

    /// A parameter of the path, which the route names.
    func path(_ name: String) -> String { parameters[name] ?? "" }

    /// A parameter of the query, when it was given.
    func query(_ name: String) -> JSONValue? { queries[name] }

    /// The profile of a path with a user and a space.
    func profile() throws -> ProfileName {
        let space = path("space")
        guard try store.spaceDescriptor(space) != nil else {
            throw StoreError.fault(.unknownSpace(space))
        }
        return ProfileName(
            user: path("user"), space: space, profile: query("profile")?.text ?? ProfileName.defaultProfile)
    }

    /// The profile, or board, that a path names.
    func profileOfPath(_ parameter: String = "profile") throws -> ProfileName {
        ProfileName(user: path("user"), space: try profile().space, profile: path(parameter))
    }

    /// The version of a path with a code.
    func version() throws -> Version { try store.version(code()) }

    /// The code of a path.
    func code() throws -> Code { try Self.code(path("code")) }

    /// The code that a text of a request is.
    static func code(_ text: String?) throws -> Code {
        do { return try Code(text ?? "") } catch { throw StoreError.fault(.mistyped(text ?? "", suggestions: [])) }
    }

    /// A position of the path or query, which numbers from 1.
    func position(_ value: Int) throws -> Position {
        guard let position = UInt64(exactly: value).flatMap(Position.init(stored:)) else {
            throw Problem.usage("positions are counted from 1; correct \(value)")
        }
        return position
    }

    /// The event id of the body, when it has one.
    func eventID() throws -> EventID? {
        guard let text = body["eventID"]?.text else { return nil }
        guard let id = EventID(text) else { throw Problem.usage("'eventID' is not a UUID; correct it") }
        return id
    }

    // MARK: Access

    /// Refuses callers who may not act for a user.
    func requireUser(_ user: String) throws {
        guard caller.mayAct(for: user) else {
            throw Problem(
                .forbidden, "forbidden", "this is another user's; use a service token or a token of that user")
        }
    }

    // MARK: Writing

    /// Appends, and remembers for the health report whether the store can be written.
    func append(_ events: [NewEvent]) async throws -> [Receipt] {
        do {
            return try await server.health.watching { try await server.store.append(events) }
        } catch let error as StoreError {
            throw Problem(ofBatch: error)
        }
    }

    /// Does something that writes, and remembers whether the store can be written.
    func writing<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await server.health.watching(body)
    }
}
