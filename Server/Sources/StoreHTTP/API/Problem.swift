package import Hummingbird
internal import NIOCore
internal import PersonalizationStore

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

extension Problem {
    /// What an error means to who asked.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as StoreError: self.init(error)
        case let error as InterchangeError: self.init(error.fault, line: error.line)
        case let error as any ClassifiedError: self.init(error.kind.status, error.kind.rawValue, error.description)
        case is NIOTooManyBytesError:
            self.init(
                .contentTooLarge, "tooLarge", "the body is too large; send smaller batches",
                headers: [.connection: "close"])
        case is CancellationError:
            self.init(
                .serviceUnavailable, "busy", "the server is shutting down; try again", headers: [.retryAfter: "1"])
        default: self.init(.internalServerError, "failed", "the request failed; the server's log says why")
        }
    }

    private init(_ error: StoreError) {
        self.init(error.kind.status, error.kind.rawValue, error.description)
        switch error {
        case .event(let index, _): members = ["event": .integer(index + 1)]
        case .fault(.notEnoughData(_, let have, let need)): members = ["have": .integer(have), "need": .integer(need)]
        case .fault(.mistyped(_, let suggestions)): members = ["suggestions": .array(suggestions.map { .string($0) })]
        case .fault(.ambiguous(_, let candidates)): members = ["candidates": .array(candidates.map { .string($0) })]
        case .prompt(let fault, let suggestions):
            members = [
                "column": .integer(fault.column), "token": .string(fault.token),
                "suggestions": .array(suggestions.map { .string($0) }),
            ]
        case .fault(.damagedBundle): self.init(.badRequest, error.kind.rawValue, error.description)
        case .cancelled:
            self.init(.serviceUnavailable, "busy", error.description + "; try again", headers: [.retryAfter: "1"])
        default: break
        }
    }

    /// What is wrong with a line, or an element, of the interchange format.
    init(_ fault: InterchangeFault, line: Int) {
        switch fault {
        case .refused(let error) where error.isStoreFailure || error.kind == .expectation || error.kind == .cancelled:
            self.init(error)
        default: self.init(.badRequest, "line", "line \(line): \(fault)", ["line": .integer(line)])
        }
    }
}

extension ErrorKind {
    /// The status of a response that says so.
    var status: HTTPResponse.Status {
        switch self {
        case .unknownCode, .unknownSpace, .unknownProfile, .unknownImage: .notFound
        case .notEnoughData, .conflict, .expectation: .conflict
        case .revokedCode: .gone
        case .mistypedCode, .foreignCode, .ambiguousCode, .otherSpace, .unsupportedModel, .noDefaultModel, .prompt,
            .line:
            .badRequest
        case .notOwner: .forbidden
        case .storage, .open, .damaged, .output, .cancelled: .serviceUnavailable
        default: .unprocessableContent
        }
    }
}
