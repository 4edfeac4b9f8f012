internal import PersonalizationStore

/// `recover` measures opening a store that was not closed: going back to its checkpoint and appending its journal again.
enum Recovering {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let path = try arguments.storePath
        let batch = try arguments.number("batch", 1000, atLeast: 1)
        let catalogue = try Catalogue(arguments)
        let (events, journalBytes) = try await fill(path, catalogue, batch: batch, arguments)
        for _ in 0..<100 {
            let start = MonotonicClock.now()
            let store = try Store.open(at: path)
            let duration = Double(MonotonicClock.now() - start) / 1e9
            // The writer's queue may have held the first store for a moment longer: then nothing was brought back.
            guard try store.statistics().journal?.isClean == true, let head = try store.head() else { continue }
            await store.close()
            return Measurement(
                unit: "events/s", values: [Double(events) / max(duration, 1e-9)], events: Int(head.position.number),
                details: [
                    ("milliseconds", duration * 1000), ("recoveredEvents", Double(events)),
                    ("journalBytes", Double(journalBytes)),
                ])
        }
        throw BenchError.failed("the store was never brought back")
    }

    /// Appends until the journal has so many bytes that a checkpoint is about to be taken, and lets the store go as a killed
    /// process would: nothing is flushed, and the checkpoint is one that is in use. Returns the events that were appended
    /// since the checkpoint, and their bytes in the journal.
    private static func fill(
        _ path: String, _ catalogue: Catalogue, batch: Int, _ arguments: Arguments
    ) async throws -> (events: Int, journalBytes: Int) {
        var options = Store.Options()
        options.restAfter = nil
        let store = try Store.open(at: path, options: options)
        var source = try EventSource(arguments, seedOffset: 1)
        var (events, used) = (0, 0)
        while true {
            let before = used
            _ = try await store.append(catalogue.events(batch, from: &source))
            events += batch
            guard let journal = try store.statistics().journal else { throw BenchError.failed("no journal") }
            used = journal.usedByteCount
            // In the next segment, once it has its full size, counting begins anew.
            if used < before { events = batch }
            if journal.segmentByteCount >= largestSegment, used > journal.segmentByteCount * 15 / 32 { break }
        }
        return (events, used)
    }

    private static var largestSegment: Int { 32 << 20 }
}
