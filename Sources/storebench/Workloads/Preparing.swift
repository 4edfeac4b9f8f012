internal import PersonalizationStore
internal import Synchronization

/// `prepare` fills the store that another workload is measured on.
enum Preparing {
    /// How many events share a commit.
    private static let batchCount = 20_000
    /// How many mints are at work at a time, and share commits.
    private static let mintWidth = 256

    static func run(_ arguments: Arguments) async throws -> Measurement {
        let versions = try arguments.number("versions", 0)
        let dimension = try arguments.number("dimension", 64, atLeast: 1)
        let path = try arguments.storePath
        let users = versions > 0 ? versions : try arguments.number("users", 10_000, atLeast: 1)
        let catalogue = Catalogue(users: users, images: try arguments.number("images", 10_000, atLeast: 2))
        let store = try await BenchStore.create(at: path, catalogue, dimension: dimension)
        let start = MonotonicClock.now()
        var measurement: Measurement
        if versions > 0 {
            let comparisons = try arguments.number("comparisons", 200, atLeast: 1)
            try await appendComparisons(comparisons, to: store, catalogue, try EventSource(arguments))
            try await mint(Array(0..<versions), of: store, catalogue)
            await store.close()
            measurement = .rate("versions/s", versions, seconds: Double(MonotonicClock.now() - start) / 1e9)
        } else {
            let events = try arguments.number("events", 100_000, atLeast: 1)
            let active = try await append(events, to: store, catalogue, try EventSource(arguments))
            if try arguments.number("minted", 0) != 0 { try await mint(active, of: store, catalogue) }
            await store.close()
            measurement = .rate("events/s", events, seconds: Double(MonotonicClock.now() - start) / 1e9)
        }
        measurement.details = [("recordBytes", try rankRecordBytes(path: path))]
        return measurement
    }

    /// Appends the first events of a source; returns the users who have any.
    private static func append(
        _ count: Int, to store: Store, _ catalogue: Catalogue, _ source: EventSource
    ) async throws -> [Int] {
        var source = source
        var active = [Bool](repeating: false, count: catalogue.profiles.count)
        var left = count
        while left > 0 {
            var events: [NewEvent] = []
            for _ in 0..<min(left, batchCount) {
                let draw = source.next()
                active[draw.user] = true
                events.append(catalogue.event(draw))
            }
            _ = try await store.append(events)
            left -= events.count
        }
        return active.indices.filter { active[$0] }
    }

    /// Appends so many comparisons of every user, each of another pair.
    private static func appendComparisons(
        _ count: Int, to store: Store, _ catalogue: Catalogue, _ source: EventSource
    ) async throws {
        var source = source
        let images = catalogue.imageIDs.count
        guard count <= images * (images - 1) / 4 else { throw BenchError.usage("too few images for distinct pairs") }
        var events: [NewEvent] = []
        for user in catalogue.profiles.indices {
            var pairs: Set<[Int]> = []
            while pairs.count < count {
                let draw = source.next()
                guard pairs.insert([draw.winner, draw.loser].sorted()).inserted else { continue }
                events.append(
                    catalogue.event(
                        EventSource.Draw(user: user, winner: draw.winner, loser: draw.loser, at: draw.at)))
            }
            if events.count >= batchCount || user == catalogue.profiles.count - 1 {
                _ = try await store.append(events)
                events = []
            }
        }
    }

    private static func mint(_ users: [Int], of store: Store, _ catalogue: Catalogue) async throws {
        try await BenchStore.forEach(users.count, width: mintWidth) { index in
            _ = try await store.currentVersion(of: catalogue.profiles[users[index]])
        }
    }

    /// The mean bytes of a rank event's record.
    static func rankRecordBytes(path: String) throws -> Double {
        var count = 0
        var byteCount = 0
        try RawLog(path: path).scan { record in
            guard record.header.kind == .rank else { return }
            count += 1
            byteCount += record.bytes.byteCount
        }
        return count == 0 ? 0 : Double(byteCount) / Double(count)
    }
}
