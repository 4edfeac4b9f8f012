import InMemoryLogging
import InMemoryTracing
import Instrumentation
import Logging
import MetricsTestKit
import PersonalizationService
import PersonalizationStore
import Testing
import Tracing

@Suite(.serialized) struct InstrumentedStoreTests {
    /// The process's tracer can be set once; no other suite looks at its spans.
    private static let tracer: InMemoryTracer = {
        let tracer = InMemoryTracer()
        InstrumentationSystem.bootstrap(tracer)
        return tracer
    }()

    @Test func `appends and resolutions are spans with their outcome`() async throws {
        let tracer = Self.tracer
        try await withTemporaryFolder { folder in
            let service = try await StoreService.forTesting(in: folder, metrics: TestMetrics())
            _ = try await service.store.append((0..<4).map { rank($0, by: ProfileName(user: "traced", space: "v6")) })
            _ = try await service.store.resolve("a harbour --p", user: "traced")
            await #expect(throws: StoreError.self) {
                try await service.store.resolve("a harbour --p traced-nonsense", user: "traced")
            }
            let outcomes = tracer.finishedSpans.map(Outcome.init)
            #expect(outcomes.contains(Outcome("append", events: .int64(4))))
            #expect(outcomes.contains(Outcome("resolve", minted: .bool(true))))
            #expect(outcomes.contains(Outcome("resolve", errorCount: 1)))
            await service.store.store.close()
        }
    }

    @Test func `a caller's mistake is logged for debugging, the store's failure as an error`() async throws {
        try await withTemporaryFolder { folder in
            let service = try await StoreService.forTesting(in: folder, metrics: TestMetrics())
            let handler = InMemoryLogHandler()
            var logger = Logger(label: "test", factory: { _ in handler })
            logger.logLevel = .debug
            let metrics = TestMetrics()
            let store = InstrumentedStore(service.store.store, logger: logger, metrics: metrics)
            await #expect(throws: StoreError.self) {
                try await store.append([.like(ada, image: "no such image")])
            }
            await store.store.close()
            await #expect(throws: StoreError.self) { try await store.append([rank(0)]) }
            #expect(handler.entries.map(\.level) == [.debug, .error])
            #expect(try metrics.expectCounter("personalization_store_failures").values == [1])
            #expect(handler.entries.allSatisfy { $0.metadata["operation"] == "append" })
        }
    }
}

/// What a span tells.
private struct Outcome: Equatable {
    let operation: String
    let events: SpanAttribute?
    let minted: SpanAttribute?
    let errorCount: Int

    init(_ span: FinishedInMemorySpan) {
        operation = span.operationName
        events = span.attributes.get("events")
        minted = span.attributes.get("minted")
        errorCount = span.errors.count
    }

    init(_ name: String, events: SpanAttribute? = nil, minted: SpanAttribute? = nil, errorCount: Int = 0) {
        operation = "personalization-store." + name
        self.events = events
        self.minted = minted
        self.errorCount = errorCount
    }
}
