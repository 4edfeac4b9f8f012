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
        case let error as StoreError:
            self.init(status: Status(of: error), kind: error.kind.rawValue, message: error.reason)
        case let error as any ClassifiedError:
            self.init(status: Status(of: error), kind: error.kind.rawValue, message: error.description)
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
        case let error as StoreError: error.storageError
        case OpenError.storage(let error), BackupError.copying(let error): error
        default: nil
        }
    }
}

extension Failure.Status {
    /// The status of an error of the library.
    fileprivate init(of error: any ClassifiedError) {
        switch error.kind {
        case .prompt: self = .usage
        case .open, .damaged, .output, .cancelled: self = .failed
        default: self = error.isStoreFailure ? .failed : .no
        }
    }
}
