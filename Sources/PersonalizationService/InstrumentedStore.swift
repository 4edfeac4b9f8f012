public import Logging
public import Metrics
public import PersonalizationStore
internal import Tracing

/// A store whose appends and resolutions are traced, timed and logged. Everything else is reached through ``store``.
public struct InstrumentedStore: Sendable {
    /// The store itself.
    public let store: Store
    private let logger: Logger
    private let metrics: StoreMetrics

    /// Instruments a store.
    ///
    /// - Parameter factory: Makes the metrics; the one that the process was bootstrapped with unless another is given.
    ///   Group commits are measured only in a store that ``StoreService`` opened.
    public init(_ store: Store, logger: Logger, metrics factory: any MetricsFactory = MetricsSystem.factory) {
        self.init(store, logger: logger, metrics: StoreMetrics(factory: factory))
    }

    init(_ store: Store, logger: Logger, metrics: StoreMetrics) {
        self.store = store
        self.logger = logger
        self.metrics = metrics
    }

    /// ``PersonalizationStore/Store/append(_:expecting:)``, in a span of its own.
    public func append(
        _ events: [NewEvent], expecting expectation: AppendCondition? = nil
    ) async throws(StoreError) -> [Receipt] {
        let span = startSpan("personalization-store.append", ofKind: .internal)
        defer { span.end() }
        span.attributes["events"] = events.count
        let start = ContinuousClock.now
        do throws(StoreError) {
            let receipts = try await store.append(events, expecting: expectation)
            metrics.appendDuration.record(duration: ContinuousClock.now - start)
            return receipts
        } catch {
            report(error, doing: "append", in: span)
            throw error
        }
    }

    /// ``PersonalizationStore/Store/resolve(_:user:model:)``, in a span of its own.
    public func resolve(
        _ prompt: String, user: String, model: String? = nil
    ) async throws(StoreError) -> Resolution {
        let span = startSpan("personalization-store.resolve", ofKind: .internal)
        defer { span.end() }
        let start = ContinuousClock.now
        do throws(StoreError) {
            let resolution = try await store.resolve(prompt, user: user, model: model)
            let duration = ContinuousClock.now - start
            metrics.resolveDuration.record(duration: duration)
            if resolution.didAppend {
                metrics.mints.increment()
                metrics.mintDuration.record(duration: duration)
            }
            span.attributes["minted"] = resolution.didAppend
            return resolution
        } catch {
            report(error, doing: "resolve", in: span)
            throw error
        }
    }

    /// A caller's mistakes are the caller's to log; the store's failures are an operator's business.
    private func report(_ error: StoreError, doing operation: String, in span: any Span) {
        span.recordError(error)
        if error.isStoreFailure {
            metrics.failures.increment()
            span.setStatus(SpanStatus(code: .error))
            logger.error("the store failed", metadata: ["operation": "\(operation)", "error": "\(error)"])
        } else {
            logger.debug("the store refused", metadata: ["operation": "\(operation)", "error": "\(error)"])
        }
    }
}
