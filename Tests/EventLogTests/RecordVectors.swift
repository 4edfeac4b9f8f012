import ByteCoding
import EventLog
import Foundation
import Testing

/// The golden bytes that `Tests/Generators/generate_record_vectors.py` wrote from docs/format.md, and what they say.
struct RecordVector: Decodable, CustomTestStringConvertible {
    let name: String
    let position: UInt64
    let bytes: String
    /// The record when it is erased; nil when it has nothing private.
    let erased: String?
    /// The salt of the record or its stream; nil when it has nothing private.
    let salt: String?
    let entry: String
    let leaf: String

    var testDescription: String { name }

    var record: [UInt8] { Self.bytes(bytes) }
    var erasedRecord: [UInt8]? { erased.map(Self.bytes) }
    var treeEntry: [UInt8] { Self.bytes(entry) }

    /// The salt that the commitment is made with.
    var recordSalt: RecordSalt? {
        guard let salt, let id = EventID(salt) else { return nil }
        return RecordSalt(high: id.high, low: id.low)
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        return stride(from: 0, to: digits.count, by: 2).map { index in
            UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16) ?? 0
        }
    }

    static let all: [RecordVector] = {
        guard let file = Bundle.module.url(forResource: "records", withExtension: "json", subdirectory: "Vectors"),
            let data = try? Data(contentsOf: file),
            let vectors = try? JSONDecoder().decode([RecordVector].self, from: data)
        else { fatalError("the golden records are missing") }
        return vectors
    }()

    static let eventID = EventID("01234567-89ab-4cde-8f01-23456789abcd")

    /// The record in the words of the library.
    var meaning: (header: RecordHeader, body: RecordBody) {
        switch name {
        case "spaceDefined", "imageRegistered", "imageWithoutAuthor", "modelAssigned", "versionImported",
            "importLabeled",
            "importTakenDown", "importPutBack", "codeAliased", "aliasRemoved", "personErased":
            meaningOfSpace
        case "settingsOpened", "settingsChanged", "settingsWithoutHouse", "severalProfiles", "oneWeighedProfile",
            "houseMinted", "housePinned",
            "noHousePinned", "erasureScheduled", "erasureCancelled":
            meaningOfOtherStream
        default: meaningOfProfile
        }
    }

    private func header(
        _ kind: RecordKind, stream: UInt64, previous: UInt64, revision: UInt32, occurredAt: Int64? = nil,
        eventID: EventID? = nil, recordedAt: Int64 = 1_700_000_000_000_000, isPersonal: Bool? = nil
    ) -> RecordHeader {
        RecordHeader(
            kind: kind, recordedAt: Timestamp(microseconds: recordedAt), stream: Position(stream),
            previous: Position(stored: previous), revision: revision, occurredAt: occurredAt, eventID: eventID,
            isPersonal: isPersonal)
    }

    private static let version = (0..<64).map { UInt8($0) }

    private var meaningOfSpace: (header: RecordHeader, body: RecordBody) {
        let mint = Position(9), imported = Position(19)
        func header(_ kind: RecordKind, _ previous: UInt64, _ revision: UInt32) -> RecordHeader {
            self.header(kind, stream: 1, previous: previous, revision: revision, isPersonal: false)
        }
        switch name {
        case "spaceDefined":
            let space = SpaceDefinition(name: "v6", threshold: 40, mean: [1, -2], panel: [3, 4, 5, -6])
            return (header(.spaceDefined, 0, 1), .spaceDefined(space))
        case "imageRegistered":
            let image = ImageRegistration(id: "flowers/0", author: "u7", embedding: [16384, -1])
            return (header(.imageRegistered, 1, 2), .imageRegistered(image))
        case "imageWithoutAuthor":
            let image = ImageRegistration(id: "žluť", author: nil, embedding: [0, 0])
            return (header(.imageRegistered, 2, 3), .imageRegistered(image))
        case "modelAssigned":
            return (header(.modelAssigned, 3, 4), .modelAssigned(model: "6.1", isDefault: true))
        case "versionImported":
            return (header(.versionImported, 11, 5), .versionImported(symbolCount: 13, version: Self.version))
        case "importLabeled": return (header(.codeLabeled, 19, 6), .codeLabeled(mint: imported, label: "from afar"))
        case "importTakenDown": return (header(.codeRevoked, 20, 7), .codeRevoked(mint: imported))
        case "importPutBack": return (header(.codeRestored, 21, 8), .codeRestored(mint: imported))
        case "codeAliased": return (header(.codeAliased, 19, 6), .codeAliased(alias: "yfbxsj7", mint: mint))
        case "personErased":
            let erasure = PersonErasure(
                person: SHA256Digest(hashing: Array("person".utf8)), streams: [4, 12, 288].map { Position($0) },
                records: [Position(2)])
            return (self.header(.personErased, stream: 300, previous: 0, revision: 1), .personErased(erasure))
        default: return (header(.codeAliased, 20, 7), .codeAliased(alias: "yfbxsj7", mint: nil))
        }
    }

    private var meaningOfOtherStream: (header: RecordHeader, body: RecordBody) {
        let one = Position(1), mint = Position(9)
        switch name {
        case "settingsOpened":
            return (
                header(.settingsOpened, stream: 12, previous: 0, revision: 1), .settingsOpened(space: one, user: "u1")
            )
        case "settingsChanged":
            let change = SettingsChange(
                personalizesAlways: true, profile: "default", pinned: [.init(mint: mint, weight: 1000)])
            return (header(.settingsChanged, stream: 12, previous: 12, revision: 2), .settingsChanged(change))
        case "settingsWithoutHouse":
            let change = SettingsChange(
                personalizesAlways: false, refusesHouse: true, profile: "default", pinned: [])
            return (header(.settingsChanged, stream: 12, previous: 13, revision: 3), .settingsChanged(change))
        case "houseMinted":
            let body = VersionMint(
                foldedThrough: 1, symbolCount: 12, previousMint: nil,
                house: HouseOrigin(asOf: Position(22), contributorCount: 20), version: Self.version)
            return (header(.versionMinted, stream: 23, previous: 23, revision: 2), .versionMinted(body))
        case "housePinned":
            let pin = HousePin(mint: Position(24), threshold: 10)
            return (header(.housePinned, stream: 23, previous: 24, revision: 3), .housePinned(pin))
        case "severalProfiles":
            let change = SettingsChange(
                personalizesAlways: true,
                profiles: [.init(profile: "default", weight: 3), .init(profile: "evenings")],
                pinned: [.init(mint: mint, weight: 1000)])
            return (header(.settingsChanged, stream: 12, previous: 27, revision: 4), .settingsChanged(change))
        case "oneWeighedProfile":
            let change = SettingsChange(
                personalizesAlways: false, profiles: [.init(profile: "default", weight: 2)], pinned: [])
            return (header(.settingsChanged, stream: 12, previous: 31, revision: 5), .settingsChanged(change))
        case "erasureScheduled":
            let due = Timestamp(microseconds: 1_700_000_000_000_000)
            return (
                header(.erasureScheduled, stream: 28, previous: 0, revision: 1),
                .erasureScheduled(user: "u1", due: due)
            )
        case "erasureCancelled":
            return (header(.erasureCancelled, stream: 28, previous: 28, revision: 2), .erasureCancelled(user: "u1"))
        default:
            let pin = HousePin(mint: nil, threshold: nil)
            return (header(.housePinned, stream: 23, previous: 25, revision: 4), .housePinned(pin))
        }
    }

    private var meaningOfProfile: (header: RecordHeader, body: RecordBody) {
        let one = Position(1), two = Position(2), three = Position(3), mint = Position(9)
        func header(
            _ kind: RecordKind, _ previous: UInt64, _ revision: UInt32, occurredAt: Int64? = nil,
            eventID: EventID? = nil, recordedAt: Int64 = 1_700_000_000_000_000
        ) -> RecordHeader {
            self.header(
                kind, stream: 4, previous: previous, revision: revision, occurredAt: occurredAt, eventID: eventID,
                recordedAt: recordedAt, isPersonal: true)
        }
        switch name {
        case "profileOpened":
            return (header(.profileOpened, 0, 1), .profileOpened(space: one, user: "u1", profile: "default"))
        case "rank": return (header(.rank, 4, 2), .rank(winner: two, loser: three))
        case "farApart":
            return (header(.rank, 5, 200), .rank(winner: Position(2_900_000_000), loser: Position(300)))
        case "rankWithTimeAndID":
            return (header(.rank, 5, 3, occurredAt: -5, eventID: Self.eventID), .rank(winner: three, loser: two))
        case "like": return (header(.like, 6, 4, occurredAt: 1_600_000_000_000), .like(image: two))
        case "likeFromTheFuture": return (header(.like, 6, 4, occurredAt: 1_700_000_000_001), .like(image: two))
        case "likeAtTheEndOfTime":
            return (header(.like, 6, 4, occurredAt: .max, recordedAt: -1), .like(image: two))
        case "unlike": return (header(.unlike, 7, 5, eventID: Self.eventID), .unlike(image: two))
        case "versionMinted":
            let body = VersionMint(foldedThrough: 5, symbolCount: 12, previousMint: nil, version: Self.version)
            return (header(.versionMinted, 8, 6), .versionMinted(body))
        case "versionRecalled":
            let body = VersionRecall(foldedThrough: 6, previousMint: mint, mint: mint)
            return (header(.versionRecalled, 9, 7), .versionRecalled(body))
        case "codeLabeled": return (header(.codeLabeled, 10, 8), .codeLabeled(mint: mint, label: "warm film look"))
        case "codeRevoked": return (header(.codeRevoked, 14, 9), .codeRevoked(mint: mint))
        case "codeRestored": return (header(.codeRestored, 15, 10), .codeRestored(mint: mint))
        case "tasteReverted":
            return (header(.tasteReverted, 16, 11), .tasteReverted(mint: mint, resumesAt: Position(8)))
        case "eventRetracted": return (header(.eventRetracted, 17, 12), .eventRetracted(Position(5)))
        case "pick":
            guard let slate = Slate(shown: [three, one, two], chosen: 0b101) else { fatalError("no slate") }
            return (header(.pick, 18, 13), .pick(slate))
        case "skip": return (header(.skip, 20, 14, eventID: Self.eventID), .skip(shown: [two, three]))
        case "profileChanged":
            let change = ProfileChange(
                isArchived: true, isShared: true, reference: 0x0123_4567_89AB_CDE, label: "Warm evenings")
            return (header(.profileChanged, 23, 17, eventID: Self.eventID), .profileChanged(change))
        case "boardMade":
            return (
                header(.profileChanged, 4, 2), .profileChanged(ProfileChange(isBoard: true, reference: 1 << 60 - 1))
            )
        case "foldAdopted": return (header(.foldAdopted, 22, 16), .foldAdopted(from: Position(21)))
        case "tasteReset": return (header(.tasteReset, 21, 15), .tasteReset)
        default: fatalError("the vector \(name) has no meaning here")
        }
    }
}
