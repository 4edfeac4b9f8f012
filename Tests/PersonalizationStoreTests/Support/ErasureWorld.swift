import ByteCoding
import CodeRegistry
import EventLog
import Foundation
import PersonalizationStore
import TestSupport
import Testing

/// A store in which ada is to be erased and ben is to stay, and what each of them must leave behind.
struct ErasureWorld {
    let folder: TemporaryFolder
    let path: String
    /// What no file may hold after the erasure.
    private(set) var traces: [(what: String, bytes: [UInt8])] = []
    /// Ben's code.
    let benCode: String
    /// Ada's codes.
    let adaCodes: [String]

    static let secret = StoreSecret(bytes: [UInt8](repeating: 7, count: 32))
    static let ada = "ada-lovelace-\u{E4}\u{F6}"
    static let adaProfile = ProfileName(user: ada, space: "v6")
    static let benProfile = ProfileName(user: "ben", space: "v6")
    private static let label = "warm film look of hers"

    static func eventID(_ number: Int) -> EventID {
        EventID(high: 0x1122_3344_5566_4000 | UInt64(number), low: 0x8899_AABB_CCDD_0000 | UInt64(number))
    }

    /// - Parameter eventCount: How many rankings ada has.
    init(eventCount: Int = 60) async throws {
        folder = try TemporaryFolder()
        path = folder.file("store")
        let secret = try #require(Self.secret)
        let store = try Store.create(at: path, secret: secret, options: .small)
        try await SyntheticSpace("v6", imageCount: 24).define(in: store, isDefault: true)
        for number in 0..<4 {
            let image = NewImage(
                id: "hers/\(number)", author: Self.ada,
                embedding: try Embedding(canonicalizing: (0..<8).map { Double(($0 * 31 + number * 17) % 19 - 9) }))
            _ = try await store.append(NewEvent(.image(space: "v6", image)))
        }
        var codes: [String] = []
        for start in stride(from: 0, to: eventCount, by: 20) {
            for number in start..<min(eventCount, start + 20) {
                var event = NewEvent.rank(
                    Self.adaProfile, winner: "v6/\(number % 23)", loser: "v6/\(number % 23 + 1)")
                event.eventID = Self.eventID(number)
                _ = try await store.append([
                    event,
                    .rank(Self.benProfile, winner: "v6/\(number * 7 % 23 + 1)", loser: "v6/\(number * 7 % 23)"),
                ])
            }
            codes.append(try await store.currentVersion(of: Self.adaProfile).code)
        }
        _ = try await store.append(.like(Self.benProfile, image: "hers/1"))
        benCode = try await store.currentVersion(of: Self.benProfile).code
        try await store.label(codes[0], of: Self.adaProfile, Self.label)
        try await store.revoke(codes[codes.count - 1], of: Self.adaProfile)
        try await store.setSettings(
            of: Self.ada, in: "v6", to: Settings(personalizesAlways: true, profile: "default", pinned: []))
        adaCodes = codes
        for code in codes { traces.append(("the version \(code)", Array(try store.version(code).bytes[20...]))) }
        await store.close()
        let digest = ProfileDigest(secret: secret.bytes, user: Self.ada, space: "v6", profile: "default").digest.bytes
        traces += [
            ("the user's name", Array(Self.ada.utf8)), ("a label", Array(Self.label.utf8)),
            ("the profile's digest", digest),
        ]
        for number in [0, 17, eventCount - 1] {
            let id = Self.eventID(number)
            var writer = ByteWriter()
            writer.write(id.high.byteSwapped, id.low.byteSwapped)
            traces.append(("the event id \(number)", writer.bytes))
        }
    }

    /// The traces that the files of the store have, each with its file.
    func found() throws -> [String] {
        var found: [String] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
            let data = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
            for trace in traces where data.firstRange(of: Data(trace.bytes)) != nil {
                found.append("\(trace.what) in \(name)")
            }
        }
        return found
    }

    func open(_ change: (inout Store.Options) -> Void = { _ in }) throws -> Store {
        var options = Store.Options.small
        change(&options)
        return try Store.open(at: path, options: options)
    }

    /// Everything that others get of the store, which an erasure must not change.
    static func answers(of store: Store, benCode: String) throws -> [String] {
        var answers = try store.codes(of: benProfile).map { "\($0.version.code) \($0.position) \($0.version.hash)" }
        answers.append("\(try store.version(benCode).bytes)")
        answers.append("\(try #require(try store.streamHead(of: benProfile)))")
        for event in try store.events(of: benProfile, limit: 1000) { answers.append(event.interchangeJSON) }
        return answers
    }

    /// Compares what is left with what must be.
    func check(_ store: Store, answers: [String]) throws {
        #expect(try found() == [])
        #expect(try Self.answers(of: store, benCode: benCode) == answers)
        #expect(try store.streamHead(of: Self.adaProfile) == nil)
        for code in adaCodes {
            #expect(throws: StoreError.self) { try store.version(code) }
        }
        #expect(try store.settings(of: Self.ada, in: "v6") == .standard)
        let report = try store.verify()
        #expect(report.findings == [])
        let entries = try store.erasures()
        #expect(entries.count == 1 && entries.allSatisfy(\.isFinished))
    }
}
