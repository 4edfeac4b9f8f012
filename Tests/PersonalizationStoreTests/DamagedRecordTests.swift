import EventLog
import Foundation
import PersonalizationStore
import TestSupport
import Testing

/// One record behind the last checkpoint is damaged: it is reported by its position, and what does not need it works.
@Suite struct DamagedRecordTests {
    /// A store of which no row was ever flushed, and whose record at the position of ben's last ranking is damaged.
    private func damagedStore() async throws -> (store: DamagedStore, position: Position) {
        let store = try await DamagedStore(flushes: false)
        let ben = ProfileName(user: "ben", space: "v6")
        let position: Position
        do {
            let events = try Store.openReadOnly(at: store.path).eventsBackward(of: ben, limit: 2)
            guard case .rank = try #require(events.last).content else { throw UnexpectedEvent() }
            position = try #require(events.last?.position)
        }
        try store.damageRecord(position.number)
        return (store, position)
    }

    private struct UnexpectedEvent: Error {}

    @Test func `opening for writing refuses, naming the position and the way on`() async throws {
        let (store, position) = try await damagedStore()
        do {
            _ = try Store.open(at: store.path)
            Issue.record("a damaged record was passed over by a writer")
        } catch {
            #expect(error.description.contains("position \(position) is damaged"))
            #expect(error.description.contains("export --skip-damaged"))
        }
    }

    @Test func `reading works around it, and says so`() async throws {
        let (store, position) = try await damagedStore()
        let reading = try Store.openReadOnly(at: store.path)
        let answers = try await DamagedStore.answers(of: reading, users: ["ada", "cid"])
        #expect(answers == [store.answers[0]] + store.answers[1...4] + store.answers[9...12])
        #expect(reading.passedOverRecords.first == .checksumMismatch(position))
        // Ben's mint came after the damaged record: the code is the same for everybody, and what he thinks now is not told.
        let code = String(try #require(store.answers[5].split(separator: " ").last))
        #expect(try await reading.resolve("a harbour --p \(code)", user: "ada").prompt == "a harbour --p \(code)")
        await #expect(throws: StoreError.self) { try await reading.resolve("a harbour --p", user: "ben") }
    }

    @Test func `verify reports it by position, and the log is read around it`() async throws {
        let (store, position) = try await damagedStore()
        let reading = try Store.openReadOnly(at: store.path)
        let report = try reading.verify()
        #expect(report.findings.count == 1)
        #expect(report.findings.first?.contains("position \(position) is damaged") == true)
        let stretch = try reading.eventsAroundDamage(limit: 10_000)
        #expect(stretch.skipped.map(\.position) == [position])
        #expect(stretch.next == nil)
        #expect(stretch.events.count == Int(try #require(try reading.head()).position.number) - 1)
        #expect(reading.passedOverRecords == [], "nothing of this needed a derived row")
    }

    @Test func `a rebuild refuses, naming the position`() async throws {
        let (store, position) = try await damagedStore()
        do {
            try Store.rebuild(at: store.path)
            Issue.record("tables were derived from a damaged log")
        } catch {
            #expect(error.description.contains("position \(position) is damaged"))
        }
    }
}
