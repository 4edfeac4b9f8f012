public import Configuration

/// Where a server's store is and how it is watched.
///
/// Read from any provider of swift-configuration; with `EnvironmentVariablesProvider` the keys are `STORE_PATH`,
/// `STORE_CREATE`, `STORE_REPORT_SECONDS` and `STORE_LONG_READ_SECONDS`.
public struct StoreConfiguration: Hashable, Sendable {
    /// The folder of the store: `store.path`, required.
    public var path: String
    /// Whether to create the store when there is none: `store.create`, false unless set.
    public var createsWhenMissing = false
    /// How often metrics are reported: `store.report.seconds`, 10 unless set.
    public var reportInterval: Duration = .seconds(10)
    /// From which age on an open read transaction is warned of: `store.long.read.seconds`, 30 unless set.
    public var longReadWarning: Duration = .seconds(30)

    /// The usual configuration of a store.
    public init(path: String) { self.path = path }

    /// Reads the configuration; throws when there is no path.
    public init(_ reader: ConfigReader) throws {
        path = try reader.requiredString(forKey: "store.path")
        createsWhenMissing = reader.bool(forKey: "store.create", default: false)
        reportInterval = .seconds(reader.int(forKey: "store.report.seconds", default: 10))
        longReadWarning = .seconds(reader.int(forKey: "store.long.read.seconds", default: 30))
    }
}
