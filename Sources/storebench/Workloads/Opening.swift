internal import PersonalizationStore

/// `open` measures the time from opening a store until the last event and one stream's head were read.
enum Opening {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let path = try arguments.storePath
        let start = MonotonicClock.now()
        let store = try Store.open(at: path)
        guard let head = try store.head(), let last = try store.events(from: head.position, limit: 1).first else {
            throw BenchError.failed("the store is empty")
        }
        if let profile = last.profile { keep(try store.streamHead(of: profile)?.revision ?? 0) }
        return Measurement(
            unit: "ms", values: [Double(MonotonicClock.now() - start) / 1e6], events: Int(head.position.number))
    }
}
