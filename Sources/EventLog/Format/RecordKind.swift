/// What happened: the kinds of event, by the number that a record stores (docs/format.md, section 3).
///
/// Numbers are never reused. A kind that this code does not know is refused, not skipped.
public enum RecordKind: UInt8, Sendable, CaseIterable {
    /// What the record said was erased, together with its kind where only that said whose it was. Never stored: an erased
    /// record is known by a flag (docs/format.md, section 2).
    case erased = 0
    /// A preference space was defined; opens the space's stream.
    case spaceDefined = 1
    /// An image entered a space's catalogue; in the space's stream.
    case imageRegistered = 2
    /// A user's profile in a space was opened; opens the profile's stream.
    case profileOpened = 3
    /// The user chose one image over another.
    case rank = 4
    /// The user liked an image.
    case like = 5
    /// The user took a like back.
    case unlike = 6
    /// A version was minted; the record holds the version's canonical bytes.
    case versionMinted = 7
    /// The profile came back to a version that it had minted before; the record refers to that mint.
    case versionRecalled = 8
    /// A generator model was assigned to a space; in the space's stream.
    case modelAssigned = 9
    /// A user's settings in a space were opened; opens the settings' stream.
    case settingsOpened = 10
    /// A user's settings in a space changed.
    case settingsChanged = 11
    /// A minted version of the profile got a label, or lost it.
    case codeLabeled = 12
    /// The owner revoked a code of the profile.
    case codeRevoked = 13
    /// The owner restored a revoked code.
    case codeRestored = 14
    /// The profile's taste went back to an older version's.
    case tasteReverted = 15
    /// One earlier rank, like, unlike or pick of the profile was taken back.
    case eventRetracted = 16
    /// A version that another store minted was imported; in the space's stream.
    case versionImported = 17
    /// A code of another service got a meaning in a space, or lost it; in the space's stream.
    case codeAliased = 18
    /// The user chose one or more of several images shown together.
    case pick = 19
    /// The user chose none of several images shown together.
    case skip = 20
    /// A house version was pinned for a space, or none any more; in the stream of the space's house.
    case housePinned = 21
    /// The profile starts over: what came before counts no more.
    case tasteReset = 22
    /// The profile begins with what another profile of the same user, in another space, amounted to.
    case foldAdopted = 23
    /// The owner said something of a profile as a whole: its label, whether it is shared, archived or a board.
    case profileChanged = 24
    /// Everything that a person's records said is erased from here on.
    case personErased = 25
    /// A person is to be erased at a time, and until then takes no part; opens a stream of its own.
    case erasureScheduled = 26
    /// The person is not to be erased after all; in the stream of the schedule.
    case erasureCancelled = 27

    /// True when the kind opens a stream, which its own position then names.
    package var opensStream: Bool {
        switch self {
        case .spaceDefined, .profileOpened, .settingsOpened, .personErased, .erasureScheduled: true
        default: false
        }
    }

    /// Whether records of the kind belong to a person, so that their whole content is private; nil for what is said of a
    /// version, which its owner says in a profile's stream and an operator in a space's.
    package var isPersonal: Bool? {
        switch self {
        case .codeLabeled, .codeRevoked, .codeRestored: nil
        case .erased, .spaceDefined, .imageRegistered, .modelAssigned, .versionImported, .codeAliased, .personErased:
            false
        default: true
        }
    }

    /// True when the kind can change what a profile's stream folds to.
    package var changesTaste: Bool {
        switch self {
        case .rank, .like, .unlike, .pick, .tasteReverted, .tasteReset, .foldAdopted, .eventRetracted: true
        default: false
        }
    }
}

/// A set of record kinds, one bit a kind.
package struct RecordKinds: OptionSet, Sendable {
    /// Bit n stands for the kind with number n.
    package let rawValue: UInt32
    /// The set with these bits.
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// The set of some kinds.
    package init(_ kinds: RecordKind...) {
        rawValue = kinds.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
    }
    /// Every kind, ``RecordKind/erased`` among them.
    package static let all = RecordKinds(rawValue: .max)
    /// True when the set has the kind.
    @inlinable package func contains(_ kind: RecordKind) -> Bool { rawValue >> UInt32(kind.rawValue) & 1 == 1 }
}
