import Foundation
import LMDB
import Testing

/// After a scrub the data file holds what the last commit has, and nothing that was deleted or replaced before.
@Suite struct ScrubTests {
    private let directory = TemporaryDirectory()
    private let environment: Environment
    private let table: Table
    private let words: Table

    init() throws {
        environment = try Environment.open(directory: directory.store, options: .creating)
        table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        words = try environment.openTable(name: "words", keys: .bytes, create: true)
    }

    /// A value that no other key has, of any size up to some pages.
    private static func value(_ key: UInt64, _ edition: String) -> [UInt8] {
        let text = Array("\(edition) \(key); ".utf8)
        return Array((0..<(Int(key % 40) * 137 + 1)).map { _ in text }.joined().prefix(5000))
    }

    private func put(_ keys: some Sequence<UInt64>, _ edition: String) throws {
        var writing = try environment.beginWrite()
        for key in keys { try writing.put(table, integerKey: key, value: Self.value(key, edition).span.bytes) }
        try writing.commit()
    }

    private func scrub(waitingAtMost limit: Duration? = .zero) throws(LMDBError) -> ScrubReport {
        try environment.scrub(waitingAtMost: limit) { (transaction) throws(LMDBError) in
            try transaction.put(words, key: Array("touched".utf8).span.bytes, value: [1].span.bytes)
        }
    }

    /// What a scrub is refused with; empty when it is not.
    private func refusal() -> String {
        do throws(LMDBError) {
            _ = try scrub()
            return ""
        } catch {
            return error.description
        }
    }

    private func file() throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: directory.store + "/data.mdb"))
    }

    @Test func `nothing deleted or replaced is left, and everything else is as it was`() throws {
        try put(0..<600, "secret")
        // Some are replaced by smaller values in their places, some deleted, some stay.
        try put((0..<600).filter { $0 % 3 == 0 }, "open")
        var deleting = try environment.beginWrite()
        for key in UInt64(0)..<600 where key % 3 == 1 { #expect(try deleting.delete(table, integerKey: key)) }
        try deleting.commit()
        try put((0..<600).filter { $0 % 3 == 2 }, "public")
        #expect(try file().firstRange(of: Data("secret".utf8)) != nil, "LMDB leaves it")

        let report = try scrub()
        #expect(report.pageCount > 0 && report.byteCount > 0)
        #expect(try file().firstRange(of: Data("secret".utf8)) == nil)
        for key in UInt64(0)..<600 {
            let expected: [UInt8]? =
                switch key % 3 {
                case 0: Self.value(key, "open")
                case 1: nil
                default: Self.value(key, "public")
                }
            #expect(try environment.load(table, key) == expected)
        }
        let check = try environment.checkPages()
        #expect(check.faults == [] && check.lostPageCount == 0)
        // It can be written to, and a second scrub finds only what its own commits left.
        try put(0..<50, "later")
        #expect(try environment.checkPages().faults == [])
    }

    @Test func `a reader of an earlier commit keeps its pages and is named`() throws {
        try put(0..<100, "secret")
        do {
            let reading = try environment.beginRead()
            try put(0..<100, "open")
            #expect(refusal().contains("process \(ProcessInfo.processInfo.processIdentifier)"))
            for key in UInt64(0)..<100 {
                #expect(try bytes(table, key, in: reading) == Self.value(key, "secret"))
            }
        }
        _ = try scrub()
        #expect(try file().firstRange(of: Data("secret".utf8)) == nil)
    }
}
