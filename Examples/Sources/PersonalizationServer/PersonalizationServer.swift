internal import Configuration
internal import Hummingbird
internal import Logging
internal import PersonalizationHTTP
internal import PersonalizationService

/// Serves a store over HTTP until SIGINT or SIGTERM.
@main
struct PersonalizationServer {
    static func main() async throws {
        let configuration = ConfigReader(providers: [
            EnvironmentVariablesProvider(),
            InMemoryProvider(values: ["store.path": "personalization-store", "store.create": true]),
        ])
        let logger = Logger(label: "personalization-server")
        let service = try StoreService(configuration: StoreConfiguration(configuration), logger: logger)
        let address = BindAddress.hostname(
            configuration.string(forKey: "http.host", default: "127.0.0.1"),
            port: configuration.int(forKey: "http.port", default: 8080))
        try await makeApplication(embedding: service, address: address, logger: logger).runService()
    }
}
