import PersonalizationStore
import Synchronization
import TestSupport
import Testing

/// One bad clock or line must not stamp all later events.
@Suite struct ClockTests {
    /// A wall clock that a test sets.
    private final class SetClock: Sendable {
        private let time: Mutex<Timestamp>
        private let lags = Mutex<[Duration]>([])

        init(_ text: String) throws { time = Mutex(try Timestamp(parsing: text)) }

        func set(_ text: String) throws {
            let moment = try Timestamp(parsing: text)
            time.withLock { $0 = moment }
        }

        var lag: Duration? { lags.withLock { $0.last } }

        var options: Store.Options {
            var options = Store.Options()
            options.now = { self.time.withLock { $0 } }
            options.onCommit = { report in self.lags.withLock { $0.append(report.clockLag) } }
            return options
        }
    }

    private func like(_ more: String) -> String { #"{"kind":"like","user":"ada","image":"v6/1",\#(more)}"# }

    @Test func `a time more than a day ahead is refused, also when times are trusted`() async throws {
        let clock = try SetClock("2026-11-26")
        let world = try await ImportWorld(options: clock.options)
        let before = try world.count()
        for line in [
            like(#""at":"2026-11-27T00:00:01Z""#), like(#""recordedAt":"2099-01-01T00:00:00Z""#),
            #"{"kind":"model","space":"v6","model":"9","recordedAt":"2099-01-01T00:00:00Z"}"#,
        ] {
            let error = try await #require(throws: InterchangeError.self) {
                try await world.load([line]) { $0.trustsTimes = true }
            }
            #expect(error.description.contains("--allow-future"), "\(error)")
        }
        await #expect(throws: InterchangeError.self) { try await world.load([like(#""at":"2026-11-27T00:00:01Z""#)]) }
        for time in [Int64.min, .max, 253_402_300_800_000] {
            await #expect(throws: StoreError.self) {
                try await world.store.append(NewEvent(.like(world.ada, image: "v6/1"), occurredAt: time))
            }
        }
        #expect(try world.count() == before)
        try await world.load([like(#""at":"2026-11-27T00:00:00Z""#)])
        #expect(try world.count() == before + 2)
    }

    @Test func `a clock that is ten years after the last event is refused unless allowed`() async throws {
        let clock = try SetClock("2026-11-26")
        let world = try await ImportWorld(options: clock.options)
        let before = try world.count()
        try clock.set("2099-01-01")
        let error = try await #require(throws: StoreError.self) {
            try await world.store.append(.like(world.ada, image: "v6/1"))
        }
        #expect(error.description.contains("ten years"), "\(error)")
        await #expect(throws: StoreError.self) {
            try await world.store.setSettings(of: "ada", in: "v6", to: .standard)
        }
        #expect(try world.count() == before)
        // A long pause, shorter than that, is believed.
        try clock.set("2036-11-01")
        _ = try await world.store.append(.like(world.ada, image: "v6/1"))
        await world.store.close()

        try clock.set("2099-01-01")
        var options = clock.options
        options.allowsFutureTimes = true
        let reopened = try Store.open(at: world.folder.file("store"), options: options)
        let receipt = try await reopened.append(.like(world.ada, image: "v6/1"))
        #expect(receipt.recordedAt == Timestamp(rfc3339: "2099-01-01T00:00:00Z"))
        await reopened.close()
    }

    @Test func `a clock behind the log is told of`() async throws {
        let clock = try SetClock("2026-11-26")
        let world = try await ImportWorld(options: clock.options)
        _ = try await world.store.append(.like(world.ada, image: "v6/1"))
        #expect(clock.lag == .zero)
        #expect(try world.store.statistics().clockLag == .zero)
        try clock.set("2026-11-25T23:00:00Z")
        #expect(try world.store.statistics().clockLag == .seconds(3600))
        let receipt = try await world.store.append(.like(world.ada, image: "v6/2"))
        #expect(receipt.recordedAt == Timestamp(rfc3339: "2026-11-26T00:00:00Z"), "the log never goes back")
        #expect(clock.lag == .seconds(3600))
    }

    @Test func `times before 1990 are counted`() async throws {
        let world = try await ImportWorld()
        let report = try await world.load([
            like(#""at":1714564800000"#), like(#""at":1714564800"#), like(#""at":"1989-12-31T23:59:59Z""#),
            like(#""at":"1990-01-01T00:00:00Z""#),
        ])
        #expect(report.eventCount == 4)
        #expect(report.earlyTimeCount == 2 && report.firstEarlyTimeLine == 2)
    }
}
