internal import EventLog

/// `scan` measures one pass over the log on one core, each record verified and decoded.
enum Scanning {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let log = try RawLog(path: try arguments.storePath)
        if try arguments.number("cold", 0) == 0 { _ = try pass(log) }
        let start = MonotonicClock.now()
        let count = try pass(log)
        return .rate("events/s", count, seconds: Double(MonotonicClock.now() - start) / 1e9)
    }

    /// Reads and decodes every record, rankings in place and all others into a body.
    private static func pass(_ log: RawLog) throws -> Int {
        var sum: UInt64 = 0
        let count = try log.scan { (record) throws(StorageError) in
            sum &+= record.header.stream.number &+ UInt64(record.header.revision)
            if let (winner, loser) = record.rankedImages {
                sum &+= winner.number &+ loser.number
            } else {
                do throws(RecordError) { keep(try RecordBody(of: record)) } catch { throw .record(error) }
            }
        }
        keep(sum)
        return count
    }
}
