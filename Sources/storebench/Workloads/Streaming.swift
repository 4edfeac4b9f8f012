internal import EventLog
internal import PersonalizationStore
internal import SeededRandom

/// `stream` measures reading whole streams: each record found, verified and decoded, newest first, as a fold reads it.
enum Streaming {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let path = try arguments.storePath
        let reader = StreamReader(store: try Store.open(at: path), log: try RawLog(path: path))
        let users = try arguments.number("users", 10_000, atLeast: 1)
        var generator = SeededGenerator(seed: UInt64(try arguments.number("seed", 1)))
        let isCold = try arguments.number("cold", 0) != 0
        var latency = LatencySamples()
        var count = 0
        var named = (count: 0, nanoseconds: UInt64(0))
        for _ in 0..<(try arguments.number("count", 100, atLeast: 1)) {
            let profile = ProfileName(user: Catalogue.userName(generator.below(users)), space: Catalogue.space)
            if !isCold { _ = try reader.read(profile) }
            let start = MonotonicClock.now()
            count += try reader.read(profile)
            let middle = MonotonicClock.now()
            latency.add(middle - start)
            named.count += try reader.readNamed(profile)
            named.nanoseconds += MonotonicClock.now() - middle
        }
        let busy = latency.nanoseconds.reduce(0, +)
        var measurement = Measurement.rate("events/s", count, seconds: Double(busy) / 1e9)
        measurement.latency = latency
        measurement.details = [("namedEventsPerSecond", Double(named.count) * 1e9 / Double(named.nanoseconds))]
        return measurement
    }
}

/// Reads one stream after the other.
private struct StreamReader {
    let store: Store
    let log: RawLog

    /// Walks a stream back from its head; returns the number of its events.
    func read(_ profile: ProfileName) throws -> Int {
        guard let head = try store.streamHead(of: profile) else { return 0 }
        let transaction = try log.environment.beginRead()
        var count = 0
        var sum: UInt64 = 0
        try log.table.walkBack(from: head.position, in: transaction) { (record) throws(StorageError) in
            count += 1
            if let (winner, loser) = record.rankedImages {
                sum &+= winner.number &+ loser.number
            } else {
                do throws(RecordError) { keep(try RecordBody(of: record)) } catch { throw .record(error) }
            }
            return record.header.previous
        }
        keep(sum)
        return count
    }

    /// Reads a stream with the names of its user, space and images, as an application sees it.
    func readNamed(_ profile: ProfileName) throws -> Int {
        let events = try store.eventsBackward(of: profile, limit: .max)
        keep(events)
        return events.count
    }
}
