import Foundation
import PersonalizationStore

/// Why a command did not do what it was asked, and the exit status that says so.
struct Failure: Error {
    /// The contract of exit statuses (docs/storectl-json.md).
    enum Status: Int32 {
        /// The answer is no: not enough data, an unknown code, a mismatch found.
        case no = 1
        /// The command line or a prompt cannot be understood.
        case usage = 2
        /// The store is damaged, or an operation failed.
        case failed = 3
    }

    let status: Status
    /// A word for scripts.
    let kind: String
    /// What happened, to which record, and the remedy.
    let message: String

    /// Says it on standard error: for people, or with `--json` as one object.
    func report() {
        if CommandLine.arguments.contains("--json") {
            let object = ErrorReport(error: .init(kind: kind, message: message))
            Output.complainJSON(Output.encode(object))
        } else {
            Output.complain("storectl: \(message)")
        }
    }

    private struct ErrorReport: Encodable {
        struct Body: Encodable {
            let kind: String
            let message: String
        }
        let error: Body
    }
}

extension Failure {
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case OpenError.signingKey(let error): self.init(error)
        case let error as OpenError: self.init(status: .failed, kind: "open", message: error.description)
        case let error as StorageError: self.init(status: .failed, kind: "storage", message: error.description)
        case let error as PersonalizationError: self.init(error)
        case let error as CodeFault: self.init(PersonalizationError.fault(error))
        case let error as AppendError: self.init(error)
        case ErasureError.append(let error): self.init(error)
        case let error as ErasureError:
            self.init(status: .failed, kind: "unfinished", message: error.description)
        case let error as InterchangeError:
            self.init(
                status: error.fault.isOperatingFailure ? .failed : .no, kind: "line", message: error.description)
        case let error as SpaceDefinitionError: self.init(error)
        case let error as BackupError: self.init(error)
        case let error as ProofError: self.init(error)
        case let error as TransparencyError: self.init(error)
        default: self.init(status: .failed, kind: "failed", message: "\(error)")
        }
    }

    /// Whether a store that was open for reading must be opened again (`StorageError.isOpenedMeanwhile`).
    static func isOpenedMeanwhile(_ error: any Error) -> Bool { storageError(error)?.isOpenedMeanwhile ?? false }

    /// Whether a store that was open for reading would have to be written to.
    static func isReadOnly(_ error: any Error) -> Bool {
        if case .readOnly? = storageError(error) { true } else { false }
    }

    private static func storageError(_ error: any Error) -> StorageError? {
        switch error {
        case let error as StorageError: error
        case OpenError.storage(let error), AppendError.storage(let error), PersonalizationError.storage(let error),
            PersonalizationError.append(.storage(let error)), BackupError.copying(let error),
            ProofError.storage(let error), ProofError.code(.storage(let error)):
            error
        default: nil
        }
    }

    private init(_ error: PersonalizationError) {
        switch error {
        case .fault(let fault): self.init(status: .no, kind: fault.kind, message: error.description)
        case .prompt(let fault, _):
            let kind: String? =
                switch fault.kind {
                case .mistypedCode, .malformedCode: "mistypedCode"
                case .foreignCode: "foreignCode"
                default: nil
                }
            self.init(status: kind == nil ? .usage : .no, kind: kind ?? "prompt", message: error.description)
        case .append(let error): self.init(error)
        case .storage: self.init(status: .failed, kind: "storage", message: error.description)
        }
    }

    private init(_ error: AppendError) {
        switch error {
        case .event(_, let fault): self.init(status: .no, kind: "refused", message: fault.description)
        case .expectation: self.init(status: .no, kind: "expectation", message: error.description)
        case .storage, .cancelled: self.init(status: .failed, kind: "storage", message: error.description)
        }
    }

    private init(_ error: SpaceDefinitionError) {
        switch error {
        case .append(let error): self.init(error)
        case .catalogue, .threshold: self.init(status: .no, kind: "space", message: error.description)
        }
    }
}

extension Failure {
    private init(_ error: BackupError) {
        let kind =
            switch error {
            case .insideStore: "output"
            case .copying: "storage"
            case .unreadable, .damaged: "damaged"
            }
        self.init(status: .failed, kind: kind, message: error.description)
    }
}

extension Failure {
    private init(_ error: ProofError) {
        switch error {
        case .code(let error): self.init(error)
        case .transparency(let error): self.init(error)
        case .noKey: self.init(status: .no, kind: "key", message: error.description)
        case .keyExists, .keyFile: self.init(status: .failed, kind: "key", message: error.description)
        case .noEvent: self.init(status: .no, kind: "unknownEvent", message: error.description)
        case .rewritten: self.init(status: .no, kind: "rewritten", message: error.description)
        case .storage: self.init(status: .failed, kind: "storage", message: error.description)
        case .notProven, .notConsistent, .opening: self.init(status: .no, kind: "proof", message: error.description)
        }
    }

    private init(_ error: TransparencyError) {
        switch error {
        case .keyName, .verifierKey, .signingKey: self.init(status: .usage, kind: "key", message: error.description)
        default: self.init(status: .no, kind: "proof", message: error.description)
        }
    }
}

extension CodeFault {
    /// The word for scripts.
    fileprivate var kind: String {
        switch self {
        case .unknown: "unknownCode"
        case .mistyped, .tooShort: "mistypedCode"
        case .ambiguous: "ambiguousCode"
        case .revoked: "revokedCode"
        case .otherSpace: "otherSpace"
        case .notEnoughData: "notEnoughData"
        case .unknownSpace: "unknownSpace"
        case .unknownHouse, .tooFewContributors, .notHouse, .threshold, .houseProfile: "house"
        case .unsupportedModel: "unsupportedModel"
        case .noDefaultModel: "noDefaultModel"
        case .unknownProfile: "unknownProfile"
        case .notOwner: "notOwner"
        case .unknownImage: "unknownImage"
        case .notImported: "notImported"
        case .damagedBundle, .bundleOfOtherSpace: "bundle"
        case .notForeignCode, .aliasIsCode: "alias"
        case .erasureScheduled: "erasureScheduled"
        case .pinErased: "pinErased"
        case .archived: "archived"
        case .notReady: "notReady"
        case .tooManyComparisons, .unfoldable, .beforeFirstEvent, .weight, .tooManyPinned, .unknownEvent, .unblendable,
            .pairCount, .profileCount, .boardWithoutPairs:
            "refused"
        }
    }
}
