internal import Hummingbird
internal import NIOCore
internal import PersonalizationStore

extension Problem {
    /// What an error means to who asked.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as StoreError: self.init(error)
        case let error as InterchangeError: self.init(error.fault, line: error.line)
        case ErasureError.append(let error): self.init(error)
        case let error as ProofError: self.init(error)
        case is TransparencyError: self.init(.badRequest, "proof", "\(error)")
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

    /// What was asked for was one thing, and no batch whose events have numbers.
    private init(_ error: StoreError) {
        self.init(error.kind.status, error.kind.rawValue, error.reason)
        switch error {
        case .event(_, let fault): self.init(fault, error.reason)
        case .fault(.notEnoughData(_, let have, let need)): members = ["have": .integer(have), "need": .integer(need)]
        case .fault(.mistyped(_, let suggestions)): members = ["suggestions": .array(suggestions.map { .string($0) })]
        case .fault(.ambiguous(_, let candidates)): members = ["candidates": .array(candidates.map { .string($0) })]
        case .fault(.damagedBundle): self.init(.badRequest, error.kind.rawValue, error.reason)
        case .prompt(let fault, let suggestions):
            members = [
                "column": .integer(fault.column), "token": .string(fault.token),
                "suggestions": .array(suggestions.map { .string($0) }),
            ]
        case .cancelled:
            self.init(.serviceUnavailable, "busy", error.description + "; try again", headers: [.retryAfter: "1"])
        default: break
        }
    }

    /// Why a batch of events was refused: `event` is the number of the one at fault.
    init(ofBatch error: StoreError) {
        if case .event(let index, let fault) = error {
            self.init(fault, error.description)
            members = ["event": .integer(index + 1)]
        } else {
            self.init(error)
        }
    }

    private init(_ fault: EventFault, _ detail: String) {
        switch fault {
        case _ where fault.isConflict: self.init(.conflict, "conflict", detail)
        case .archivedProfile: self.init(.conflict, "archived", detail)
        case .erasureScheduled: self.init(.conflict, "erasureScheduled", detail)
        case .unknownProfile: self.init(.notFound, "unknownProfile", detail)
        case .unknownPerson, .noErasureScheduled: self.init(.notFound, "refused", detail)
        default: self.init(fault.kind.status, fault.kind.rawValue, detail)
        }
    }

    /// What is wrong with a line, or an element, of the interchange format.
    init(_ fault: InterchangeFault, line: Int) {
        let isOwnFault = fault.isStoreFailure
        self.init(
            isOwnFault ? .serviceUnavailable : .badRequest, isOwnFault ? "storage" : "line",
            "line \(line): \(fault)", ["line": .integer(line)])
    }

    private init(_ error: ProofError) {
        switch error {
        // The remedy is an operator's, and where the store is, is nobody else's business.
        case .noKey:
            self.init(
                .notFound, "key",
                "the log has no signing key, so nothing can be proven; its operator can make one ('storectl key --make')"
            )
        case .keyExists, .keyFile:
            self.init(.serviceUnavailable, "key", "the log's signing key cannot be used; the server's log says why")
        case .code(let error): self.init(error)
        case .transparency(let error): self.init(.badRequest, "proof", error.description)
        default: self.init(error.kind.status, error.kind.rawValue, error.description)
        }
    }
}

extension ErrorKind {
    /// The status of a response that says so.
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .unknownCode, .unknownSpace, .unknownProfile, .unknownImage, .unknownEvent: .notFound
        case .notEnoughData, .notReady, .archived, .erasureScheduled, .expectation, .rewritten: .conflict
        case .revokedCode, .pinErased: .gone
        case .mistypedCode, .foreignCode, .ambiguousCode, .otherSpace, .unsupportedModel, .noDefaultModel, .prompt,
            .line:
            .badRequest
        case .notOwner: .forbidden
        case .storage, .open, .damaged, .output, .unfinished, .cancelled, .unavailable, .outcomeUnknown, .misconfigured,
            .notHere, .staleCatalogue:
            .serviceUnavailable
        default: .unprocessableContent
        }
    }
}
