import EventLog
import Foundation
import PersonalizationStore
import Projections
import SeededRandom
import TestSupport
import Testing

/// What was acknowledged is there after a power loss, whatever of the data file was on disk, and damage is refused.
@Suite(.timeLimit(.minutes(5))) struct DurabilityTests {
    private let folder: TemporaryFolder
    private let profile = ProfileName(user: "ada", space: "v6")

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.file("store") }

    private static let names = ["data.mdb", "journal.a", "journal.b", "checkpoint"]

    private func read(_ name: String, of path: String? = nil) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: (path ?? self.path) + "/" + name)))
    }

    /// A folder with these files, as after the machine was started again.
    private func image(_ files: [String: [UInt8]]) throws -> String {
        let path = folder.file("image-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name)) }
        return path
    }

    /// Where the blocks of a segment begin that have something in them.
    private static func usedBlocks(of journal: [UInt8]) -> [Int] {
        stride(from: 0, to: journal.count, by: 512).filter { start in
            journal[start..<start + 512].contains { $0 != 0 }
        }
    }

    private var options: Store.Options {
        var options = Store.Options()
        options.mapByteCount = 1 << 30
        options.flushPolicy = .init(generationRecordCount: 150, sliceRowCount: 10)
        options.restAfter = nil
        return options
    }

    /// A store at rest with its space, closed.
    ///
    /// The files of a store that was just closed may still be open when it is opened again, and who opens them then shares
    /// what they were opened with: so both are given the same options.
    private func makeStore(_ given: Store.Options? = nil) async throws {
        let store = try Store.create(at: path, options: given ?? options)
        try await SyntheticSpace("v6").define(in: store)
        _ = try await store.append(FollowTests.rankings(40, caller: 1, of: profile))
        await store.close()
    }

    /// The files after some appends that no checkpoint followed, with the data file as it was at the checkpoint.
    private func crash(groups: Int = 40) async throws -> (files: [String: [UInt8]], checkpoint: [UInt8], events: Int) {
        try await makeStore()
        let checkpoint = try read("data.mdb")
        let store = try Store.open(at: path, options: options)
        for group in 0..<groups {
            _ = try await store.append(FollowTests.rankings(1 + group % 7 * 9, caller: UInt64(group + 2), of: profile))
        }
        var files: [String: [UInt8]] = [:]
        for name in Self.names { files[name] = try read(name) }
        return (files, checkpoint, try store.events(limit: .max).count)
    }

    private func checkWhole(_ path: String, events: Int) async throws {
        let store = try Store.open(at: path, options: options)
        #expect(try store.head()?.position.number == UInt64(events))
        let report = try store.verify()
        #expect(report.isClean, "\(report.findings) \(report.doubts)")
        _ = try await store.append(FollowTests.rankings(5, caller: 999, of: profile))
        #expect(try store.head()?.position.number == UInt64(events + 5))
        await store.close()
    }

    @Test func `any mixture of old and new pieces of the data file comes back whole`() async throws {
        let (files, checkpoint, events) = try await crash()
        var generator = SeededGenerator(seed: 16)
        for round in 0..<14 {
            var data = files["data.mdb"] ?? []
            let unit = round % 2 == 0 ? 512 : 4096
            // Nothing, everything, and shares of it.
            let share = round < 2 ? 1 : round < 4 ? 0 : Double.random(in: 0...1, using: &generator)
            for offset in stride(from: 0, to: data.count, by: unit)
            where Double.random(in: 0..<1, using: &generator) < share {
                for index in offset..<min(offset + unit, data.count) {
                    data[index] = index < checkpoint.count ? checkpoint[index] : 0
                }
            }
            if round == 1 { data = checkpoint }
            var crashed = files
            crashed["data.mdb"] = data
            try await checkWhole(image(crashed), events: events)
        }
    }

    @Test func `a recovery that is interrupted is begun again`() async throws {
        let (files, _, events) = try await crash()
        let path = try image(files)
        // As far as a recovery comes before its checkpoint is clean, then the power fails again.
        do { _ = try Store.open(at: path, options: options) }
        var again = files
        again["data.mdb"] = try read("data.mdb", of: path)
        try await checkWhole(image(again), events: events)
    }

    @Test func `a flipped bit in the journal is refused with its position, and changes nothing`() async throws {
        let (files, _, _) = try await crash()
        let journal = try #require(files["journal.a"])
        // The first group after the checkpoint: where the journal goes on after the appends before it.
        let used = Self.usedBlocks(of: journal)
        let middle = try #require(used.dropFirst(used.count / 2).first)
        var damaged = files
        damaged["journal.a"]?[middle + 60] ^= 4
        let path = try image(damaged)
        do {
            _ = try Store.open(at: path, options: options)
            Issue.record("a damaged journal was taken for a shorter one")
        } catch {
            #expect("\(error)".contains("the journal is damaged at position "), "\(error)")
        }
        for (name, bytes) in damaged { #expect(try read(name, of: path) == bytes, "\(name) is as it was") }
    }

    @Test func `a flipped bit in the last group is refused when the log has the group`() async throws {
        let (files, _, events) = try await crash()
        let journal = try #require(files["journal.a"])
        let last = try #require(Self.usedBlocks(of: journal).last)
        var damaged = files
        damaged["journal.a"]?[last] ^= 4
        do {
            _ = try Store.open(at: try image(damaged), options: options)
            Issue.record("an acknowledged group was dropped")
        } catch {
            #expect("\(error)".contains("the log has the event at position \(events)"), "\(error)")
        }
    }

    /// A page of the table of tables that was torn by a power loss, of whose fields some are of another moment.
    @Test func `a torn count of the log's events is no sign of a damaged journal`() async throws {
        let (files, checkpoint, events) = try await crash()
        var torn = files
        let data = try #require(files["data.mdb"])
        // Only pages that are not the checkpoint's can be torn.
        func isPinned(_ place: Int) -> Bool {
            let page = place / 4096 * 4096..<place / 4096 * 4096 + 4096
            return page.upperBound <= checkpoint.count && data[page] == checkpoint[page]
        }
        // A node of the main table: the name, and LMDB's record of the table, whose flags say that it has integer keys.
        let name = Array("log".utf8)
        let places = data.indices.dropLast(51).filter { place in
            data[place..<(place + 3)].elementsEqual(name) && data[place + 7] == 8 && data[place + 8] == 0
                && !isPinned(place)
        }
        #expect(!places.isEmpty)
        for place in places { torn["data.mdb"]?[place + 3 + 32 + 5] = 0x1D }
        try await checkWhole(image(torn), events: events)
    }

    @Test func `bits after the last group are harmless`() async throws {
        let (files, _, events) = try await crash()
        var noisy = files
        let journal = try #require(files["journal.a"])
        let last = try #require(Self.usedBlocks(of: journal).last)
        for index in (last + 512)..<journal.count { noisy["journal.a"]?[index] = UInt8(truncatingIfNeeded: index &* 7) }
        try await checkWhole(image(noisy), events: events)
    }

    @Test func `a closed store is clean and needs neither journal nor recovery`() async throws {
        let (_, _, events) = try await crash()
        let store = try Store.open(at: path, options: options)
        await store.close()
        #expect(try store.statistics().journal?.isClean == true)
        var files: [String: [UInt8]] = [:]
        for name in Self.names { files[name] = try read(name) }
        files["journal.a"] = [UInt8](repeating: 0, count: 1 << 20)
        try await checkWhole(image(files), events: events)
    }

    @Test func `an idle store comes to rest by itself`() async throws {
        var options = options
        options.restAfter = .milliseconds(20)
        try await makeStore(options)
        let store = try Store.open(at: path, options: options)
        _ = try await store.append(FollowTests.rankings(5, caller: 7, of: profile))
        while try store.statistics().journal?.isClean != true { try await Task.sleep(for: .milliseconds(5)) }
        _ = try await store.append(FollowTests.rankings(5, caller: 8, of: profile))
        let events = try store.events(limit: .max)
        #expect(try store.statistics().eventCount == events.count)
    }

    @Test func `appends go on in the other segment while a checkpoint is taken`() async throws {
        try await makeStore()
        let store = try Store.open(at: path, options: options)
        for caller in 0..<60 {
            _ = try await store.append(FollowTests.rankings(400, caller: UInt64(caller + 2), of: profile))
        }
        #expect(try read("journal.b").contains { $0 != 0 })
        let events = try store.events(limit: .max).count
        var files: [String: [UInt8]] = [:]
        // Not all at the same moment, but nothing is written any more once the checkpoints under way are done.
        await store.close()
        for name in Self.names { files[name] = try read(name) }
        #expect((files["journal.a"]?.count ?? 0) > 1 << 20, "a segment that fills is made larger")
        try await checkWhole(image(files), events: events)
    }

    @Test func `a group that was durable and not committed is appended first`() async throws {
        try await makeStore()
        let store = try Store.open(at: path, options: options)
        let head = try #require(try store.head())
        // What a process leaves that is killed between its flush and its commit.
        let source = try Store.create(at: folder.file("source"), options: options)
        try await SyntheticSpace("v6").define(in: source)
        _ = try await source.append(FollowTests.rankings(40, caller: 1, of: profile))
        #expect(try source.head()?.position == head.position)
        _ = try await source.append(FollowTests.rankings(3, caller: 2, of: profile))
        try await leaveGroup(of: source, in: store, after: head.position.number)

        let receipts = try await store.append(FollowTests.rankings(3, caller: 2, of: profile))
        #expect(!receipts.contains { !$0.isRepeat }, "the events are there already")
        #expect(try store.head()?.position.number == head.position.number + 3)
        await store.close()
        await source.close()
        #expect(try Store.open(at: path, options: options).verify().isClean)
    }

    /// Writes the last events of one store as a group into the journal of another, which is at rest.
    private func leaveGroup(of source: Store, in store: Store, after head: UInt64) async throws {
        try store.leaveGroupInJournal(of: source, after: head)
    }

    @Test func `a store of its own comes of a backup, and its data file alone is refused`() async throws {
        try await makeStore()
        let store = try Store.open(at: path, options: options)
        _ = try store.backup(to: folder.file("copy"))
        let copied = try read("data.mdb", of: folder.file("copy"))
        let events = try store.events(limit: .max).count
        await store.close()
        try await checkWhole(image(["data.mdb": copied]), events: events)
        do {
            _ = try Store.open(at: try image(["data.mdb": try read("data.mdb")]), options: options)
            Issue.record("a data file without its journal was opened")
        } catch {
            #expect("\(error)".contains("are missing"), "\(error)")
        }
    }

    @Test func `two instances of one store take turns`() async throws {
        try await makeStore()
        let first = try Store.open(at: path, options: options)
        let second = try Store.open(at: path, options: options)
        for round in 0..<10 {
            _ = try await first.append(FollowTests.rankings(3, caller: UInt64(2 * round + 10), of: profile))
            _ = try await second.append(FollowTests.rankings(3, caller: UInt64(2 * round + 11), of: profile))
        }
        await first.close()
        await second.close()
        #expect(try first.verify().isClean)
    }
}
