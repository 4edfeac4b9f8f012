internal import PersonalizationStore

/// `audit` measures replaying every mint from the log, on all processors that the process may use.
enum Auditing {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let store = try Store.open(at: try arguments.storePath)
        let start = MonotonicClock.now()
        let report = try await store.audit()
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        guard report.isClean else {
            throw BenchError.failed("\(report.mismatches.count) versions do not come out again")
        }
        return .rate("versions/s", report.mintCount, seconds: seconds)
    }
}
