import EventLog
import Foundation
import LMDB
import PersonalizationStore
import Synchronization
import TestSupport
import Testing

/// A person who was erased has left nothing in any file of the store, and everybody else notices nothing.
@Suite struct ErasureTests {
    @Test func `no file has anything of the person, and others have what they had`() async throws {
        let world = try await ErasureWorld()
        #expect(try !world.found().isEmpty, "the traces are what the files have before")
        let store = try world.open()
        let answers = try ErasureWorld.answers(of: store, benCode: world.benCode)
        let count = try store.statistics().eventCount
        let report = try await store.erase(user: ErasureWorld.ada, waitingAtMost: .seconds(20))
        #expect(report.finishedAt != nil && report.positions == [Position(UInt64(count + 1))])
        // Rankings, opening, mints, label, revocation, two of settings; the author of each image; a profile that was opened,
        // labelled and shared; and a board with an image and a mint.
        #expect(report.recordCount == 60 + 1 + 3 + 2 + 2 + 4 + 3 + 4)
        try world.check(store, answers: answers)
        await store.close()
        let reopened = try world.open()
        try world.check(reopened, answers: answers)
        await reopened.close()
    }

    @Test func `leaves times, authorless images and the tree as they were`() async throws {
        let world = try await ErasureWorld()
        let before = try LogLeaves(path: world.path)
        let store = try world.open()
        try await store.erase(user: ErasureWorld.ada)
        let image = try store.events().first { event in
            if case .imageRegistered(_, let image) = event.content { image.id == "hers/2" } else { false }
        }
        guard case .imageRegistered(_, let image)? = image?.content else { return #expect(Bool(false)) }
        #expect(image.author == nil)
        await store.close()
        let after = try LogLeaves(path: world.path)
        #expect(after.times.count == before.times.count + 1)
        #expect(Array(after.times.dropLast()) == before.times)
        #expect(Array(after.leaves.dropLast()) == before.leaves)
    }

    @Test func `the same name is a new person with a new stream`() async throws {
        let world = try await ErasureWorld()
        let store = try world.open()
        try await store.erase(user: ErasureWorld.ada)
        let receipts = try await store.append(
            (0..<6).map { .rank(ErasureWorld.adaProfile, winner: "v6/\($0)", loser: "v6/\($0 + 7)") })
        #expect(receipts[0].revision == 2)
        let code = try await store.currentVersion(of: ErasureWorld.adaProfile).code
        #expect(try store.version(code).code == code)
        // Erased once more, with what came since.
        try await store.erase(user: ErasureWorld.ada)
        #expect(throws: StoreError.self) { try store.version(code) }
        #expect(try store.erasures().count == 2 && Set(store.erasures().map(\.person)).count == 1)
        #expect(try store.verify().findings == [])
        #expect(try world.found() == [])
        await store.close()
    }

    @Test func `a pin of an erased code says that it is gone, and an alias means nothing`() async throws {
        let world = try await ErasureWorld()
        let store = try world.open()
        let pinned = world.adaCodes[0]
        let settings = Settings(
            personalizesAlways: false, profile: "default", pinned: [WeightedCode(pinned, weight: 2)])
        try await store.setSettings(of: "ben", in: "v6", to: settings)
        _ = try await store.alias("yfbxsj7", to: pinned)
        try await store.erase(user: ErasureWorld.ada)
        do {
            _ = try await store.resolve("x --p", user: "ben")
            Issue.record("an erased version was used")
        } catch StoreError.fault(.pinErased) {
        }
        #expect(try store.settings(of: "ben", in: "v6").pinned == [])
        #expect(try store.aliases(in: "v6").isEmpty)
        let audit = try await store.audit()
        #expect(audit.mismatches.isEmpty)
        #expect(try store.verify().findings == [])
        await store.close()
    }

    @Test func `a schedule refuses events and tastes until it is cancelled, and is carried out when due`() async throws
    {
        let world = try await ErasureWorld()
        let clock = SetClock()
        let store = try world.open { $0.now = clock.now }
        let due = Timestamp(microseconds: clock.now().microseconds + 3_600_000_000)
        let unknown = await Self.refusal(of: { _ = try await store.scheduleErasure(of: "nobody", at: due) })
        #expect(unknown.contains("there is nothing of 'nobody'"))
        try await store.scheduleErasure(of: ErasureWorld.ada, at: due)
        let scheduled = try store.scheduledErasures()
        #expect(scheduled.count == 1 && scheduled[0].user == ErasureWorld.ada && scheduled[0].due == due)
        let event = NewEvent.rank(ErasureWorld.adaProfile, winner: "v6/1", loser: "v6/9")
        let refusals = [
            await Self.refusal(of: { _ = try await store.append(event) }),
            await Self.refusal(of: { _ = try await store.resolve("x --p", user: ErasureWorld.ada) }),
            await Self.refusal(of: { _ = try await store.currentVersion(of: ErasureWorld.adaProfile) }),
        ]
        #expect(refusals.allSatisfy { $0.contains("is to be erased at") }, "\(refusals)")
        try await store.cancelErasure(of: ErasureWorld.ada)
        let repeated = await Self.refusal(of: { _ = try await store.cancelErasure(of: ErasureWorld.ada) })
        #expect(repeated.contains("is not to be erased"))
        _ = try await store.append(event)
        #expect(try await store.resolve("x --p", user: ErasureWorld.ada).personalization != nil)

        try await store.scheduleErasure(of: ErasureWorld.ada, at: due)
        #expect(try await store.eraseDue().positions.isEmpty)
        clock.set(Timestamp(microseconds: due.microseconds + 1))
        let report = try await store.eraseDue()
        #expect(report.positions.count == 1 && report.finishedAt != nil)
        #expect(try store.scheduledErasures().isEmpty)
        #expect(try world.found() == [])
        #expect(try store.verify().findings == [])
        await store.close()
    }

    @Test func `a restored backup is erased by the ledger`() async throws {
        let world = try await ErasureWorld()
        let store = try world.open()
        let copy = world.folder.file("copy")
        _ = try store.backup(to: copy)
        try await store.erase(user: ErasureWorld.ada)
        let people = Set(try store.erasures().map(\.person.bytes))
        await store.close()
        let restored = try Store.open(at: copy, options: .small)
        let (report, count) = try await restored.erase(ledger: people)
        #expect(count == 1 && report.positions.count == 1)
        #expect(try restored.streamHead(of: ErasureWorld.adaProfile) == nil)
        #expect(try restored.streamHead(of: ErasureWorld.benProfile) != nil)
        #expect(try await restored.erase(ledger: people).personCount == 0)
        await restored.close()
    }

    @Test func `a reader of an earlier state is named and waited for, and keeps what it sees`() async throws {
        let world = try await ErasureWorld()
        let store = try world.open()
        let answers = try ErasureWorld.answers(of: store, benCode: world.benCode)
        let reader = try HeldReader(store)
        let report = try await store.erase(user: ErasureWorld.ada, waitingAtMost: .milliseconds(50))
        #expect(report.finishedAt == nil)
        #expect(
            report.lingeringReaders.contains { $0.contains("process \(ProcessInfo.processInfo.processIdentifier)") })
        #expect(try store.erasures().allSatisfy { !$0.isFinished })
        #expect(reader.isWhole())
        reader.end()
        let finished = try await store.eraseDue(waitingAtMost: .seconds(20))
        #expect(finished.finishedAt != nil)
        try world.check(store, answers: answers)
        await store.close()
    }

