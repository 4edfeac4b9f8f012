public import EventLog
internal import PromptLanguage

/// What an error is about, in one word: `kind` in `storectl --json` (docs/storectl-json.md) and in the HTTP server's problem
/// documents. A word is never given another meaning; new ones may come.
@nonexhaustive
public enum ErrorKind: String, Hashable, Sendable, CaseIterable {
    /// A profile has fewer comparisons than a taste takes.
    case notEnoughData
    /// No version has the code.
    case unknownCode
    /// A text is no code, or too short to be looked for.
    case mistypedCode
    /// A code of another service, without an alias here.
    case foreignCode
    /// A text begins several codes.
    case ambiguousCode
    /// A code was revoked by its owner, or taken down by an operator.
    case revokedCode
    /// A code or version is of another space than the one in question.
    case otherSpace
    /// No space serves the model.
    case unsupportedModel
    /// The prompt names no model, and the store has no default.
    case noDefaultModel
    /// No space has the name.
    case unknownSpace
    /// The user has no such profile yet.
    case unknownProfile
    /// The space has no image with the id.
    case unknownImage
    /// A code or version is somebody else's.
    case notOwner
    /// A version was minted here, and not imported.
    case notImported
    /// Something about a house of a space.
    case house
    /// A bundle is damaged, or of a space that the store does not have.
    case bundle
    /// A text cannot be an alias.
    case alias
    /// A prompt cannot be understood.
    case prompt
    /// A line of the interchange format is at fault.
    case line
    /// The log has something else already: the event's id, the image, the space, or a newer state of the profile.
    case conflict
    /// An event or a request breaks a rule.
    case refused
    /// What the caller expected of the log does not hold.
    case expectation
    /// A catalogue or a threshold makes no space.
    case space
    /// The store could not be opened or created.
    case open
    /// The store could not be read or written.
    case storage
    /// A copy or a store is not sound.
    case damaged
    /// A file could not be written where it was to be.
    case output
    /// The task was cancelled before anything was done.
    case cancelled
}

/// An error of the library that says what a program can do about it.
public protocol ClassifiedError: Error, Sendable, CustomStringConvertible {
    /// The word for programs.
    var kind: ErrorKind { get }
    /// Whether the store failed, which is an operator's business; false when the request, the line or the path is at fault.
    var isStoreFailure: Bool { get }
}

extension StoreError: ClassifiedError {}
extension StorageError: ClassifiedError {}
extension OpenError: ClassifiedError {}
extension BackupError: ClassifiedError {}
extension InterchangeError: ClassifiedError {}

extension StorageError {
    /// The word for programs.
    public var kind: ErrorKind { .storage }

    /// Whether the store failed: always.
    public var isStoreFailure: Bool { true }
}

extension EventFault {
    /// The word for programs.
    public var kind: ErrorKind {
        switch self {
        case .eventIDConflict, .imageConflict, .spaceConflict, .profileMoved: .conflict
        default: .refused
        }
    }
}

extension CodeFault {
    /// The word for programs.
    public var kind: ErrorKind {
        switch self {
        case .unknown: .unknownCode
        case .mistyped, .tooShort: .mistypedCode
        case .ambiguous: .ambiguousCode
        case .revoked: .revokedCode
        case .otherSpace: .otherSpace
        case .notEnoughData: .notEnoughData
        case .unknownSpace: .unknownSpace
        case .unknownHouse, .tooFewContributors, .notHouse, .threshold, .houseProfile: .house
        case .unsupportedModel: .unsupportedModel
        case .noDefaultModel: .noDefaultModel
        case .unknownProfile: .unknownProfile
        case .notOwner: .notOwner
        case .unknownImage: .unknownImage
        case .notImported: .notImported
        case .damagedBundle, .bundleOfOtherSpace: .bundle
        case .notForeignCode, .aliasIsCode: .alias
        case .catalogue, .spaceThreshold: .space
        case .tooManyComparisons, .unfoldable, .beforeFirstEvent, .weight, .tooManyPinned, .unknownEvent, .unblendable,
            .pairCount:
            .refused
        }
    }
}

extension PromptError {
    /// The word for programs.
    var errorKind: ErrorKind {
        switch kind {
        case .mistypedCode, .malformedCode: .mistypedCode
        case .foreignCode: .foreignCode
        default: .prompt
        }
    }
}

extension OpenError {
    /// The word for programs.
    public var kind: ErrorKind { .open }

    /// Whether the store failed; false when the path is at fault.
    public var isStoreFailure: Bool { if case .storage = self { true } else { false } }
}

extension BackupError {
    /// The word for programs.
    public var kind: ErrorKind {
        switch self {
        case .insideStore: .output
        case .copying: .storage
        case .unreadable, .damaged: .damaged
        }
    }

    /// Whether the store or its copy failed; false when the path is at fault.
    public var isStoreFailure: Bool { if case .insideStore = self { false } else { true } }
}

extension InterchangeError {
    /// The word for programs: `line`, or `storage` when the store failed.
    public var kind: ErrorKind { isStoreFailure ? .storage : .line }

    /// Whether the store failed, rather than the line.
    public var isStoreFailure: Bool { fault.isStoreFailure }
}

extension InterchangeFault {
    /// Whether the store failed, rather than the line.
    public var isStoreFailure: Bool { if case .refused(let error) = self { error.isStoreFailure } else { false } }
}
