internal import Metrics
internal import PersonalizationStore

/// A store's metrics, by swift-metrics: labels begin with `personalization_store_`.
///
/// | label | |
/// |---|---|
/// | `append_duration` | timer: from the call to durability |
/// | `commit_duration`, `commit_requests`, `commit_events` | timer and recorders: each group commit |
/// | `resolve_duration` | timer: each resolution, minting included |
/// | `mints` | counter: resolutions that minted or recalled a version |
/// | `mint_duration` | timer: those resolutions, hence folding and one durable append |
/// | `failures` | counter: appends and resolutions that failed because the store did, not by the caller's mistake |
/// | `queue_depth`, `checkpoint_lag`, `events` | gauges |
/// | `map_use` | gauge: the part of the map in use, 0 to 1 |
/// | `journal_use` | gauge: the part of the journal segment in use that is written, 0 to 1 |
/// | `checkpoint_age_seconds` | gauge: the age of the checkpoint that opening after a crash would go back to; 0 when it is clean |
/// | `oldest_read_seconds` | gauge: the age of this process's oldest read transaction |
/// | `clock_lag_seconds` | gauge: how far the clock is behind the last event |
/// | `oldest_reader_lag` | gauge: the commits since the oldest snapshot of any process began |
struct StoreMetrics: Sendable {
    let appendDuration: Timer
    let resolveDuration: Timer
    let mintDuration: Timer
    let mints: Counter
    let failures: Counter
    private let commitDuration: Timer
    private let commitRequests: Recorder
    private let commitEvents: Recorder
    private let queueDepth: Gauge
    private let checkpointLag: Gauge
    private let events: Gauge
    private let mapUse: Gauge
    private let oldestRead: Gauge
    private let oldestReader: Gauge
    private let clockLag: Gauge
    private let journalUse: Gauge
    private let checkpointAge: Gauge

    init(factory: any MetricsFactory) {
        let prefix = "personalization_store_"
        appendDuration = Timer(label: prefix + "append_duration", factory: factory)
        resolveDuration = Timer(label: prefix + "resolve_duration", factory: factory)
        mintDuration = Timer(label: prefix + "mint_duration", factory: factory)
        mints = Counter(label: prefix + "mints", factory: factory)
        failures = Counter(label: prefix + "failures", factory: factory)
        commitDuration = Timer(label: prefix + "commit_duration", factory: factory)
        commitRequests = Recorder(label: prefix + "commit_requests", factory: factory)
        commitEvents = Recorder(label: prefix + "commit_events", factory: factory)
        queueDepth = Gauge(label: prefix + "queue_depth", factory: factory)
        checkpointLag = Gauge(label: prefix + "checkpoint_lag", factory: factory)
        events = Gauge(label: prefix + "events", factory: factory)
        mapUse = Gauge(label: prefix + "map_use", factory: factory)
        oldestRead = Gauge(label: prefix + "oldest_read_seconds", factory: factory)
        oldestReader = Gauge(label: prefix + "oldest_reader_lag", factory: factory)
        clockLag = Gauge(label: prefix + "clock_lag_seconds", factory: factory)
        journalUse = Gauge(label: prefix + "journal_use", factory: factory)
        checkpointAge = Gauge(label: prefix + "checkpoint_age_seconds", factory: factory)
    }

    /// Records one group commit; called on the writer's queue.
    func record(_ commit: CommitReport) {
        commitDuration.record(duration: commit.duration)
        commitRequests.record(commit.requestCount)
        commitEvents.record(commit.eventCount)
    }

    /// Records the figures of a moment.
    func record(_ statistics: StoreStatistics, queueDepth depth: Int) {
        queueDepth.record(depth)
        checkpointLag.record(statistics.checkpointLag)
        events.record(statistics.eventCount)
        mapUse.record(Double(statistics.usedByteCount) / Double(max(1, statistics.mapByteCount)))
        oldestRead.record(statistics.oldestReadAge.map { $0 / .seconds(1) } ?? 0)
        if let journal = statistics.journal {
            journalUse.record(Double(journal.usedByteCount) / Double(max(1, journal.segmentByteCount)))
            checkpointAge.record(journal.isClean ? 0 : journal.checkpointAge.map { $0 / .seconds(1) } ?? 0)
        }
        oldestReader.record(statistics.readers.compactMap(\.lag).max() ?? 0)
        clockLag.record(statistics.clockLag / .seconds(1))
    }
}
