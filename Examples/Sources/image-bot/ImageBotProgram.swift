internal import Configuration
internal import Foundation
internal import ImageBot
internal import Logging
internal import PersonalizationService
internal import ServiceLifecycle

/// Talks on standard input and output until the input ends, or until SIGINT or SIGTERM.
@main
struct ImageBotProgram {
    static func main() async throws {
        let configuration = ConfigReader(providers: [
            EnvironmentVariablesProvider(), InMemoryProvider(values: ["store.path": "personalization-store"]),
        ])
        let logger = Logger(label: "image-bot") { StreamLogHandler.standardError(label: $0) }
        let service = try StoreService(configuration: StoreConfiguration(configuration), logger: logger)
        let bot = ImageBot(
            store: service.store, space: configuration.string(forKey: "bot.space", default: "v6"),
            lines: standardInput(), send: { print($0) })
        // The store first: services are shut down in the other order, so that it is closed when nobody uses it any more.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: service),
                    .init(service: bot, successTerminationBehavior: .gracefullyShutdownGroup),
                ], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger))
        try await group.run()
    }

    /// Reading blocks, so a thread of its own does it, which ends with the process.
    private static func standardInput() -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            while let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        return lines
    }
}
