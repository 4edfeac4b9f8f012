internal import Metrics
internal import PersonalizationStore

/// The store's metrics, by swift-metrics: labels begin with `personalization_store_`, times are in seconds.
///
/// | label | |
/// |---|---|
/// | `append_duration` | timer: from the call to durability |
/// | `commit_duration`, `commit_requests`, `commit_events` | timer and recorders: each group commit |
/// | `resolve_duration` | timer: each resolution, minting included |
/// | `mints` | counter: resolutions that minted or recalled a version |
/// | `mint_duration` | timer: folding and minting |
/// | `queue_depth`, `checkpoint_lag`, `events` | gauges |
/// | `map_use` | gauge: the part of the map in use, 0 to 1 |
/// | `oldest_read_seconds` | gauge: the age of this process's oldest read transaction |
enum StoreMetrics {
    private static let prefix = "personalization_store_"
    static let appendDuration = Timer(label: prefix + "append_duration")
    static let resolveDuration = Timer(label: prefix + "resolve_duration")
    static let mintDuration = Timer(label: prefix + "mint_duration")
    static let mints = Counter(label: prefix + "mints")
    private static let commitDuration = Timer(label: prefix + "commit_duration")
    private static let commitRequests = Recorder(label: prefix + "commit_requests")
    private static let commitEvents = Recorder(label: prefix + "commit_events")
    private static let queueDepth = Gauge(label: prefix + "queue_depth")
    private static let checkpointLag = Gauge(label: prefix + "checkpoint_lag")
    private static let events = Gauge(label: prefix + "events")
    private static let mapUse = Gauge(label: prefix + "map_use")
    private static let oldestRead = Gauge(label: prefix + "oldest_read_seconds")

    /// Records one group commit; called on the writer's queue.
    @Sendable
    static func record(_ commit: CommitReport) {
        commitDuration.record(duration: commit.duration)
        commitRequests.record(commit.requestCount)
        commitEvents.record(commit.eventCount)
    }

    /// Records the figures of a moment.
    static func record(_ statistics: StoreStatistics, queueDepth depth: Int) {
        queueDepth.record(depth)
        checkpointLag.record(statistics.checkpointLag)
        events.record(statistics.eventCount)
        mapUse.record(Double(statistics.usedByteCount) / Double(max(1, statistics.mapByteCount)))
        oldestRead.record(statistics.oldestReadAge.map { Double($0.components.seconds) } ?? 0)
    }
}
