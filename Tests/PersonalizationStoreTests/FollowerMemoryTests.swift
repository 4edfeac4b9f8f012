import Foundation
import PersonalizationStore
import Projections
import TestSupport
import Testing

/// The memory of a process that follows a log that another one writes. `FOLLOW_EVENTS` asks for more events.
@Suite(.timeLimit(.minutes(30))) struct FollowerMemoryTests {
    static let eventCount = ProcessInfo.processInfo.environment["FOLLOW_EVENTS"].flatMap { Int($0) } ?? 200_000
    /// A fourth of what 200,000 events took when every row was kept, some 220 bytes an event.
    static let largestGrowth = 12 << 20

    static var options: Store.Options {
        var options = Store.Options()
        options.flushPolicy = .init(generationRecordCount: 4_000, sliceRowCount: 20_000)
        return options
    }

    /// The memory of this process that is no file's, in bytes.
    static func anonymousMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
        return 1024 * (try #require(Int(line.split(whereSeparator: \.isWhitespace)[1])))
    }

    @Test func `a follower's memory does not grow with the events of another process`() async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"), options: Self.options)
        try await SyntheticSpace("v6").define(in: store)
        await store.close()
        let path = store.path
        async let written = #expect(processExitsWith: .success) { [path = path as String] in
            let store = try Store.open(at: path, options: FollowerMemoryTests.options)
            for batch in 0..<(FollowerMemoryTests.eventCount / 1000) {
                let profile = ProfileName(user: "user \(batch % 50)", space: "v6")
                _ = try await store.append(
                    (0..<1000).map { number in
                        var event = NewEvent.rank(
                            profile, winner: "v6/\(number % 47)", loser: "v6/\(number % 47 + 1)")
                        event.eventID = EventID(high: UInt64(batch), low: UInt64(number + 1))
                        return event
                    })
            }
            await store.close()
        }
        async let read = #expect(processExitsWith: .success) { [path = path as String] in
            let store = try Store.open(at: path, options: FollowerMemoryTests.options)
            let count = FollowerMemoryTests.eventCount
            var seen = 0
            var early = 0
            for try await event in store.follow(pollInterval: .milliseconds(1)) {
                guard case .rank = event.content else { continue }
                seen += 1
                if seen == count / 10 { early = try FollowerMemoryTests.anonymousMemory() }
                if seen == count / 1000 * 1000 { break }
            }
            let growth = try FollowerMemoryTests.anonymousMemory() - early
            guard growth < FollowerMemoryTests.largestGrowth else {
                fatalError("the follower has grown by \(growth) bytes over \(count) events")
            }
        }
        _ = await (written, read)
    }
}
