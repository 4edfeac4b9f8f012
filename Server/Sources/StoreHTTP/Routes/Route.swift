package import Hummingbird

/// One line of the table of routes: from it requests are routed, callers are judged, parameters are checked, wrong
/// methods are answered and the OpenAPI document is written.
package struct Route: Sendable {
    /// A parameter of the path or the query.
    package struct Parameter: Sendable {
        /// The name in braces, or in the query.
        package let name: String
        let schema: Schema
        let about: String
    }

    /// What a request may carry.
    package enum Body: Sendable {
        case none
        /// A JSON document, which is checked before the handler sees it.
        case json(Schema)
        /// Bytes of a media type, which the handler reads.
        case bytes([String], JSONValue)
        /// Bytes of a media type, which the handler reads as they come, without a limit to their number.
        case stream(String)
    }

    /// The method.
    package let method: HTTPRequest.Method
    /// The path, with parameters as `{name}`; each is one segment.
    package let path: String
    /// Who may use it.
    package let rule: AccessRule
    /// What a good answer is, as JSON Schema says it; text, unless something else is said.
    var returns = Documents.text
    let summary: String
    /// What the parameters in the path are.
    package var pathParameters: [Parameter] = []
    /// What the parameters of the query are.
    package var query: [Parameter] = []
    package var body = Body.none
    /// How many bytes a body may have.
    var bodyLimit = 1 << 20
    /// The media type of the answer.
    var answers = "application/json"
    var status = HTTPResponse.Status.ok
    /// Statuses of problems, beside those that every route may answer.
    var problems: [HTTPResponse.Status] = []
    /// Whether the answer goes on until somebody ends it; such a request counts among the streams.
    package var isStream = false
    let handle: @Sendable (Call) async throws -> Response

    /// The path's segments.
    var segments: [Substring] { path.split(separator: "/") }

    /// The name of the operation: the method and the path's words.
    var operationID: String {
        let words = path.split { !$0.isLetter && !$0.isNumber }.dropFirst()
        return method.rawValue.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
