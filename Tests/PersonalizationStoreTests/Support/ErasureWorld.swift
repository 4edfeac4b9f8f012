import ByteCoding
import CodeRegistry
import EventLog
import Foundation
import PersonalizationStore
import TestSupport
import Testing
import TransparencyLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A store in which ada is to be erased and ben is to stay, and what each of them must leave behind.
struct ErasureWorld {
    let folder: TemporaryFolder
    let path: String
    /// What no file may hold after the erasure.
    private(set) var traces: [(what: String, bytes: [UInt8])] = []
    /// Ben's code.
    let benCode: Code
    /// Ada's codes.
    let adaCodes: [Code]

    static let secret = StoreSecret(bytes: [UInt8](repeating: 7, count: 32))
    static let ada = "ada-lovelace-\u{E4}\u{F6}"
    static let adaProfile = ProfileName(user: ada, space: "v6")
    static let benProfile = ProfileName(user: "ben", space: "v6")
    private static let label = "warm film look of hers"
    private static let portraits = ProfileName(user: ada, space: "v6", profile: "portraits of hers")
    private static let board = ProfileName(user: ada, space: "v6", profile: "harbours of hers")
    private static let profileLabel = "faces at dawn, seen by her"
    private static let boardLabel = "boats at dusk, seen by her"

    /// The key that signs the store's checkpoints.
    static func signingKey() throws -> SigningKey {
        try SigningKey(name: "example.com/taste", seed: Array(repeating: 9, count: 32))
    }

    /// The numbers of the events that a test appends later for ada, whose ids must be gone too.
    static let laterEventNumbers = 500..<540

    static func eventID(_ number: Int) -> EventID {
        EventID(high: 0x1122_3344_5566_4000 | UInt64(number), low: 0x8899_AABB_CCDD_0000 | UInt64(number))
    }

    /// - Parameter eventCount: How many rankings ada has.
    init(eventCount: Int = 60) async throws {
        folder = try TemporaryFolder()
        path = folder.file("store")
        let secret = try #require(Self.secret)
        let store = try Store.create(at: path, secret: secret, signingKey: try Self.signingKey(), options: .small)
        try await SyntheticSpace("v6", imageCount: 24).define(in: store, isDefault: true)
        for number in 0..<4 {
            let image = NewImage(
                id: "hers/\(number)", author: Self.ada,
                embedding: try Embedding(canonicalizing: (0..<8).map { Double(($0 * 31 + number * 17) % 19 - 9) }))
            _ = try await store.append(NewEvent(.image(space: "v6", image)))
        }
        var codes: [Code] = []
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
        _ = try await store.createProfile(Self.portraits, label: Self.profileLabel)
        _ = try await store.shareProfile(Self.portraits)
        _ = try await store.createBoard(Self.board, images: ["v6/3"], label: Self.boardLabel)
        codes.append(try await store.currentVersion(of: Self.board).code)
        adaCodes = codes
        for code in codes {
            let hash = try store.version(code).hash.bytes
            traces.append(("the hash of \(code)", hash))
            // As the keys of the codes' table begin.
            let prefix = hash.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 4
            traces.append(("the code \(code)", Self.bytes(prefix).reversed()))
        }
        for code in codes { traces.append(("the version \(code)", Array(try store.version(code).bytes[20...]))) }
        await store.close()
        let digest = ProfileDigest(secret: secret.bytes, user: Self.ada, space: "v6", profile: "default").digest.bytes
        traces += [
            ("the user's name", Array(Self.ada.utf8)), ("a label", Array(Self.label.utf8)),
            ("the profile's digest", digest),
        ]
        for profile in [Self.adaProfile, Self.portraits, Self.board] {
            let digest = ProfileDigest(
                secret: secret.bytes, user: profile.user, space: profile.space, profile: profile.profile)
            let reference = ProfileReference(digest)
            traces.append(("the reference \(reference)", Array(reference.description.utf8)))
            traces.append(("the bits of the reference \(reference)", Self.bytes(reference.bits)))
            traces.append(("the key of the reference \(reference)", Self.bytes(reference.bits).reversed()))
        }
        for text in [Self.portraits.profile, Self.board.profile, Self.profileLabel, Self.boardLabel] {
            traces.append(("'\(text)'", Array(text.utf8)))
        }
        for number in [0, 17, eventCount - 1] + Self.laterEventNumbers {
            let id = Self.eventID(number)
            var writer = ByteWriter()
            writer.write(id.high.byteSwapped, id.low.byteSwapped)
            traces.append(("the event id \(number)", writer.bytes))
        }
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }

    /// The traces that the files of the store have, or those in another folder, each with its file.
    func found(in path: String? = nil) throws -> [String] {
        let path = path ?? self.path
        var found: [String] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
            let data = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
            for trace in traces where Self.contains(data, trace.bytes) { found.append("\(trace.what) in \(name)") }
        }
        return found
    }

    /// Files of megabytes are searched for dozens of traces, again and again.
    private static func contains(_ data: Data, _ bytes: [UInt8]) -> Bool {
        data.withUnsafeBytes { data in
            guard let base = data.baseAddress,
                let anchor = bytes.indices.max(by: { bytes[$0] < bytes[$1] })
            else { return false }
            var start = anchor
            // The greatest byte: zeros are what most of a file is.
            while start < data.count, let found = memchr(base + start, Int32(bytes[anchor]), data.count - start) {
                let place = base.distance(to: UnsafeRawPointer(found)) - anchor
                if place + bytes.count <= data.count, memcmp(base + place, bytes, bytes.count) == 0 { return true }
                start = place + anchor + 1
            }
            return false
        }
    }

    func open(_ change: (inout Store.Options) -> Void = { _ in }) throws -> Store {
        var options = Store.Options.small
        change(&options)
        return try Store.open(at: path, options: options)
    }

    /// Everything that others get of the store, which an erasure must not change.
    static func answers(of store: Store, benCode: Code) throws -> [String] {
        var answers = try store.codes(of: benProfile).map { "\($0.version.code) \($0.position) \($0.version.hash)" }
        answers.append("\(try store.version(benCode).bytes)")
        answers.append("\(try #require(try store.streamHead(of: benProfile)))")
        let events = try store.events(of: benProfile, limit: 1000)
        for event in events { answers.append(event.interchangeJSON) }
        // What proofs show: the rest of a proof is of the tree, which grows.
        answers.append("\(try #require(try store.proof(ofCode: benCode).inclusion.extra))")
        for event in events.prefix(3) {
            answers.append("\(try #require(try store.proof(ofEventAt: event.position).inclusion.extra))")
        }
        return answers
    }

    /// What was signed before the erasure, and must still be extended by what is there afterwards.
    struct Signed {
        let checkpoint: SignedCheckpoint
        let answers: [String]
    }

    /// Signs what the store is now, and notes what others get of it.
    func sign(_ store: Store) throws -> Signed {
        Signed(
            checkpoint: try store.signedCheckpoint(), answers: try Self.answers(of: store, benCode: benCode))
    }

    /// Compares what is left with what must be, and with what was signed.
    func check(_ store: Store, since signed: Signed) throws {
        try check(store, answers: signed.answers)
        #expect(try store.verify(since: signed.checkpoint).findings == [])
        #expect(try store.consistencyProof(from: signed.checkpoint).proves(from: signed.checkpoint))
        let copy = folder.file("copy-\(UInt64.random(in: .min ... .max))")
        _ = try store.backup(to: copy)
        #expect(try found(in: copy) == [])
        try FileManager.default.removeItem(atPath: copy)
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
