public import Configuration
internal import PersonalizationStore

/// Where a server's store is and how it is watched.
///
/// Read from any provider of swift-configuration; with `EnvironmentVariablesProvider` the keys are `STORE_PATH`,
/// `STORE_CREATE`, `STORE_MAP_BYTES`, `STORE_REPORT_SECONDS` and `STORE_LONG_READ_SECONDS`.
public struct StoreConfiguration: Hashable, Sendable {
    /// The folder of the store: `store.path`, required.
    public var path: String
    /// Whether to create the store when there is none: `store.create`, false unless set.
    public var createsWhenMissing = false
    /// The size that a store created here can grow to: `store.map.bytes`, 1 TiB unless set.
    public var mapByteCount = Store.Options().mapByteCount
    /// How often metrics are reported: `store.report.seconds`, at least 1, 10 unless set.
    public var reportInterval: Duration = .seconds(10)
    /// From which age on an open read transaction is warned of: `store.long.read.seconds`, 30 unless set.
    public var longReadWarning: Duration = .seconds(30)

    /// The usual configuration of a store.
    public init(path: String) { self.path = path }

    /// Reads the configuration.
    ///
    /// - Throws: What the provider throws when there is no path; ``InvalidValue`` when a number is too small.
    public init(_ reader: ConfigReader) throws {
        self.init(path: try reader.requiredString(forKey: "store.path"))
        createsWhenMissing = reader.bool(forKey: "store.create", default: false)
        mapByteCount = try Self.positive("store.map.bytes", default: mapByteCount, in: reader)
        reportInterval = .seconds(try Self.positive("store.report.seconds", default: 10, in: reader))
        longReadWarning = .seconds(try Self.positive("store.long.read.seconds", default: 30, in: reader))
    }

    /// A number that is too small to make sense.
    public struct InvalidValue: Error, Hashable, Sendable, CustomStringConvertible {
        /// The configuration key.
        public let key: String
        /// Its value.
        public let value: Int
        /// What is wrong and the remedy.
        public var description: String { "'\(key)' is \(value); give a number of at least 1, or leave it out" }
    }

    private static func positive(_ key: String, default standard: Int, in reader: ConfigReader) throws -> Int {
        let value = reader.int(forKey: ConfigKey(key), default: standard)
        guard value >= 1 else { throw InvalidValue(key: key, value: value) }
        return value
    }
}
