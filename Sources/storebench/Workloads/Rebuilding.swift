internal import PersonalizationStore

/// `rebuild` measures building all derived tables anew, durable at the end.
enum Rebuilding {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let store = try Store.open(at: try arguments.storePath)
        guard let head = try store.head() else { throw BenchError.failed("the store is empty") }
        let start = MonotonicClock.now()
        try store.rebuild()
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        return .rate("events/s", Int(head.position.number), seconds: seconds)
    }
}
