internal import Hummingbird
internal import PersonalizationStore

/// Answers with `{"error": {"kind", "message"}}` and a fitting status when a route throws.
struct FailuresAsJSON: RouterMiddleware {
    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch {
            let failure = Failure(error)
            if failure.status.kind == .serverError {
                context.logger.error("a request failed", metadata: ["error": "\(failure.message)"])
            }
            var response = try context.responseEncoder.encode(
                FailureReport(error: failure), from: request, context: context)
            response.status = failure.status
            return response
        }
    }
}

private struct FailureReport: Encodable {
    let error: Failure
}

/// What went wrong, as HTTP says it.
private struct Failure: Encodable {
    let status: HTTPResponse.Status
    let kind: String
    let message: String

    private enum CodingKeys: CodingKey { case kind, message }

    init(_ status: HTTPResponse.Status, _ kind: String, _ message: String) {
        self.status = status
        self.kind = kind
        self.message = message
    }

    init(_ error: any Error) {
        switch error {
        case let error as InterchangeError:
            self.init(error.isStoreFailure ? .serviceUnavailable : .badRequest, "usage", error.description)
        case let error as any ClassifiedError: self.init(error.kind.status, error.kind.rawValue, error.description)
        case let error as DecodingError: self.init(.badRequest, "usage", error.sentence)
        case let error as any HTTPResponseError: self.init(error)
        default: self.init(.internalServerError, "failed", "\(error)")
        }
    }

    private init(_ error: any HTTPResponseError) {
        switch error.status {
        case .notFound: self.init(.notFound, "unknownPath", "there is nothing here; openapi.yaml lists the paths")
        case .contentTooLarge: self.init(.contentTooLarge, "tooLarge", "the body is too large; send smaller batches")
        default: self.init(error.status, "usage", (error as? HTTPError)?.body ?? error.status.reasonPhrase)
        }
    }
}

extension ErrorKind {
    /// The status of a response that says so.
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .unknownCode, .unknownSpace, .unknownImage: .notFound
        case .notEnoughData, .conflict, .expectation: .conflict
        case .revokedCode: .gone
        case .mistypedCode, .foreignCode, .ambiguousCode, .otherSpace, .unsupportedModel, .noDefaultModel, .prompt:
            .badRequest
        case .storage, .open, .cancelled: .serviceUnavailable
        default: .unprocessableContent
        }
    }
}

extension DecodingError {
    /// Where the JSON is wrong, and how.
    fileprivate var sentence: String {
        let context: Context
        var path: [any CodingKey]
        switch self {
        case .keyNotFound(let key, let where_): (context, path) = (where_, where_.codingPath + [key])
        case .typeMismatch(_, let where_), .valueNotFound(_, let where_), .dataCorrupted(let where_):
            (context, path) = (where_, where_.codingPath)
        @unknown default: return "the JSON cannot be read: \(self)"
        }
        let place = path.map { $0.intValue.map { "event \($0 + 1)" } ?? "'\($0.stringValue)'" }
        return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + context.debugDescription
    }
}
