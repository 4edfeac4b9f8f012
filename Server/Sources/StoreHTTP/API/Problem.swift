package import Hummingbird

/// Why a request was not answered as asked: thrown by what handles it, and sent as a problem document (RFC 9457).
package struct Problem: Error {
    /// The status of the response.
    package let status: HTTPResponse.Status
    /// A word for programs, one of `storectl --json` (docs/storectl-json.md) or of ``kinds``.
    package let kind: String
    /// What happened, to what, and the remedy.
    let detail: String
    /// Further members of the document.
    var members: [String: JSONValue] = [:]
    /// Headers that the status needs.
    package var headers: HTTPFields = [:]

    /// The kinds that only the server has.
    static let kinds = [
        "unauthenticated", "forbidden", "unknownPath", "methodNotAllowed", "tooLarge", "tooSlow", "tooMany", "busy",
        "conflict",
    ]

    init(
        _ status: HTTPResponse.Status, _ kind: String, _ detail: String, _ members: [String: JSONValue] = [:],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.kind = kind
        self.detail = detail
        self.members = members
        self.headers = headers
    }

    /// A request that cannot be understood.
    static func usage(_ detail: String) -> Problem { Problem(.badRequest, "usage", detail) }

    /// The problem document.
    var document: JSONValue {
        var document = members
        document["type"] = .string("urn:personalization-store:problem:\(kind)")
        document["title"] = .string(status.reasonPhrase)
        document["status"] = .integer(status.code)
        document["detail"] = .string(detail)
        document["kind"] = .string(kind)
        return .object(document)
    }

    /// The document as a response.
    var response: Response {
        var response = Answer.json(document, status: status)
        response.headers[.contentType] = "application/problem+json"
        for field in headers { response.headers[field.name] = field.value }
        return response
    }
}
