internal import ByteCoding
internal import CodeRegistry
internal import EventLog

/// Finds what of the log is a person's, record by record from the first.
struct PersonRecords: Sendable {
    let user: String
    private let secret: StoreSecret
    /// The last record that was looked at.
    private(set) var through: Position?
    private var streams: [Position] = []
    private var images: [Position] = []
    private var spaces: [Position: String] = [:]
    private var profiles: Set<String> = [ProfileName.defaultProfile]
    /// Every imported version, and whose profile it says that it is of.
    private var imports: [(position: Position, owner: SHA256Digest)] = []
    /// Labels that imports came with, and the imports.
    private var labels: [(position: Position, imported: Position)] = []

    /// What of the log is a user's.
    ///
    /// - Parameter profiles: Names of profiles of the user's that are known from elsewhere: versions of theirs may have been
    ///   imported here.
    init(of user: String, secret: StoreSecret, profiles: [String] = []) {
        self.user = user
        self.secret = secret
        self.profiles.formUnion(profiles)
    }

    /// Looks at the next record.
    mutating func take(_ record: borrowing RecordView) throws(RecordError) {
        through = record.position
        switch record.header.kind {
        case .profileOpened, .settingsOpened, .erasureScheduled, .spaceDefined:
            take(try RecordBody(of: record), at: record.position)
        case .imageRegistered:
            let isOwn = try record.image().isAuthored(by: user)
            if isOwn { images.append(record.position) }
        case .versionImported:
            imports.append((record.position, try Self.owner(of: record)))
        case .codeLabeled where !record.header.isPersonal:
            guard case .codeLabeled(let imported, _) = try RecordBody(of: record) else { return }
            labels.append((record.position, imported))
        default: break
        }
    }

    private mutating func take(_ body: RecordBody, at position: Position) {
        switch body {
        case .spaceDefined(let space): spaces[position] = space.name
        case .profileOpened(_, let other, let profile) where other.hasSameBytes(as: user):
            streams.append(position)
            profiles.insert(profile)
        case .settingsOpened(_, let other) where other.hasSameBytes(as: user): streams.append(position)
        case .erasureScheduled(let other, _) where other.hasSameBytes(as: user): streams.append(position)
        default: break
        }
    }

    /// The digest of the profile that an imported version is of.
    private static func owner(of record: borrowing RecordView) throws(RecordError) -> SHA256Digest {
        let version = try record.versionBytes()
        do throws(ByteCodingError) {
            guard version.byteCount >= ownerEnd else {
                throw .truncated(needed: ownerEnd, available: version.byteCount)
            }
            return try SHA256Digest(bytes: version.extracting(ownerStart..<ownerEnd))
        } catch {
            throw .notCanonical(record.position, "\(error)")
        }
    }

    /// Where version bytes have the profile digest (docs/format.md, section 4).
    private static let ownerStart = 20
    private static let ownerEnd = 52

    /// Whether there is anything to erase.
    var isEmpty: Bool { streams.isEmpty && erasure.records.isEmpty }

    /// Whether a record is of one of the person's streams.
    func owns(_ record: borrowing RecordView) -> Bool {
        record.header.isPersonal && streams.contains(record.header.stream)
    }

    /// What is to be erased.
    var erasure: PersonErasure {
        var digests: Set<SHA256Digest> = []
        for space in spaces.values {
            for profile in profiles {
                digests.insert(
                    ProfileDigest(secret: secret.bytes, user: user, space: space, profile: profile).digest)
            }
        }
        let imports = Set(imports.filter { digests.contains($0.owner) }.map(\.position))
        let labels = labels.filter { imports.contains($0.imported) }.map(\.position)
        return PersonErasure(
            person: Self.digest(of: user, secret), streams: streams, records: (images + imports + labels).sorted())
    }

    /// HMAC-SHA-256 of a user's name under the store secret.
    static func digest(of user: String, _ secret: StoreSecret) -> SHA256Digest {
        SHA256Digest(authenticating: Array(user.utf8), key: secret.bytes)
    }
}
