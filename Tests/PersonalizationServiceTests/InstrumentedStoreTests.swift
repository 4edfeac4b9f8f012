import InMemoryLogging
import InMemoryTracing
import Instrumentation
import Logging
import MetricsTestKit
import PersonalizationService
import PersonalizationStore
import Testing

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
            await #expect(throws: PersonalizationError.self) {
                try await service.store.resolve("a harbour --p traced-nonsense", user: "traced")
            }
            let spans = tracer.finishedSpans
            let append = try #require(spans.first { $0.attributes.get("events") == .int64(4) })
            #expect(append.operationName == "personalization-store.append" && append.errors.isEmpty)
            let resolutions = spans.filter { $0.operationName == "personalization-store.resolve" }
            #expect(resolutions.contains { $0.attributes.get("minted") == .bool(true) })
            #expect(resolutions.contains { !$0.errors.isEmpty })
            await service.store.store.close()
        }
    }

    @Test func `a caller's mistake is logged for debugging, the store's failure as an error`() async throws {
        try await withTemporaryFolder { folder in
            let service = try await StoreService.forTesting(in: folder, metrics: TestMetrics())
            let handler = InMemoryLogHandler()
            var logger = Logger(label: "test", factory: { _ in handler })
            logger.logLevel = .debug
            let store = InstrumentedStore(service.store.store, logger: logger, metrics: TestMetrics())
            await #expect(throws: AppendError.self) {
                try await store.append([.like(ada, image: "no such image")])
            }
            await store.store.close()
            await #expect(throws: AppendError.self) { try await store.append([rank(0)]) }
            #expect(handler.entries.map(\.level) == [.debug, .error])
            #expect(handler.entries.allSatisfy { $0.metadata["operation"] == "append" })
        }
    }
}
