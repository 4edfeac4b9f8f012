public import EventLog
internal import LMDB
internal import Projections
public import PromptLanguage

/// Why the store did not do what it was asked. Nothing of the request is in the log.
///
/// ``kind`` is one word for programs, the same that `storectl --json` and the HTTP server give; ``isStoreFailure`` tells a
/// failure of the store, which is an operator's business, from a request that is at fault.
///
/// One allocation each, and one word to return, since the writer throws it while others wait.
public indirect enum StoreError: Error, Sendable {
    /// The event with this index in the batch, or the only thing that was to be appended, is at fault.
    case event(index: Int, EventFault)
    /// What the caller expected of the log does not hold; read again and decide anew.
    case expectation(UnmetCondition)
    /// What was asked about codes, profiles or spaces is at fault.
    case fault(CodeFault)
    /// The prompt cannot be understood; `suggestions` are the user's own codes that are one edit from a mistyped one,
    /// or that a word begins which is no code.
    case prompt(PromptError, suggestions: [String])
    /// The store could not be read or written.
    case storage(StorageError)
    /// The task was cancelled before the append began.
    case cancelled
}

extension StoreError {
    /// The word for programs.
    public var kind: ErrorKind {
        switch self {
        case .event(_, let fault): fault.kind
        case .expectation: .expectation
        case .fault(let fault): fault.kind
        case .prompt(let error, _): error.errorKind
        case .storage(let error): error.kind
        case .cancelled: .cancelled
        }
    }

    /// Whether the store failed: nothing is wrong with the request.
    public var isStoreFailure: Bool { storageError != nil }

    /// What is wrong with the store, when it is the store that failed.
    public var storageError: StorageError? { if case .storage(let error) = self { error } else { nil } }

    /// What is wrong and the remedy, without the event's place in its batch: for whoever appended one thing.
    public var reason: String { if case .event(_, let fault) = self { fault.description } else { description } }
}

extension StoreError: CustomStringConvertible {
    /// What happened, to which event, and the remedy.
    public var description: String {
        switch self {
        case .event(let index, let fault): "event \(index + 1) of the batch: \(fault)"
        case .expectation(let fault): fault.description
        case .fault(let fault): fault.description
        case .prompt(let error, let suggestions):
            suggestions.isEmpty
                ? error.description : "\(error); did you mean \(suggestions.joined(separator: " or "))?"
        case .storage(let error): error.description
        case .cancelled: "the append was cancelled before it began"
        }
    }
}

extension StoreError: AppendFailure {
    /// The fault of an event whose place in the batch is not known yet; see ``atEvent(_:)``.
    static func event(_ fault: EventFault) -> StoreError { .event(index: 0, fault) }

    /// The same error, of the event with an index in the batch.
    func atEvent(_ index: Int) -> StoreError {
        if case .event(_, let fault) = self { .event(index: index, fault) } else { self }
    }

    /// A record is damaged.
    static func record(_ error: RecordError) -> StoreError { .storage(.record(error)) }

    /// A derived row is damaged.
    static func damagedRow(table: String, _ detail: String) -> StoreError {
        .storage(.damagedRow(table: table, detail))
    }

    /// Runs an operation that may fail in the storage only.
    static func wrap<Result: ~Copyable>(_ operation: () throws(StorageError) -> Result) throws(StoreError) -> Result {
        do { return try operation() } catch { throw .storage(error) }
    }

    /// Runs an operation that may fail in LMDB only.
    static func wrapDatabase<Result: ~Copyable>(
        _ operation: () throws(LMDBError) -> Result
    ) throws(StoreError) -> Result {
        do { return try operation() } catch { throw .storage(.database(error)) }
    }

    /// Runs an operation that may meet a damaged record.
    static func wrapRecord<Result: ~Copyable>(
        _ operation: () throws(RecordError) -> Result
    ) throws(StoreError) -> Result {
        do { return try operation() } catch { throw .record(error) }
    }

    /// Why a profile could not be folded.
    init(_ failure: FoldFailure, of profile: ProfileName) {
        switch failure {
        case .storage(let error): self = .storage(error)
        case .fold(.tooManyComparisons): self = .fault(.tooManyComparisons(profile))
        case .fold(let error): self = .fault(.unfoldable(profile, error))
        }
    }
}
