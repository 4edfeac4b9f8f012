import ByteCoding
import EventLog
import Foundation
import LMDB
import PersonalizationStore
import Projections
import TestSupport
import Testing

/// A store whose files a test may look at and change, and the answers that it gave when it was whole.
final class DamagedStore {
    let folder: TemporaryFolder
    var path: String { folder.file("store") }
    /// What ``answers(of:)`` were when the store was written.
    private(set) var answers: [String] = []
    static let users = ["ada", "ben", "cid"]

    /// Makes a store with three users, a code each, and events that no derived table has, since nobody closes it: it came to
    /// rest by itself.
    init(flushes: Bool = true) async throws {
        folder = try TemporaryFolder()
        try await fill(flushes: flushes)
        // The writer's queue may hold its store for a moment longer.
        while try !isClosed { usleep(1000) }
    }

    private var isClosed: Bool {
        get throws {
            var options = Environment.Options()
            options.readOnly = true
            options.registersOnlyBesideOthers = true
            return try Environment.open(directory: path, options: options).isReadOnly
        }
    }

    private func fill(flushes: Bool) async throws {
        var options = Store.Options()
        options.restAfter = .milliseconds(10)
        if flushes { options.flushPolicy = .init(generationRecordCount: 40, sliceRowCount: 1000) }
        let store = try Store.create(at: path, options: options)
        let space = try SyntheticSpace("v6")
        try await space.define(in: store, isDefault: true)
        let ids = space.images.map(\.id)
        for round in 0..<6 {
            for (offset, user) in Self.users.enumerated() {
                let profile = ProfileName(user: user, space: "v6")
                _ = try await store.append(
                    (0..<8).map {
                        let winner = (round * 7 + $0 * 5 + offset * 11) % ids.count
                        return .rank(profile, winner: ids[winner], loser: ids[(winner + 1 + offset) % ids.count])
                    })
            }
        }
        for user in Self.users { _ = try await store.currentVersion(of: ProfileName(user: user, space: "v6")) }
        answers = try await Self.answers(of: store)
        while try store.statistics().journal?.isClean != true { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// What users and operators are told.
    static func answers(of store: Store, users: [String] = users) async throws -> [String] {
        var answers = ["\(try store.spaces())"]
        for user in users {
            let profile = ProfileName(user: user, space: "v6")
            let resolution = try await store.resolve("a harbour --p", user: user)
            answers.append(resolution.prompt)
            answers.append("\(try store.progress(of: profile))")
            answers.append("\(try store.codes(of: profile).map(\.version.code))")
            answers.append("\(try store.events(of: profile).map(\.interchangeJSON))")
        }
        return answers
    }

    /// The names of the folder, and the content and times of each file.
    func state() throws -> [String] {
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: path).sorted().map { name in
            let attributes = try files.attributesOfItem(atPath: path + "/" + name)
            let content = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
            let modified = try #require(attributes[.modificationDate] as? Date)
            return "\(name) \(SHA256Digest(hashing: Array(content))) \(modified.timeIntervalSince1970)"
        }
    }

    /// Changes the store behind the library's back.
    func tamper(_ body: (inout WriteTransaction) throws -> Void) throws {
        let environment = try Environment.open(directory: path)
        var transaction = try environment.beginWrite()
        try body(&transaction)
        try transaction.commit()
    }

    /// Flips a bit in the body of a record.
    func damageRecord(_ position: UInt64) throws {
        try tamper { transaction in
            let log = try transaction.openTable(name: "log", keys: .integer, create: false)
            var bytes = try Self.entry(position, of: log, in: transaction)
            bytes[bytes.count - 1] ^= 0x40
            try transaction.put(log, integerKey: position, value: bytes.span.bytes)
        }
    }

    private static func entry(
        _ key: UInt64, of table: Table, in transaction: borrowing WriteTransaction
    ) throws -> [UInt8] {
        guard let bytes = try transaction.get(table, integerKey: key) else { throw CocoaError(.fileNoSuchFile) }
        return bytes.withUnsafeBytes { Array($0) }
    }
}
