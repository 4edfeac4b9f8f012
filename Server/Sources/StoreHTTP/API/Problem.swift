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
        case let error as PersonalizationError: self.init(error)
        case let error as CodeFault: self.init(PersonalizationError.fault(error))
        case let error as AppendError: self.init(error)
        case let error as StorageError: self.init(.serviceUnavailable, "storage", error.description)
        case let error as InterchangeError: self.init(error.fault, line: error.line)
        case let error as SpaceDefinitionError: self.init(error)
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

    private init(_ error: PersonalizationError) {
        switch error {
        case .fault(let fault):
            let (status, kind) = fault.statusAndKind
            self.init(status, kind, error.description)
            switch fault {
            case .notEnoughData(_, let have, let need):
                members = ["have": .integer(have), "need": .integer(need)]
            case .mistyped(_, let suggestions): members = ["suggestions": .array(suggestions.map { .string($0) })]
            case .ambiguous(_, let candidates): members = ["candidates": .array(candidates.map { .string($0) })]
            default: break
            }
        case .prompt(let fault, let suggestions):
            let kind =
                switch fault.kind {
                case .mistypedCode, .malformedCode: "mistypedCode"
                case .foreignCode: "foreignCode"
                default: "prompt"
                }
            self.init(
                .badRequest, kind, error.description,
                [
                    "column": .integer(fault.column), "token": .string(fault.token),
                    "suggestions": .array(suggestions.map { .string($0) }),
                ])
        case .append(let error): self.init(error)
        case .storage(let error): self.init(.serviceUnavailable, "storage", error.description)
        }
    }

    private init(_ error: AppendError) {
        switch error {
        case .event(let index, let fault):
            switch fault {
            case .eventIDConflict, .imageConflict, .profileMoved, .spaceConflict:
                self.init(.conflict, "conflict", error.description, ["event": .integer(index + 1)])
            default: self.init(.unprocessableContent, "refused", error.description, ["event": .integer(index + 1)])
            }
        case .expectation: self.init(.conflict, "expectation", error.description)
        case .storage: self.init(.serviceUnavailable, "storage", error.description)
        case .cancelled:
            self.init(.serviceUnavailable, "busy", error.description + "; try again", headers: [.retryAfter: "1"])
        }
    }

    /// What is wrong with a line, or an element, of the interchange format.
    init(_ fault: InterchangeFault, line: Int) {
        if case .append(let error) = fault {
            self.init(error)
        } else {
            let isOwnFault = fault.isOperatingFailure
            self.init(
                isOwnFault ? .serviceUnavailable : .badRequest, isOwnFault ? "storage" : "line",
                "line \(line): \(fault)", ["line": .integer(line)])
        }
    }

    private init(_ error: SpaceDefinitionError) {
        switch error {
        case .append(let error): self.init(error)
        case .catalogue, .threshold: self.init(.unprocessableContent, "space", error.description)
        }
    }
}

extension CodeFault {
    fileprivate var statusAndKind: (HTTPResponse.Status, String) {
        switch self {
        case .unknown: (.notFound, "unknownCode")
        case .unknownSpace: (.notFound, "unknownSpace")
        case .unknownProfile: (.notFound, "unknownProfile")
        case .unknownImage: (.notFound, "unknownImage")
        case .notEnoughData: (.conflict, "notEnoughData")
        case .revoked: (.gone, "revokedCode")
        case .pinErased: (.gone, "pinErased")
        case .erasureScheduled: (.gone, "erasureScheduled")
        case .mistyped, .tooShort: (.badRequest, "mistypedCode")
        case .ambiguous: (.badRequest, "ambiguousCode")
        case .otherSpace: (.badRequest, "otherSpace")
        case .unsupportedModel: (.badRequest, "unsupportedModel")
        case .noDefaultModel: (.badRequest, "noDefaultModel")
        case .notOwner: (.forbidden, "notOwner")
        case .damagedBundle: (.badRequest, "bundle")
        case .bundleOfOtherSpace: (.unprocessableContent, "bundle")
        case .unknownHouse, .tooFewContributors, .notHouse, .threshold, .houseProfile: (.unprocessableContent, "house")
        case .notForeignCode, .aliasIsCode: (.unprocessableContent, "alias")
        case .unknownEvent: (.notFound, "unknownEvent")
        default: (.unprocessableContent, "refused")
        }
    }
}
