internal import PersonalizationStore
internal import Synchronization

/// `append` measures durable appends by concurrent callers, flushes of derived tables included.
enum Appending {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let callers = try arguments.number("callers", 1, atLeast: 1)
        let batch = try arguments.number("batch", 1, atLeast: 1)
        let requests = max(2, try arguments.number("events", 10_000, atLeast: 1) / batch)
        let catalogue = try Catalogue(arguments)
        var options = Store.Options()
        let checkpointAfter = try arguments.number("checkpoint", 0)
        if checkpointAfter > 0 { options.checkpointAfter = checkpointAfter }
        let store = try Store.open(at: try arguments.storePath, options: options)
        // Callers draw and build their events before anything is timed, as services get them from elsewhere.
        let share = (requests + callers - 1) / callers
        let prepared = try (0..<callers).map { caller in
            var source = try EventSource(arguments, seedOffset: 1 + caller)
            return (0..<share).map { _ in catalogue.events(batch, from: &source) }
        }
        let pace = Pace(
            requests: requests, limit: try arguments.nanoseconds("seconds", seconds: 60), from: MonotonicClock.now())
        let (latency, during) = try await withThrowingTaskGroup(of: (LatencySamples, LatencySamples).self) { group in
            for batches in prepared { group.addTask { try await send(batches, to: store, pace) } }
            var (latency, during) = (LatencySamples(), LatencySamples())
            for try await (all, those) in group {
                latency.add(all)
                during.add(those)
            }
            return (latency, during)
        }
        let end = MonotonicClock.now()
        // Otherwise the last caller would free all events in the time that is measured.
        withExtendedLifetime(prepared) {}
        guard latency.count > 0 else { throw BenchError.failed("no request finished within --seconds") }
        await store.close()
        var measurement = Measurement.rate(
            "events/s", latency.count * batch, seconds: Double(end - pace.measuredFrom) / 1e9)
        measurement.latency = latency
        // Those that waited while a checkpoint was being taken, of all: the suite compares their longest with the others.
        measurement.details = [
            ("duringCheckpoints", Double(during.count)), ("longestDuringCheckpoints", during.microseconds(1)),
            ("p99DuringCheckpoints", during.microseconds(0.99)), ("p99", latency.microseconds(0.99)),
        ]
        return measurement
    }

    /// One caller: each request waits until it is durable. Returns the latencies of all, and of those of them during which a
    /// checkpoint was being taken.
    private static func send(
        _ batches: [[NewEvent]], to store: Store, _ pace: Pace
    ) async throws -> (all: LatencySamples, duringCheckpoints: LatencySamples) {
        var (latency, during) = (LatencySamples(), LatencySamples())
        for events in batches {
            let begin = MonotonicClock.now()
            guard let isCounted = pace.begin(at: begin) else { break }
            _ = try await store.append(events)
            guard isCounted else { continue }
            let duration = MonotonicClock.now() - begin
            latency.add(duration)
            // One that ended meanwhile is not seen, but the appends that waited longest for it are.
            if store.isTakingCheckpoint { during.add(duration) }
        }
        return (latency, during)
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