    /// What an operation is refused with; empty when it is not.
    private static func refusal(of operation: () async throws -> Void) async -> String {
        do {
            try await operation()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `nobody of that name is an error, and nothing is written`() async throws {
        let world = try await ErasureWorld(eventCount: 20)
        let store = try world.open()
        let before = try store.head()
        let refusal = await Self.refusal(of: { _ = try await store.erase(user: "nobody", waitingAtMost: nil) { _ in } })
        #expect(refusal.contains("there is nothing of 'nobody'"))
        #expect(try store.head() == before)
        await store.close()
    }
}

/// The leaf and the time of every record, read from the log itself.
private struct LogLeaves {
    var times: [Timestamp] = []
    var leaves: [String] = []

    init(path: String) throws {
        let environment = try Environment.open(directory: path)
        let log = LogTable(table: try environment.openTable(name: LogTable.name, keys: .integer, create: false))
        let transaction = try environment.beginRead()
        let head = try #require(try log.headPosition(in: transaction))
        var entries = TreeEntries(log: log)
        try log.scan(.first...head, in: transaction) { (record) throws(StorageError) in
            times.append(record.header.recordedAt)
            leaves.append(try entries.leaf(of: record, in: transaction).description)
            return true
        }
    }
}

/// A clock that stands still until it is set.
private final class SetClock: Sendable {
    private let time = Mutex(Timestamp.systemNow())

    @Sendable func now() -> Timestamp { time.withLock { $0 } }

    func set(_ next: Timestamp) { time.withLock { $0 = next } }
}

/// A snapshot that a thread of its own holds.
private final class HeldReader: Sendable {
    private let begun = DispatchSemaphore(value: 0)
    private let mayLook = DispatchSemaphore(value: 0)
    private let looked = DispatchSemaphore(value: 0)
    private let mayEnd = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let sawAll = Mutex(false)

    init(_ store: Store) throws {
        let thread = Thread { [self] in
            try? store.holdSnapshot { count in
                begun.signal()
                mayLook.wait()
                let isWhole = (try? count()) ?? false
                sawAll.withLock { $0 = isWhole }
                looked.signal()
                mayEnd.wait()
            }
            ended.signal()
        }
        thread.start()
        begun.wait()
    }

    /// Whether the snapshot still has every record, none of them erased.
    func isWhole() -> Bool {
        mayLook.signal()
        looked.wait()
        return sawAll.withLock { $0 }
    }

    func end() {
        mayEnd.signal()
        ended.wait()
    }
}
