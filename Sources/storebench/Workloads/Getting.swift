internal import EventLog
internal import PersonalizationStore
internal import SeededRandom

/// `get` measures reads of one event by its position, verified and decoded, each in a snapshot of its own.
enum Getting {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let path = try arguments.storePath
        let store = try Store.open(at: path)
        let log = try RawLog(path: path)
        let count = try arguments.number("count", 100_000, atLeast: 1)
        var generator = SeededGenerator(seed: UInt64(try arguments.number("seed", 1)))
        guard let head = try store.head() else { throw BenchError.failed("the store is empty") }
        func positions() -> [Position] {
            (0..<count).map { _ in Position(UInt64(1 + generator.below(Int(head.position.number)))) }
        }
        if try arguments.number("cold", 0) == 0 { try read(positions(), from: log) }
        let measured = positions()
        let start = MonotonicClock.now()
        try read(measured, from: log)
        let middle = MonotonicClock.now()
        try readNamed(measured, from: store)
        let namedSeconds = Double(MonotonicClock.now() - middle) / 1e9
        var measurement = Measurement.rate("reads/s", count, seconds: Double(middle - start) / 1e9)
        measurement.details = [("namedReadsPerSecond", Double(count) / namedSeconds)]
        return measurement
    }

    private static func read(_ positions: [Position], from log: RawLog) throws {
        var sum: UInt64 = 0
        for position in positions {
            let transaction = try log.environment.beginRead()
            let record = try log.table.record(at: position, in: transaction)
            sum &+= UInt64(record.header.revision)
            if let (winner, loser) = record.rankedImages {
                sum &+= winner.number &+ loser.number
            } else {
                keep(try RecordBody(of: record))
            }
        }
        keep(sum)
    }

    /// The same events with the names of user, space and images.
    private static func readNamed(_ positions: [Position], from store: Store) throws {
        for position in positions {
            guard try store.events(from: position, limit: 1).first?.position == position else {
                throw BenchError.failed("the log has no event at position \(position)")
            }
        }
    }
}
