public import CodeRegistry
public import EventLog
internal import PromptLanguage
public import TransparencyLog

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
    /// Settings pin a version that was erased with the person whose it was.
    case pinErased
    /// The person is to be erased, and takes no part until then.
    case erasureScheduled
    /// The profile that is meant is archived.
    case archived
    /// The profile of a reference that somebody else shares has no taste to give yet.
    case notReady
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
    /// The log has no such event.
    case unknownEvent
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
    /// An event or a request breaks a rule.
    case refused
    /// What the caller expected of the log does not hold.
    case expectation
    /// A catalogue or a threshold makes no space.
    case space
    /// A signing key or verifier key is missing, is there already, or cannot be used.
    case key
    /// A checkpoint or a proof cannot be read, or is not to be believed.
    case proof
    /// The log is no extension of what a checkpoint says: history was rewritten.
    case rewritten
    /// An erasure is recorded, and not all that it asks for is done.
    case unfinished
    /// The store could not be opened or created.
    case open
    /// The store could not be read or written.
    case storage
    /// A shard's database cannot be reached, or refuses; nothing was written. Try again with the same event ids.
    case unavailable
    /// Whether a shard's database has what was to be written is not known. Try again with the same event ids.
    case outcomeUnknown
    /// A shard's database cannot be trusted with events as it is set up.
    case misconfigured
    /// The node does not hold the shard that the user is in.
    case notHere
    /// Nothing was heard of a cluster's catalogue for too long.
    case staleCatalogue
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
    /// What is wrong with the store, when that is why it failed.
    var storageError: StorageError? { get }
}

extension StoreError: ClassifiedError {}
extension StorageError: ClassifiedError {}
extension OpenError: ClassifiedError {}
extension BackupError: ClassifiedError {}
extension InterchangeError: ClassifiedError {}
extension ErasureError: ClassifiedError {}
extension ProofError: ClassifiedError {}
extension TransparencyError: ClassifiedError {}
extension CodeError: ClassifiedError {}

extension StorageError {
    /// The word for programs: `storage`, unless a cluster's shard says it.
    public var kind: ErrorKind {
        if case .shard(let fault) = self { fault.kind } else { .storage }
    }

    /// Whether the store failed: always.
    public var isStoreFailure: Bool { true }

    /// Itself.
    public var storageError: StorageError? { self }
}

extension ShardFault {
    /// The word for programs.
    public var kind: ErrorKind {
        switch self {
        case .unavailable, .forked, .sealed: .unavailable
        case .outcomeUnknown: .outcomeUnknown
        case .misconfigured: .misconfigured
        case .notHere: .notHere
        case .staleCatalogue: .staleCatalogue
        case .damagedGroup: .damaged
        case .acrossShards: .refused
        case .copyOfShard, .otherShard: .open
        }
    }
}

extension EventFault {
    /// The word for programs: always `refused`, whatever rule the event breaks.
    public var kind: ErrorKind { .refused }

    /// Whether the log has something else already: under the event's id, or as the image, the space or the profile. The
    /// event was not wrong in itself; read again and decide anew.
    public var isConflict: Bool {
        switch self {
        case .eventIDConflict, .imageConflict, .spaceConflict, .profileExists, .profileMoved: true
        default: false
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
        case .pinErased: .pinErased
        case .erasureScheduled: .erasureScheduled
        case .archived: .archived
        case .notReady: .notReady
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
        case .unknownEvent: .unknownEvent
        case .tooManyComparisons, .unfoldable, .beforeFirstEvent, .weight, .tooManyPinned, .unblendable, .pairCount,
            .profileCount, .boardWithoutPairs:
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
    /// The word for programs: `open`, or `key` when it is the signing key that cannot be written.
    public var kind: ErrorKind { if case .signingKey(let error) = self { error.kind } else { .open } }

    /// Whether the store failed; false when the path is at fault.
    public var isStoreFailure: Bool { storageError != nil }

    /// What is wrong with the store, when that is why it was not opened.
    public var storageError: StorageError? {
        switch self {
        case .storage(let error): error
        case .signingKey(let error): error.storageError
        case .missing, .exists: nil
        }
    }
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

    /// What is wrong with the store that was to be copied.
    public var storageError: StorageError? { if case .copying(let error) = self { error } else { nil } }
}

extension InterchangeError {
    /// The word for programs: always `line`, since the line is what to go on from; ``isStoreFailure`` tells whose fault it is.
    public var kind: ErrorKind { .line }

    /// Whether the store failed, rather than the line.
    public var isStoreFailure: Bool { fault.isStoreFailure }

    /// What is wrong with the store, when the line is not at fault.
    public var storageError: StorageError? { if case .refused(let error) = fault { error.storageError } else { nil } }
}

extension InterchangeFault {
    /// Whether the store failed, rather than the line.
    public var isStoreFailure: Bool { if case .refused(let error) = self { error.isStoreFailure } else { false } }
}

extension ErasureError {
    /// The word for programs: that of the append that failed, or `unfinished`.
    public var kind: ErrorKind {
        switch self {
        case .append(let error): error.kind
        case .unfinished: .unfinished
        }
    }

    /// Whether the store failed; false when the person is not there, or the task was cancelled.
    public var isStoreFailure: Bool { storageError != nil }

    /// What is wrong with the store, when it is the store that failed.
    public var storageError: StorageError? {
        switch self {
        case .append(let error): error.storageError
        case .unfinished(let error): error
        }
    }
}

extension ProofError {
    /// The word for programs.
    public var kind: ErrorKind {
        switch self {
        case .code(let error): error.kind
        case .transparency(let error): error.kind
        case .noKey, .keyExists, .keyFile: .key
        case .noEvent: .unknownEvent
        case .rewritten: .rewritten
        case .notProven, .notConsistent, .opening: .proof
        case .storage(let error): error.kind
        }
    }

    /// Whether the store failed; false when the key, the code or the proof is at fault.
    public var isStoreFailure: Bool { storageError != nil }

    /// What is wrong with the store, when it is the store that failed.
    public var storageError: StorageError? {
        switch self {
        case .code(let error): error.storageError
        case .storage(let error): error
        default: nil
        }
    }
}

extension TransparencyError {
    /// The word for programs: `key` or `proof`.
    public var kind: ErrorKind {
        switch self {
        case .keyName, .verifierKey, .signingKey: .key
        default: .proof
        }
    }

    /// Whether the store failed: never.
    public var isStoreFailure: Bool { false }

    /// What is wrong with the store: nothing.
    public var storageError: StorageError? { nil }
}

extension CodeError {
    /// The word for programs: that of a mistyped code, or `refused` for a weight.
    public var kind: ErrorKind {
        switch self {
        case .mistyped, .malformed: .mistypedCode
        case .weight: .refused
        }
    }

    /// Whether the store failed: never.
    public var isStoreFailure: Bool { false }

    /// What is wrong with the store: nothing.
    public var storageError: StorageError? { nil }
}
