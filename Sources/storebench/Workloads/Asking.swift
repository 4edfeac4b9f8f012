internal import PersonalizationStore

/// `pairs` measures asking for the next pair of images: of the people of a prepared store in turn, or with `--known 0` of
/// somebody who has said nothing.
enum Asking {
    /// Requests before the first that is timed.
    private static let warmUpCount = 20

    static func run(_ arguments: Arguments) async throws -> Measurement {
        let isKnown = try arguments.number("known", 1) != 0
        let users = try arguments.number("users", 1, atLeast: 1)
        let count = try arguments.number("repetitions", 500, atLeast: 1)
        let store = try Store.open(at: try arguments.storePath)
        var latency = LatencySamples()
        let begin = MonotonicClock.now()
        for index in 0..<(warmUpCount + count) {
            let user = isKnown ? Catalogue.userName(index % users) : "nobody"
            let start = MonotonicClock.now()
            let pairs = try store.pairs(
                for: ProfileName(user: user, space: Catalogue.space), seed: UInt64(index))
            if index >= warmUpCount { latency.add(MonotonicClock.now() - start) }
            guard pairs.count == 1 else { throw BenchError.usage("the store has no pair left to ask") }
        }
        let seconds = Double(MonotonicClock.now() - begin) / 1e9
        await store.close()
        var measurement = Measurement.rate("pairs/s", warmUpCount + count, seconds: seconds)
        measurement.latency = latency
        return measurement
    }
}
