internal import Hummingbird
internal import NIOCore
internal import PersonalizationStore

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
        case let error as ErasureError: self.init(error)
        case let error as ProofError: self.init(error)
        case let error as TransparencyError: self.init(.badRequest, "proof", error.description)
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
        // What was asked for was one thing, and no batch whose events have numbers.
        case .append(.event(_, let fault)): self.init(fault)
        case .append(let error): self.init(error)
        case .storage(let error): self.init(.serviceUnavailable, "storage", error.description)
        }
    }

    private init(_ fault: EventFault) {
        let (status, kind) = fault.statusAndKind
        self.init(status, kind, fault.description)
    }

    private init(_ error: AppendError) {
        switch error {
        case .event(let index, let fault):
            let (status, kind) = fault.statusAndKind
            self.init(status, kind, error.description, ["event": .integer(index + 1)])
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
        case .append(.event(_, let fault)): self.init(fault)
        case .append(let error): self.init(error)
        case .catalogue, .threshold: self.init(.unprocessableContent, "space", error.description)
        }
    }
}

extension Problem {
    private init(_ error: ErasureError) {
        switch error {
        case .append(.event(_, let fault)): self.init(fault)
        case .append(let error): self.init(error)
        case .unfinished: self.init(.serviceUnavailable, "unfinished", error.description)
        }
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
        case .noEvent: self.init(.notFound, "unknownEvent", error.description)
        case .rewritten: self.init(.conflict, "rewritten", error.description)
        case .storage(let error): self.init(.serviceUnavailable, "storage", error.description)
        case .notProven, .notConsistent, .opening: self.init(.unprocessableContent, "proof", error.description)
        default: self.init(.internalServerError, "failed", "the request failed; the server's log says why")
        }
    }
}

extension EventFault {
    fileprivate var statusAndKind: (HTTPResponse.Status, String) {
        switch self {
        case .eventIDConflict, .imageConflict, .profileMoved, .spaceConflict, .profileExists: (.conflict, "conflict")
        case .archivedProfile: (.conflict, "archived")
        case .erasureScheduled: (.conflict, "erasureScheduled")
        case .unknownProfile: (.notFound, "unknownProfile")
        case .unknownPerson, .noErasureScheduled: (.notFound, "refused")
        default: (.unprocessableContent, "refused")
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
        case .notReady: (.conflict, "notReady")
        case .archived: (.conflict, "archived")
        case .erasureScheduled: (.conflict, "erasureScheduled")
        case .revoked: (.gone, "revokedCode")
        case .pinErased: (.gone, "pinErased")
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
        case .notImported: (.unprocessableContent, "notImported")
        case .tooManyComparisons, .unfoldable, .beforeFirstEvent, .weight, .tooManyPinned, .unblendable, .pairCount,
            .profileCount, .boardWithoutPairs:
            (.unprocessableContent, "refused")
        }
    }
}
