import ByteCoding
import EventLog
import Foundation
import LMDB
import PersonalizationStore
import TestSupport
import Testing

/// What a store knows of itself besides its log: a row that is not what it should be is an error, and never another answer.
@Suite struct MetaTableTests {
    private let folder: TemporaryFolder
    private let path: String
    private static let secret = [UInt8](0..<32)

    init() async throws {
        folder = try TemporaryFolder()
        path = folder.file("store")
        let store = try Store.create(
            at: path, secret: try #require(StoreSecret(bytes: Self.secret)), options: .small)
        try await SyntheticSpace("v6", imageCount: 24).define(in: store, isDefault: true)
        for user in ["ada", "ben"] {
            let name = ProfileName(user: user, space: "v6")
            _ = try await store.append((0..<6).map { .rank(name, winner: "v6/\($0)", loser: "v6/\($0 + 7)") })
            _ = try await store.currentVersion(of: name)
        }
        try await store.erase(user: "ada")
        await store.close()
    }

    /// What opening is refused with after a row of `meta` was changed; empty when it is not.
    private func refusal(_ key: String, _ value: [UInt8]?) throws -> String {
        let copy = folder.file("copy")
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        try StoreFile(path: copy).put(value, under: Array(key.utf8), in: "meta")
        do {
            _ = try Store.open(at: copy, options: .small)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func stored(_ key: String) throws -> [UInt8] {
        let rows = try StoreFile(path: path).rows(of: "meta")
        return try #require(rows.first { $0.key == Array(key.utf8) }?.value)
    }

    @Test func `the secret is stored with the CRC-32C that RFC 3720 gives for these bytes`() throws {
        // RFC 3720, appendix B.4: 32 bytes of incrementing 00..1f.
        #expect(try stored("secret") == Self.secret + [0x4E, 0x79, 0xDD, 0x46])
    }

    @Test func `every flipped bit of the secret is damage`() throws {
        let stored = try stored("secret")
        for bit in stride(from: 0, to: 8 * stored.count, by: 7) {
            var flipped = stored
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let refusal = try refusal("secret", flipped)
            #expect(refusal.contains("checksum") && refusal.contains("restore a backup"), "bit \(bit): \(refusal)")
        }
    }

    @Test(arguments: [
        ("secret", nil as [UInt8]?), ("secret", Array(repeating: 0, count: 32)), ("secret", []),
        ("erased", []), ("erased", [1]), ("erased", [1, 0, 0, 0, 0, 0, 0, 0]), ("erased", [0, 0, 0, 0, 0, 0, 0, 0]),
        ("erased", [255, 0, 0, 0, 0, 0, 0, 0, 0]), ("erased", [255, 255, 0, 0, 0, 0, 0, 0]),
        ("journal", []), ("journal", [1, 2]), ("journal", [0, 0, 0, 0, 0, 0, 0, 0]),
        ("format", [2]), ("format", [0, 0, 0, 0]), ("records", [2, 0, 0, 0, 0]),
    ])
    func `a row of another length or value is refused, with the remedy`(key: String, value: [UInt8]?) throws {
        let refusal = try refusal(key, value)
        #expect(refusal.contains("'meta' is damaged") && refusal.contains("restore a backup"), "\(refusal)")
    }

    @Test func `the journal of another store is refused`() throws {
        #expect(try !refusal("journal", [1, 0, 0, 0, 0, 0, 0, 0]).isEmpty)
    }

    @Test func `verify finds what changed while the store was open`() async throws {
        let store = try Store.open(at: path, options: .small)
        #expect(try store.verify().findings == [])
        var flipped = try stored("secret")
        flipped[3] ^= 4
        try StoreFile(path: path).put(flipped, under: Array("secret".utf8), in: "meta")
        #expect(try store.verify().findings.contains { $0.contains("the secret's checksum is wrong") })
        await store.close()
    }
}
