internal import Hummingbird

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// All the routes, and finding the one that a request asks for.
struct RouteTable: Sendable {
    /// What was found for a method and a path.
    enum Match {
        case route(Route, [String: String])
        /// The path exists, with these methods only.
        case otherMethods([HTTPRequest.Method])
        case nothing
    }

    let routes: [Route]
    /// The routes whose paths have no parameter, by path and method: those that are asked for most.
    private let withoutParameters: [String: [HTTPRequest.Method: Route]]
    /// The routes by the number of segments in their paths.
    private let bySegmentCount: [Int: [(route: Route, segments: [Substring])]]

    init(_ routes: [Route]) {
        self.routes = routes
        withoutParameters = routes.reduce(into: [:]) { table, route in
            if route.pathParameters.isEmpty { table[route.path, default: [:]][route.method] = route }
        }
        bySegmentCount = Dictionary(grouping: routes.map { ($0, $0.segments) }) { $0.1.count }
    }

    /// Finds a route: HEAD is GET without the body. Of two that fit, the one with fewer parameters is meant.
    func match(_ method: HTTPRequest.Method, path: String) throws -> Match {
        let wanted = method == .head ? .get : method
        if let route = withoutParameters[path]?[wanted] { return .route(route, [:]) }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        var methods: [HTTPRequest.Method] = []
        var best: (route: Route, parameters: [String: String])?
        let given = path == "/" ? [] : Array(segments)
        for (route, pattern) in bySegmentCount[given.count] ?? [] {
            guard let parameters = try Self.parameters(of: pattern, in: given) else { continue }
            methods.append(route.method)
            guard route.method == wanted else { continue }
            if best.map({ parameters.count < $0.parameters.count }) ?? true { best = (route, parameters) }
        }
        if let best { return .route(best.route, best.parameters) }
        if methods.isEmpty { return .nothing }
        if methods.contains(.get) { methods.append(.head) }
        return .otherMethods(methods)
    }

    private static func parameters(of pattern: [Substring], in path: [Substring]) throws -> [String: String]? {
        var parameters: [String: String] = [:]
        for (expected, found) in zip(pattern, path) {
            if expected.first == "{", !found.isEmpty {
                let name = String(expected.dropFirst().dropLast())
                guard let text = String(found).removingPercentEncoding else {
                    throw Problem.usage("the path's '\(name)' is not percent-encoded UTF-8; correct the path")
                }
                parameters[name] = text
            } else if expected != found {
                return nil
            }
        }
        return parameters
    }
}
