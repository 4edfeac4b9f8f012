import EventLog
import Foundation
import LMDB
import SeededRandom
import TestSupport
import Testing

/// The journal's bytes, and how its end is told from damage.
@Suite struct JournalTests {
    private let folder: TemporaryFolder
    private let files: JournalFiles

    init() throws {
        folder = try TemporaryFolder()
        files = try JournalFiles(directory: folder.path, create: true)
    }

    /// What `Tests/Generators/generate_journal_vectors.py` wrote from docs/format.md.
    private struct Golden: Decodable {
        let group: String
    }

    private static func golden() throws -> [UInt8] {
        let url = try #require(
            Bundle.module.url(forResource: "journal", withExtension: "json", subdirectory: "Vectors"))
        let digits = Array(try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url)).group.utf8)
        return stride(from: 0, to: digits.count, by: 2).map { index in
            UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16) ?? 0
        }
    }

    private static let epoch: UInt64 = 0x1112_1314_1516_1718

    private static func cursor(_ next: UInt64 = 1) -> JournalCursor {
        var cursor = JournalCursor.beginning(after: next - 1)
        cursor.epoch = epoch
        cursor.previousEpoch = 0x2122_2324_2526_2728
        return cursor
    }

    private static func group(_ count: Int, after head: UInt64) -> RecordGroup {
        var group = RecordGroup(
            after: Position(stored: head).map { LogHead(position: $0, recordedAt: Timestamp(microseconds: 0)) },
            now: Timestamp(microseconds: 0))
        for _ in 0..<count {
            let (header, body) = RecordVector.all[1].meaning
            group.add(header, body, salt: RecordVector.all[1].recordSalt)
        }
        return group
    }

    /// Writes groups of these sizes one after the other, and returns where each is.
    private func write(_ counts: [Int], from start: JournalCursor = cursor()) throws -> [JournalCursor] {
        var places: [JournalCursor] = [], cursor = start
        for count in counts {
            let group = Self.group(count, after: cursor.next - 1)
            try files.write(group, at: cursor)
            places.append(cursor)
            cursor.offset += JournalGroup.padded(JournalGroup.byteCount(of: group))
            cursor.next += UInt64(count)
        }
        return places
    }

    private func positions(from start: JournalCursor = cursor()) throws -> [UInt64] {
        var positions: [UInt64] = []
        try files.follow(from: start) { group, _ in
            positions += (0..<UInt64(group.records.count)).map { group.records.first + $0 }
        }
        return positions
    }

    private func change(_ segment: Int, _ body: (inout [UInt8]) -> Void) throws {
        let url = URL(fileURLWithPath: folder.file(JournalFiles.names[segment]))
        var bytes = Array(try Data(contentsOf: url))
        body(&bytes)
        try Data(bytes).write(to: url)
    }

    @Test func `a group has the golden bytes`() throws {
        var group = RecordGroup(after: nil, now: Timestamp(microseconds: 0))
        for vector in RecordVector.all.prefix(2) {
            let (header, body) = vector.meaning
            group.add(header, body, salt: vector.recordSalt)
        }
        let head = JournalGroup.head(of: group, at: Self.cursor())
        let records = group.recordBytes.withUnsafeBytes { Array($0) }
        #expect(try head + records == Self.golden())
    }

    @Test func `the golden bytes are read, and no bit of them may be flipped`() throws {
        let golden = try Self.golden()
        let group = try #require(JournalGroup(golden))
        #expect(group.records.first == 1 && group.records.count == 2)
        try group.records.verify()
        for bit in 0..<golden.count * 8 {
            var bytes = golden
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(JournalGroup(bytes) == nil)
        }
        for count in 0..<golden.count { #expect(JournalGroup(Array(golden[..<count])) == nil) }
    }

    @Test func `groups are read in order up to the last`() throws {
        _ = try write([1, 3, 40, 2])
        #expect(try positions() == Array(1...46))
        let end = try files.follow(from: Self.cursor()) { _, _ in }
        #expect(end.next == 47)
        #expect(try files.positionBeyond(end) == nil)
    }

    @Test func `groups go on in the other segment under its epoch`() throws {
        let last = try write([1, 3]).last
        var beyond = try #require(last).onOtherSegment()
        beyond.next = 5
        _ = try write([2, 2], from: beyond)
        #expect(try positions() == Array(1...8))
        #expect(try positions(from: beyond) == Array(5...8))
    }

    @Test func `what the other segment had before is not read`() throws {
        let first = try write([1, 3])
        var beyond = try #require(first.last).onOtherSegment()
        beyond.next = 5
        _ = try write([2], from: beyond)
        // The first segment again, under a third epoch and not yet written to.
        var third = beyond.onOtherSegment()
        third.next = 7
        #expect(try positions(from: third).isEmpty)
        #expect(try files.positionBeyond(third) == nil)
    }

    /// A write in flight: each of its sectors may be on disk or not.
    @Test func `a torn last group ends the journal, whichever sectors are missing`() throws {
        let places = try write([2, 30])
        let torn = try #require(places.last).offset
        let sectorCount = JournalGroup.padded(JournalGroup.byteCount(of: Self.group(30, after: 2))) / 512
        #expect(sectorCount == 4)
        let url = URL(fileURLWithPath: folder.file(JournalFiles.names[0]))
        let whole = try Data(contentsOf: url)
        for lost in 1..<1 << sectorCount {
            try whole.write(to: url)
            try change(0) { bytes in
                for sector in 0..<sectorCount where lost >> sector & 1 == 1 {
                    for index in 0..<512 { bytes[torn + 512 * sector + index] = 0 }
                }
            }
            let end = try files.follow(from: Self.cursor()) { _, _ in }
            #expect(end.next == 3 && end.offset == torn)
            #expect(try files.positionBeyond(end) == nil)
        }
    }

    @Test func `a flipped bit before the last group is told from the end`() throws {
        let places = try write([2, 3, 4])
        let url = URL(fileURLWithPath: folder.file(JournalFiles.names[0]))
        let whole = try Data(contentsOf: url)
        var generator = SeededGenerator(seed: 16)
        for _ in 0..<40 {
            let damaged = Int.random(in: 0..<2, using: &generator)
            let byteCount = JournalGroup.byteCount(of: Self.group(damaged + 2, after: 0))
            try whole.write(to: url)
            let offset = places[damaged].offset + Int.random(in: 0..<byteCount, using: &generator)
            try change(0) { $0[offset] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
            let end = try files.follow(from: Self.cursor()) { _, _ in }
            #expect(end.next == places[damaged].next)
            #expect(try files.positionBeyond(end) == places[damaged + 1].next)
        }
    }

    @Test func `a flipped bit is told from the end when only the other segment has later groups`() throws {
        let last = try write([2, 3]).last
        var beyond = try #require(last).onOtherSegment()
        beyond.next = 6
        _ = try write([1], from: beyond)
        try change(0) { $0[Int(last?.offset ?? 0) + 45] ^= 1 }
        let end = try files.follow(from: Self.cursor()) { _, _ in }
        #expect(end.next == 3)
        #expect(try files.positionBeyond(end) == 6)
    }

    @Test func `bits behind the last group are nobody's`() throws {
        let last = try #require(try write([2, 3]).last)
        let end = last.offset + JournalGroup.padded(JournalGroup.byteCount(of: Self.group(3, after: 2)))
        try change(0) { bytes in
            for index in end..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        }
        #expect(try positions() == Array(1...5))
        #expect(try files.positionBeyond(try files.follow(from: Self.cursor()) { _, _ in }) == nil)
    }

    @Test func `a scrubbed journal has nothing, and goes on where it was`() throws {
        let environment = try Environment.open(directory: folder.path + "/store", options: .creating)
        let table = try environment.openTable(name: LogTable.name, keys: .integer, create: true)
        let journal = Journal(files: files, log: LogTable(table: table))
        let places = try write([2, 3])
        let last = try #require(places.last)
        try journal.scrub()
        for segment in 0..<2 { try change(segment) { bytes in #expect(bytes.allSatisfy { $0 == 0 }) } }
        var next = last
        next.offset += JournalGroup.padded(JournalGroup.byteCount(of: Self.group(3, after: 2)))
        next.next = 6
        #expect(try files.follow(from: next) { _, _ in } == next)
        try files.write(Self.group(1, after: 5), at: next)
        var found: [UInt64] = []
        _ = try files.follow(from: next) { (group, _) in found.append(group.records.first) }
        #expect(found == [6])
    }

    @Test func `a place is kept in a note`() {
        let cursor = Self.cursor(99).onOtherSegment()
        #expect(JournalCursor(note: cursor.note) == cursor)
        #expect(JournalCursor(note: cursor.note + [0]) == nil)
        #expect(JournalCursor(note: Array(cursor.note.dropLast())) == nil)
        var note = cursor.note
        note[0] = 2
        #expect(JournalCursor(note: note) == nil)
    }

    @Test func `lengths that say too much are refused`() throws {
        var golden = try Self.golden()
        // A record count of four billion, and a byte count to match none.
        for index in 32..<36 { golden[index] = 0xFF }
        #expect(JournalGroup(golden) == nil)
        #expect(JournalGroup([]) == nil)
    }
}
