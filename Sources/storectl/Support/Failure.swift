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
        case let error as any ClassifiedError:
            self.init(status: Status(of: error), kind: error.kind.rawValue, message: Self.message(of: error))
        default: self.init(status: .failed, kind: "failed", message: "\(error)")
        }
    }

    /// What a command says of one thing needs no place in a batch.
    private static func message(of error: any ClassifiedError) -> String {
        switch error {
        case let error as StoreError: error.reason
        case ErasureError.append(let error): error.reason
        default: error.description
        }
    }

    /// Whether a store that was open for reading must be opened again (`StorageError.isOpenedMeanwhile`).
    static func isOpenedMeanwhile(_ error: any Error) -> Bool { storageError(error)?.isOpenedMeanwhile ?? false }

    /// Whether a store that was open for reading would have to be written to.
    static func isReadOnly(_ error: any Error) -> Bool {
        if case .readOnly? = storageError(error) { true } else { false }
    }

    private static func storageError(_ error: any Error) -> StorageError? {
        (error as? any ClassifiedError)?.storageError
    }
}

extension Failure.Status {
    /// The status of an error of the library.
    fileprivate init(of error: any ClassifiedError) {
        switch error.kind {
        case .prompt: self = .usage
        case .open, .damaged, .output, .unfinished, .cancelled: self = .failed
        case .key: self = Self.ofKey(error)
        default: self = error.isStoreFailure ? .failed : .no
        }
    }

    /// A key that is missing is a no; one whose text is none was mistyped; a file that cannot be used is a failure.
    private static func ofKey(_ error: any ClassifiedError) -> Self {
        switch error {
        case is TransparencyError, ProofError.transparency: .usage
        case ProofError.noKey, OpenError.signingKey(.noKey): .no
        case OpenError.signingKey(.transparency): .usage
        default: .failed
        }
    }
}
