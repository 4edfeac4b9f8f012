internal import PersonalizationStore

/// `get` measures reads of one event by its position, each in a snapshot of its own, with its names.
enum Getting {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let store = try Store.open(at: try arguments.storePath)
        let count = try arguments.number("count", 100_000, atLeast: 1)
        var generator = SeededGenerator(seed: UInt64(try arguments.number("seed", 1)))
        guard let head = try store.head() else { throw BenchError.failed("the store is empty") }
        let events = Int(head.position.number)
        if try arguments.number("cold", 0) == 0 { try read(count, of: events, from: store, &generator) }
        let start = MonotonicClock.now()
        try read(count, of: events, from: store, &generator)
        return .rate("reads/s", count, seconds: Double(MonotonicClock.now() - start) / 1e9)
    }

    private static func read(
        _ count: Int, of events: Int, from store: Store, _ generator: inout SeededGenerator
    ) throws {
        for _ in 0..<count {
            let position = Position(UInt64(1 + generator.below(events)))
            guard try store.events(from: position, limit: 1).first?.position == position else {
                throw BenchError.failed("the log has no event at position \(position)")
            }
        }
    }
}
