internal import PersonalizationStore
internal import Synchronization

/// `append` measures durable appends by concurrent callers, flushes of derived tables included.
enum Appending {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let callers = try arguments.number("callers", 1, atLeast: 1)
        let batch = try arguments.number("batch", 1, atLeast: 1)
        let requests = max(2, try arguments.number("events", 10_000, atLeast: 1) / batch)
        let catalogue = try Catalogue(arguments)
        let store = try Store.open(at: try arguments.storePath)
        // Callers draw and build their events before anything is timed, as services get them from elsewhere.
        let share = (requests + callers - 1) / callers
        let prepared = try (0..<callers).map { caller in
            var source = try EventSource(arguments, seedOffset: 1 + caller)
            return (0..<share).map { _ in catalogue.events(batch, from: &source) }
        }
        let pace = Pace(
            requests: requests, limit: try arguments.nanoseconds("seconds", seconds: 60), from: MonotonicClock.now())
        let latency = try await withThrowingTaskGroup(of: LatencySamples.self) { group in
            for batches in prepared { group.addTask { try await send(batches, to: store, pace) } }
            var latency = LatencySamples()
            for try await samples in group { latency.add(samples) }
            return latency
        }
        let end = MonotonicClock.now()
        // Otherwise the last caller would free all events in the time that is measured.
        withExtendedLifetime(prepared) {}
        guard latency.count > 0 else { throw BenchError.failed("no request finished within --seconds") }
        await store.close()
        var measurement = Measurement.rate(
            "events/s", latency.count * batch, seconds: Double(end - pace.measuredFrom) / 1e9)
        measurement.latency = latency
        return measurement
    }

    /// One caller: each request waits until it is durable.
    private static func send(_ batches: [[NewEvent]], to store: Store, _ pace: Pace) async throws -> LatencySamples {
        var latency = LatencySamples()
        for events in batches {
            let begin = MonotonicClock.now()
            guard let isCounted = pace.begin(at: begin) else { break }
            _ = try await store.append(events)
            if isCounted { latency.add(MonotonicClock.now() - begin) }
        }
        return latency
    }
}

/// Tells concurrent callers when to go on: warm-up first, then what is measured, until all is sent or time is over.
final class Pace: Sendable {
    private let requests: Int
    private let warmUp: Int
    private let warmUpUntil: UInt64
    private let deadline: UInt64
    private let next = Atomic<Int>(0)
    private let start = Atomic<UInt64>(0)

    /// A pace whose warm-up is the first twentieth of the requests, or those of the first tenth of the time.
    init(requests: Int, limit: UInt64, from now: UInt64) {
        self.requests = requests
        warmUp = requests / 20 + (requests % 20).signum()
        warmUpUntil = now + limit / 10
        deadline = now + limit
    }

    /// Whether a request that begins now is counted; nil when there is to be none.
    func begin(at now: UInt64) -> Bool? {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < requests, now <= deadline else { return nil }
        guard number >= warmUp || now > warmUpUntil else { return false }
        _ = start.compareExchange(expected: 0, desired: now, ordering: .relaxed)
        return true
    }

    /// When the first counted request began.
    var measuredFrom: UInt64 { start.load(ordering: .relaxed) }
}
