import EventLog
import Foundation
import Testing

/// The golden bytes that `Tests/Generators/generate_record_vectors.py` wrote from docs/format.md, and what they say.
struct RecordVector: Decodable, CustomTestStringConvertible {
    let name: String
    let position: UInt64
    let bytes: String

    var testDescription: String { name }

    var record: [UInt8] {
        let digits = Array(bytes.utf8)
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
        let version = (0..<64).map { UInt8($0) }
        let one = Position(1), two = Position(2), three = Position(3), mint = Position(9)
        func header(
            _ kind: RecordKind, stream: UInt64, previous: UInt64, version: UInt32, occurredAt: Int64? = nil,
            eventID: EventID? = nil
        ) -> RecordHeader {
            RecordHeader(
                kind: kind, recordedAt: Timestamp(microseconds: 1_700_000_000_000_000), stream: Position(stream),
                previous: Position(stored: previous), revision: version, occurredAt: occurredAt,
                eventID: eventID)
        }
        switch name {
        case "spaceDefined":
            let space = SpaceDefinition(name: "v6", threshold: 40, mean: [1, -2], panel: [3, 4, 5, -6])
            return (header(.spaceDefined, stream: 1, previous: 0, version: 1), .spaceDefined(space))
        case "imageRegistered":
            let image = ImageRegistration(id: "flowers/0", author: "u7", embedding: [16384, -1])
            return (header(.imageRegistered, stream: 1, previous: 1, version: 2), .imageRegistered(image))
        case "imageWithoutAuthor":
            let image = ImageRegistration(id: "žluť", author: nil, embedding: [0, 0])
            return (header(.imageRegistered, stream: 1, previous: 2, version: 3), .imageRegistered(image))
        case "profileOpened":
            let body = RecordBody.profileOpened(space: one, user: "u1", profile: "default")
            return (header(.profileOpened, stream: 4, previous: 0, version: 1), body)
        case "rank":
            return (header(.rank, stream: 4, previous: 4, version: 2), .rank(winner: two, loser: three))
        case "rankWithTimeAndID":
            let fields = header(.rank, stream: 4, previous: 5, version: 3, occurredAt: -5, eventID: Self.eventID)
            return (fields, .rank(winner: three, loser: two))
        case "like":
            let fields = header(.like, stream: 4, previous: 6, version: 4, occurredAt: 1_600_000_000_000)
            return (fields, .like(image: two))
        case "unlike":
            return (header(.unlike, stream: 4, previous: 7, version: 5, eventID: Self.eventID), .unlike(image: two))
        case "versionMinted":
            let body = VersionMint(foldedThrough: 5, symbolCount: 12, previousMint: nil, version: version)
            return (header(.versionMinted, stream: 4, previous: 8, version: 6), .versionMinted(body))
        case "versionRecalled":
            let body = VersionRecall(foldedThrough: 6, previousMint: mint, mint: mint)
            return (header(.versionRecalled, stream: 4, previous: 9, version: 7), .versionRecalled(body))
        case "modelAssigned":
            let body = RecordBody.modelAssigned(model: "6.1", isDefault: true)
            return (header(.modelAssigned, stream: 1, previous: 3, version: 4), body)
        case "settingsOpened":
            let body = RecordBody.settingsOpened(space: one, user: "u1")
            return (header(.settingsOpened, stream: 12, previous: 0, version: 1), body)
        case "settingsChanged":
            let change = SettingsChange(
                personalizesAlways: true, profile: "default", pinned: [.init(mint: mint, weight: 1000)])
            return (header(.settingsChanged, stream: 12, previous: 12, version: 2), .settingsChanged(change))
        case "codeLabeled":
            let body = RecordBody.codeLabeled(mint: mint, label: "warm film look")
            return (header(.codeLabeled, stream: 4, previous: 10, version: 8), body)
        case "codeRevoked":
            return (header(.codeRevoked, stream: 4, previous: 14, version: 9), .codeRevoked(mint: mint))
        case "codeRestored":
            return (header(.codeRestored, stream: 4, previous: 15, version: 10), .codeRestored(mint: mint))
        case "tasteReverted":
            let body = RecordBody.tasteReverted(mint: mint, resumesAt: Position(8))
            return (header(.tasteReverted, stream: 4, previous: 16, version: 11), body)
        case "eventRetracted":
            return (header(.eventRetracted, stream: 4, previous: 17, version: 12), .eventRetracted(Position(5)))
        case "versionImported":
            let body = RecordBody.versionImported(symbolCount: 13, version: version)
            return (header(.versionImported, stream: 1, previous: 11, version: 5), body)
        case "codeAliased":
            let body = RecordBody.codeAliased(alias: "yfbxsj7", mint: mint)
            return (header(.codeAliased, stream: 1, previous: 19, version: 6), body)
        case "aliasRemoved":
            let body = RecordBody.codeAliased(alias: "yfbxsj7", mint: nil)
            return (header(.codeAliased, stream: 1, previous: 20, version: 7), body)
        case "pick":
            guard let slate = Slate(shown: [three, one, two], chosen: 0b101) else { fatalError("no slate") }
            return (header(.pick, stream: 4, previous: 18, version: 13), .pick(slate))
        case "skip":
            return (
                header(.skip, stream: 4, previous: 20, version: 14, eventID: Self.eventID), .skip(shown: [two, three])
            )
        case "houseMinted":
            let body = VersionMint(
                foldedThrough: 1, symbolCount: 12, previousMint: nil,
                house: HouseOrigin(asOf: Position(22), contributorCount: 20), version: version)
            return (header(.versionMinted, stream: 23, previous: 23, version: 2), .versionMinted(body))
        case "housePinned":
            let pin = HousePin(mint: Position(24), threshold: 10)
            return (header(.housePinned, stream: 23, previous: 24, version: 3), .housePinned(pin))
        case "noHousePinned":
            let pin = HousePin(mint: nil, threshold: nil)
            return (header(.housePinned, stream: 23, previous: 25, version: 4), .housePinned(pin))
        case "settingsWithoutHouse":
            let change = SettingsChange(
                personalizesAlways: false, refusesHouse: true, profile: "default", pinned: [])
            return (header(.settingsChanged, stream: 12, previous: 13, version: 3), .settingsChanged(change))
        case "foldAdopted":
            return (header(.foldAdopted, stream: 4, previous: 22, version: 16), .foldAdopted(from: Position(21)))
        case "tasteReset": return (header(.tasteReset, stream: 4, previous: 21, version: 15), .tasteReset)
        default: fatalError("the vector \(name) has no meaning here")
        }
    }
}
