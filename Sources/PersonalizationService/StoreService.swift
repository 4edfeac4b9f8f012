public import Logging
public import Metrics
public import PersonalizationStore
public import ServiceLifecycle

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Runs a store as part of a server: reports its metrics, clears what killed processes left behind, warns of readers
/// that keep pages from being reused and of a clock that is behind the log, and closes it on shutdown.
///
/// Add it to a `ServiceGroup` before the services that use the store, which are then shut down first. On graceful
/// shutdown or cancellation the store is closed: every append that it had accepted is durable, or its caller has an
/// error.
public struct StoreService: Service {
    /// The store, opened and ready for use.
    public let store: InstrumentedStore
    private let configuration: StoreConfiguration
    private let metrics: StoreMetrics
    private let logger: Logger

    /// Opens or creates the store that a configuration describes.
    ///
    /// - Parameter factory: Makes the metrics; the one that the process was bootstrapped with unless another is given.
    public init(
        configuration: StoreConfiguration, logger: Logger, metrics factory: any MetricsFactory = MetricsSystem.factory
    ) throws(OpenError) {
        var logger = logger
        logger[metadataKey: "store"] = .string(configuration.path)
        let metrics = StoreMetrics(factory: factory)
        var options = Store.Options()
        options.mapByteCount = configuration.mapByteCount
        options.onCommit = { metrics.record($0) }
        let opened: Store
        if configuration.createsWhenMissing, !FileManager.default.fileExists(atPath: configuration.path) {
            logger.info("creating the store")
            opened = try Store.create(at: configuration.path, options: options)
        } else {
            opened = try Store.open(at: configuration.path, options: options)
        }
        store = InstrumentedStore(opened, logger: logger, metrics: metrics)
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
    }

    /// Works until shutdown, then closes the store.
    public func run() async throws {
        logger.info("the store is open")
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                report()
                do { try await Task.sleep(for: configuration.reportInterval) } catch { return }
            }
        }
        await store.store.close()
        logger.info("the store is closed")
    }

    private func report() {
        do {
            let cleared = try store.store.clearStaleReaders()
            if cleared > 0 { logger.notice("cleared stale readers", metadata: ["count": "\(cleared)"]) }
            let statistics = try store.store.statistics()
            metrics.record(statistics, queueDepth: store.store.queueDepth)
            if let age = statistics.oldestReadAge, age > configuration.longReadWarning {
                logger.warning(
                    "a read transaction has been open for long; pages freed since then cannot be reused",
                    metadata: ["age": "\(age)"])
            }
            if statistics.clockLag > Store.toleratedClockLag {
                logger.warning(
                    "the clock is behind the last event, and events are stamped no earlier than that; correct the clock",
                    metadata: ["lag": "\(statistics.clockLag)"])
            }
        } catch {
            logger.error("the store's figures cannot be read", metadata: ["error": "\(error)"])
        }
    }
}
