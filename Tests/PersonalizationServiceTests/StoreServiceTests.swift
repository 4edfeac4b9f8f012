import InMemoryLogging
import Logging
import MetricsTestKit
import PersonalizationService
import PersonalizationStore
import ServiceLifecycle
import Testing

@Suite struct StoreServiceTests {
    @Test func `every append in flight at a graceful shutdown is durable or has an error`() async throws {
        try await withTemporaryFolder { folder in
            let service = try await StoreService.forTesting(in: folder, metrics: TestMetrics())
            let group = ServiceGroup(
                services: [service], gracefulShutdownSignals: [], cancellationSignals: [], logger: silentLogger)
            let accepted = try await withThrowingTaskGroup(of: [Position].self) { tasks in
                tasks.addTask {
                    try await group.run()
                    return []
                }
                for writer in 0..<8 {
                    let profile = ProfileName(user: "writer-\(writer)", space: "v6")
                    tasks.addTask { try await appendUntilClosed(service.store, by: profile) }
                }
                while try service.store.store.statistics().eventCount < 200 {
                    try await Task.sleep(for: .milliseconds(1))
                }
                await group.triggerGracefulShutdown()
                return try await tasks.reduce(into: Set<Position>()) { $0.formUnion($1) }
            }

            let reopened = try Store.open(at: folder + "/store")
            let stored = try reopened.events(limit: .max).filter { if case .rank = $0.content { true } else { false } }
            #expect(Set(stored.map(\.position)) == accepted)
            #expect(try reopened.statistics().checkpointLag == 0, "closing flushed the derived tables")
            await reopened.close()
        }
    }

    @Test func `cancellation closes the store as a graceful shutdown does`() async throws {
        try await withTemporaryFolder { folder in
            let service = try await StoreService.forTesting(in: folder, metrics: TestMetrics())
            let running = Task { try await service.run() }
            _ = try await service.store.append([rank(0)])
            running.cancel()
            try await running.value
            await #expect(throws: StoreError.self) { try await service.store.append([rank(1)]) }
        }
    }

    @Test func `appends, commits, mints and the store's figures are measured`() async throws {
        try await withTemporaryFolder { folder in
            let metrics = TestMetrics()
            let service = try await StoreService.forTesting(in: folder, metrics: metrics)
            for number in 0..<4 { _ = try await service.store.append([rank(number)]) }
            let first = try await service.store.resolve("a harbour --p", user: "ada")
            let second = try await service.store.resolve("a harbour --p", user: "ada")
            #expect(first.didAppend && !second.didAppend)

            let running = Task { try await service.run() }
            let events = try metrics.expectGauge("personalization_store_events")
            while events.values.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            running.cancel()
            try await running.value

            let label = { (name: String) in "personalization_store_" + name }
            #expect(try metrics.expectTimer(label("append_duration")).values.count == 4)
            #expect(try metrics.expectTimer(label("resolve_duration")).values.count == 2)
            #expect(try metrics.expectTimer(label("mint_duration")).values.count == 1)
            #expect(try metrics.expectCounter(label("mints")).values == [1])
            // One commit each: the space with its model, its images, four rankings and the mint.
            let commits = try metrics.expectRecorder(label("commit_events")).values
            #expect(commits.count == 7)
            #expect(try metrics.expectTimer(label("commit_duration")).values.count == commits.count)
            #expect(try metrics.expectRecorder(label("commit_requests")).values == Array(repeating: 1, count: 7))
            #expect(events.lastValue == commits.reduce(0, +), "the log is what the commits wrote")
            let mapUse = try #require(try metrics.expectGauge(label("map_use")).lastValue)
            #expect(mapUse > 0 && mapUse < 1)
            #expect(try metrics.expectGauge(label("queue_depth")).lastValue == 0)
            #expect(try metrics.expectGauge(label("oldest_read_seconds")).lastValue == 0)
            #expect(try metrics.expectGauge(label("oldest_reader_lag")).lastValue == 0)
            #expect(try metrics.expectCounter(label("failures")).values.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a read that is open for longer than allowed is warned of, one that is not is not`() async throws {
        try await withTemporaryFolder { folder in
            let handler = InMemoryLogHandler()
            let service = try await StoreService.forTesting(
                in: folder, metrics: TestMetrics(), logger: Logger(label: "test", factory: { _ in handler }),
                longReadWarning: .zero)
            for number in 0..<100 { _ = try await service.store.append([rank(number)]) }
            let running = Task { try await service.run() }
            let reading = Task {
                while !Task.isCancelled {
                    _ = try service.store.store.events(limit: .max)
                    await Task.yield()
                }
            }
            let warnings = { handler.entries.filter { $0.level == .warning } }
            while warnings().isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            reading.cancel()
            running.cancel()
            try await running.value
            let warning = try #require(warnings().first)
            #expect(warning.metadata["age"]?.description.hasSuffix("seconds") == true)
            #expect(warning.metadata["store"]?.description == folder + "/store")
        }
        try await withTemporaryFolder { folder in
            let handler = InMemoryLogHandler()
            let metrics = TestMetrics()
            let service = try await StoreService.forTesting(
                in: folder, metrics: metrics, logger: Logger(label: "test", factory: { _ in handler }))
            let running = Task { try await service.run() }
            let events = try metrics.expectGauge("personalization_store_events")
            while events.values.count < 3 { try await Task.sleep(for: .milliseconds(1)) }
            running.cancel()
            try await running.value
            #expect(handler.entries.map(\.level) == [.info, .info, .info], "created, open, closed")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a clock behind the log is warned of`() async throws {
        try await withTemporaryFolder { folder in
            var options = Store.Options()
            options.now = { Timestamp(microseconds: Timestamp.systemNow().microseconds + 7_200_000_000) }
            let ahead = try Store.create(at: folder + "/store", options: options)
            _ = try await ahead.defineSpace(
                "v6", images: try ["a", "b"].map { NewImage(id: $0, embedding: try Embedding(canonicalizing: [1.0])) })
            await ahead.close()
            let handler = InMemoryLogHandler()
            let metrics = TestMetrics()
            let service = try await StoreService.forTesting(
                in: folder, metrics: metrics, logger: Logger(label: "test", factory: { _ in handler }), space: "v7")
            let running = Task { try await service.run() }
            let lag = try metrics.expectGauge("personalization_store_clock_lag_seconds")
            while lag.values.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            running.cancel()
            try await running.value
            #expect(handler.entries.contains { $0.level == .warning && $0.metadata["lag"] != nil })
            let seconds = try #require(lag.lastValue)
            #expect(seconds > 60 && seconds <= 7200)
        }
    }

    @Test func `a missing store is an error unless it shall be created`() async throws {
        try await withTemporaryFolder { folder in
            let configuration = StoreConfiguration(path: folder + "/nowhere")
            #expect(throws: OpenError.self) {
                try StoreService(configuration: configuration, logger: silentLogger, metrics: TestMetrics())
            }
        }
    }
}

/// Appends one ranking after another until the store refuses, and returns the positions of those that it accepted.
private func appendUntilClosed(_ store: InstrumentedStore, by profile: ProfileName) async throws -> [Position] {
    var accepted: [Position] = []
    while true {
        do throws(StoreError) {
            accepted.append(try await store.append([rank(accepted.count, by: profile)])[0].position)
        } catch {
            guard case .storage(.closed) = error else { throw error }
            return accepted
        }
    }
}
