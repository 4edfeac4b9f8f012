import Configuration
import MetricsTestKit
import PersonalizationService
import PersonalizationStore
import Testing

@Suite struct StoreConfigurationTests {
    @Test func `every key is read from a provider`() throws {
        let configuration = try StoreConfiguration(
            reader([
                "store.path": "/data/store", "store.create": true, "store.map.bytes": 1_048_576,
                "store.report.seconds": 3, "store.long.read.seconds": 7,
            ]))
        #expect(configuration.path == "/data/store")
        #expect(configuration.createsWhenMissing)
        #expect(configuration.mapByteCount == 1_048_576)
        #expect(configuration.reportInterval == .seconds(3))
        #expect(configuration.longReadWarning == .seconds(7))
    }

    @Test func `all but the path has a default`() throws {
        #expect(try StoreConfiguration(reader(["store.path": "x"])) == StoreConfiguration(path: "x"))
        #expect(throws: (any Error).self) { try StoreConfiguration(reader([:])) }
    }

    @Test(arguments: ["store.report.seconds", "store.long.read.seconds", "store.map.bytes"])
    func `a number that is too small is refused by its key`(key: String) {
        let error = #expect(throws: StoreConfiguration.InvalidValue.self) {
            try StoreConfiguration(reader(["store.path": "x", AbsoluteConfigKey(ConfigKey(key)): 0]))
        }
        #expect(error?.key == key && error?.value == "0")
    }

    @Test func `the smallest map that is accepted makes a store`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/store"
            let configuration = { (mapByteCount: Int) in
                let variables = ["STORE_PATH": path, "STORE_CREATE": "true", "STORE_MAP_BYTES": "\(mapByteCount)"]
                let provider = EnvironmentVariablesProvider(environmentVariables: variables)
                return try StoreConfiguration(ConfigReader(provider: provider))
            }
            let service = try StoreService(
                configuration: configuration(1 << 20), logger: silentLogger, metrics: TestMetrics())
            #expect(try service.store.store.statistics().mapByteCount == 1_048_576)
            await service.store.store.close()
            #expect(throws: StoreConfiguration.InvalidValue.self) { try configuration((1 << 20) - 1) }
        }
    }

    @Test(arguments: ["STORE_CREATE", "STORE_MAP_BYTES", "STORE_REPORT_SECONDS", "STORE_LONG_READ_SECONDS"])
    func `a value that cannot be read does not pass for one left out`(variable: String) {
        let error = #expect(throws: StoreConfiguration.InvalidValue.self) {
            let variables = ["STORE_PATH": "x", variable: "1 TiB"]
            _ = try StoreConfiguration(
                ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables)))
        }
        #expect(error?.key == variable.lowercased().replacing("_", with: "."))
        #expect(error?.description.contains("'1 TiB'") == true)
    }

    @Test func `environment variables have the documented names`() throws {
        let provider = EnvironmentVariablesProvider(environmentVariables: [
            "STORE_PATH": "x", "STORE_CREATE": "true", "STORE_MAP_BYTES": "2097152", "STORE_REPORT_SECONDS": "2",
            "STORE_LONG_READ_SECONDS": "4",
        ])
        let configuration = try StoreConfiguration(ConfigReader(provider: provider))
        #expect(configuration.path == "x" && configuration.createsWhenMissing && configuration.mapByteCount == 2 << 20)
        #expect(configuration.reportInterval == .seconds(2) && configuration.longReadWarning == .seconds(4))
    }

    private func reader(_ values: [AbsoluteConfigKey: ConfigValue]) -> ConfigReader {
        ConfigReader(provider: InMemoryProvider(values: values))
    }
}
