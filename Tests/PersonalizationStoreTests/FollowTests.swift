import PersonalizationStore
import Projections
import TestSupport
import Testing

/// Following the log: everything that is there, then everything that comes, in order, whoever appends.
@Suite(.timeLimit(.minutes(2))) struct FollowTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let space: SyntheticSpace
    private let profile = ProfileName(user: "ada", space: "v6")

    init() async throws {
        folder = try TemporaryFolder()
        var options = Store.Options()
        options.mapByteCount = 1 << 32
        options.flushPolicy = .init(generationRecordCount: 50, sliceRowCount: 5)
        store = try Store.create(at: folder.file("store"), options: options)
        space = try SyntheticSpace("v6")
        try await space.define(in: store)
    }

    /// Rankings with event ids 1 to `count` of a caller.
    static func rankings(_ count: Int, caller: UInt64, of profile: ProfileName) -> [NewEvent] {
        (0..<count).map { number in
            var event = NewEvent.rank(
                profile, winner: "v6/\(number % 48)", loser: "v6/\((number * 7 + 1) % 48)")
            if number % 48 == (number * 7 + 1) % 48 { event = .like(profile, image: "v6/\(number % 48)") }
            event.eventID = EventID(high: caller, low: UInt64(number + 1))
            return event
        }
    }

    /// Follows until the log has an event with an id.
    private func follow(
        _ store: Store, from start: Position = .first, until last: EventID
    ) async throws -> [StoredEvent] {
        var events: [StoredEvent] = []
        for try await event in store.follow(from: start, pollInterval: .milliseconds(1)) {
            events.append(event)
            if event.eventID == last { break }
        }
        return events
    }

    @Test func `a follower catches up and then sees each append`() async throws {
        // More than it reads at a time.
        for _ in 0..<4 { _ = try await store.append(Self.rankings(300, caller: .random(in: 9...99_999), of: profile)) }
        let last = EventID(high: 1, low: 200)
        async let followed = follow(store, until: last)
        for event in Self.rankings(200, caller: 1, of: profile) { _ = try await store.append(event) }
        #expect(try await followed == (try store.events(limit: .max)))
    }

    @Test func `a follower sees what another instance appends`() async throws {
        let other = try Store.open(at: store.path)
        let last = EventID(high: 2, low: 100)
        async let followed = follow(store, until: last)
        for event in Self.rankings(100, caller: 2, of: profile) { _ = try await other.append(event) }
        #expect(try await followed == (try store.events(limit: .max)))
    }

    @Test func `a follower sees what another process appends`() async throws {
        let last = EventID(high: 3, low: 60)
        async let followed = follow(store, until: last)
        await #expect(processExitsWith: .success) { [path = store.path as String] in
            let store = try Store.open(at: path)
            let profile = ProfileName(user: "cy", space: "v6")
            for event in FollowTests.rankings(60, caller: 3, of: profile) { _ = try await store.append(event) }
            await store.close()
        }
        let events = try await followed
        #expect(events == (try store.events(limit: .max)))
        #expect(events.count { $0.profile?.user == "cy" } == 61)
    }

    @Test func `a follower of a position that is yet to come begins there`() async throws {
        let head = try #require(try store.head()).position
        let start = Position(head.number + 5)
        let last = EventID(high: 4, low: 20)
        async let followed = follow(store, from: start, until: last)
        for event in Self.rankings(20, caller: 4, of: profile) { _ = try await store.append(event) }
        let events = try await followed
        #expect(events.first?.position == start)
        #expect(events == (try store.events(from: start, limit: .max)))
    }

    @Test func `a follower that waits ends when its task is cancelled`() async throws {
        let head = try #require(try store.head()).position
        let reached = AsyncStream<Void>.makeStream()
        let follower = Task { [store] in
            var count = 0
            for try await event in store.follow(pollInterval: .seconds(3600)) {
                count += 1
                if event.position == head { reached.continuation.yield() }
            }
            return count
        }
        for await _ in reached.stream { break }
        follower.cancel()
        #expect(try await follower.value == Int(head.number))
    }

    @Test func `a slow consumer holds no read transaction and misses nothing`() async throws {
        let last = EventID(high: 5, low: 300)
        let events = Self.rankings(300, caller: 5, of: profile)
        _ = try await store.append(Array(events[..<20]))
        var seen: [Position] = []
        var appended = 20
        for try await event in store.follow(pollInterval: .milliseconds(1)) {
            seen.append(event.position)
            // Nobody else reads here: a snapshot held for the consumer would show.
            if seen.count % 10 == 0 { #expect(try store.statistics().readers.allSatisfy { $0.lag == nil }) }
            if appended < events.count {
                let next = min(appended + 3, events.count)
                _ = try await store.append(Array(events[appended..<next]))
                appended = next
            }
            if event.eventID == last { break }
        }
        let head = try #require(try store.head()).position
        #expect(seen == (1...head.number).map { Position($0) })
    }

    @Test func `followers see a log without gaps while several callers append`() async throws {
        let last = EventID(high: 0, low: 99)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    let events = try await follow(store, until: last)
                    #expect(events.map(\.position.number) == Array(1...UInt64(events.count)))
                    #expect(zip(events, events.dropFirst()).allSatisfy { $0.recordedAt <= $1.recordedAt })
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { callers in
                for caller in 1...4 {
                    callers.addTask {
                        let profile = ProfileName(user: "user \(caller)", space: "v6")
                        let events = Self.rankings(60, caller: UInt64(caller) << 32, of: profile)
                        for event in events { _ = try await store.append(event) }
                    }
                }
                try await callers.waitForAll()
            }
            var end = Self.rankings(1, caller: 0, of: profile)[0]
            end.eventID = last
            _ = try await store.append(end)
            try await group.waitForAll()
        }
    }
}
