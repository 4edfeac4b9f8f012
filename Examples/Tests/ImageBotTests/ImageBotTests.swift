import Foundation
import ImageBot
import Logging
import PersonalizationService
import PersonalizationStore
import ServiceLifecycle
import Testing

@Suite struct ImageBotTests {
    @Test func `somebody ranks until --p works, and another uses the code`() async throws {
        try await withStore { service in
            let (lines, _) = AsyncStream.makeStream(of: String.self)
            let bot = ImageBot(store: service.store, space: "v6", lines: lines) { _ in }
            #expect(await bot.answer("ada: a harbour --p").contains("not enough data"))
            #expect(await bot.answer("ada prefers flowers/1 to flowers/2") == "noted; 2 more to ada's first code")
            #expect(await bot.answer("ada prefers flowers/1 to flowers/0") == "noted; 1 more to ada's first code")
            #expect(await bot.answer("ada likes flowers/3") == "noted; ada has ranked enough for --p")
            let code = try await service.store.store.currentVersion(of: ProfileName(user: "ada", space: "v6")).code
            #expect(await bot.answer("ada: a harbour --p").hasPrefix("painting: a harbour --p \(code), like flowers/"))
            #expect(await bot.answer("ben: a lighthouse --p \(code)").contains("--p \(code), like flowers/"))
            #expect(await bot.answer("ben: a lighthouse") == "painting: a lighthouse")
            #expect(await bot.answer("ada prefers flowers/1 to nothing").contains("nothing"))
            #expect(await bot.answer("hello").hasPrefix("say "))
        }
    }

    /// The example's reason to have services: nothing that the bot confirmed is lost when the process is asked to end.
    @Test func `what was confirmed before and during a shutdown is in the reopened store, and nothing else`()
        async throws
    {
        let confirmed = Confirmations()
        let path = try await withStore { service in
            let (lines, continuation) = AsyncStream.makeStream(of: String.self)
            for index in 0..<2000 {
                continuation.yield("u\(index) prefers flowers/\(index % 8) to flowers/\((index + 1) % 8)")
            }
            let bot = ImageBot(store: service.store, space: "v6", lines: lines) { answer in
                if answer.hasPrefix("noted") { confirmed.add() }
            }
            let group = ServiceGroup(
                services: [service, bot], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                tasks.addTask {
                    while confirmed.count < 20 { try await Task.sleep(for: .milliseconds(1)) }
                    await group.triggerGracefulShutdown()
                }
                try await tasks.waitForAll()
            }
        } afterwards: { path in
            let reopened = try Store.open(at: path)
            let stored = try reopened.events(limit: .max).count {
                if case .rank = $0.content { true } else { false }
            }
            #expect(stored == confirmed.count)
            #expect((20..<2000).contains(stored))
            await reopened.close()
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}

/// How many answers said that something was recorded.
private final class Confirmations: @unchecked Sendable {
    // Guarded by the lock.
    private var number = 0
    private let lock = NSLock()

    var count: Int { lock.withLock { number } }

    func add() { lock.withLock { number += 1 } }
}

/// Runs with a store that has a space of eight images; gives the path, where nothing is any more.
@discardableResult
private func withStore(
    _ body: (StoreService) async throws -> Void, afterwards: (String) async throws -> Void = { _ in }
) async throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "image-bot-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = Store.Options()
    options.mapByteCount = 1 << 28
    let store = try Store.create(at: path, options: options)
    let images = try (0..<8).map { index in
        NewImage(
            id: "flowers/\(index)",
            embedding: try Embedding(canonicalizing: (0..<8).map { Double((index * 7 + $0 * 5) % 11) - 5 }))
    }
    try await store.defineSpace("v6", models: ["6.1"], defaultModel: "6.1", images: images, threshold: 3)
    await store.close()
    let service = try StoreService(
        configuration: StoreConfiguration(path: path), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await body(service)
    await service.store.store.close()
    try await afterwards(path)
    return path
}
