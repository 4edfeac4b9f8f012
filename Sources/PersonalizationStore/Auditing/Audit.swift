public import ByteCoding
public import CodeRegistry
public import EventLog
public import TasteFold

/// Which mints an audit folds again.
public struct AuditScope: Hashable, Sendable {
    /// Only profiles of this user.
    public var user: String?
    /// Only mints and recalls of this version.
    public var code: Code?
    /// Only mints and recalls from this position on.
    public var from: Position?
    /// Only mints and recalls up to this position.
    public var to: Position?

    /// Only mints and recalls recorded at this time or before.
    public var time: Timestamp?
    /// The fold to apply instead of each version's own: then a mismatch says how a code would move, and nothing is
    /// minted.
    public var fold: FoldID?
    /// The code of the house that the fold to apply starts from, if it starts from one.
    public var house: Code?

    /// Everything, unless narrowed.
    public init(
        user: String? = nil, code: Code? = nil, from: Position? = nil, to: Position? = nil,
        time: Timestamp? = nil, fold: FoldID? = nil, house: Code? = nil
    ) {
        self.house = house
        self.time = time
        self.fold = fold
        self.user = user
        self.code = code
        self.from = from
        self.to = to
    }
}

/// What an audit found.
public struct AuditReport: Sendable {
    /// The number of events read, each with its checksum verified.
    public internal(set) var eventCount = 0
    /// The number of mints and recalls folded again.
    public internal(set) var mintCount = 0
    /// The number of comparisons that entered those folds.
    public internal(set) var comparisonCount = 0
    /// The mints whose version does not come out again, in log order.
    public internal(set) var mismatches: [AuditMismatch] = []
    /// The houses that cannot be made again, since contributors have been erased from the log; in log order.
    public internal(set) var incompleteHouses: [Position] = []
    /// How long the audit took.
    public internal(set) var duration: Duration = .zero

    /// True when every mint came out the same.
    public var isClean: Bool { mismatches.isEmpty }
}

/// A mint whose stored version is not what its stream folds to.
public struct AuditMismatch: Hashable, Sendable {
    /// The mint or recall.
    public let position: Position
    /// The profile that it belongs to.
    public let profile: ProfileName
    /// The code that was given out.
    public let code: Code
    /// The hash of the stored version.
    public let storedHash: SHA256Digest
    /// The hash of what the stream folds to.
    public let foldedHash: SHA256Digest
    /// The cosine of the angle between the stored direction and the folded one.
    public let cosine: Double
    /// The first thing that differs, such as `gain: stored 512, folded 498`.
    public let firstDifference: String
}

extension AuditMismatch: CustomStringConvertible {
    /// One line that names code, profile, position, hashes and the first difference.
    public var description: String {
        "the version \(code) of \(profile), minted at position \(position), does not come out again: "
            + "stored \(storedHash), folded \(foldedHash) (\(firstDifference))"
    }
}
