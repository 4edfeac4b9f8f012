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
    /// The size that the store can grow to: `store.map.bytes`, at least 1 MiB. Unless set, 1 TiB for a store created here,
    /// and what it has for an existing one, which is enlarged when this is more.
    public var mapByteCount: Int?
    /// How often metrics are reported: `store.report.seconds`, at least 1, 10 unless set.
    public var reportInterval: Duration = .seconds(10)
    /// From which age on an open read transaction is warned of: `store.long.read.seconds`, 30 unless set.
    public var longReadWarning: Duration = .seconds(30)

    /// The usual configuration of a store.
    public init(path: String) { self.path = path }

    /// Reads the configuration.
    ///
    /// - Throws: What the provider throws when there is no path; ``InvalidValue`` when a value cannot be meant.
    public init(_ reader: ConfigReader) throws {
        self.init(path: try reader.requiredString(forKey: "store.path"))
        if let creates = reader.bool(forKey: "store.create") {
            createsWhenMissing = creates
        } else if let text = reader.string(forKey: "store.create") {
            throw InvalidValue(key: "store.create", value: text, remedy: "give true or false, or leave it out")
        }
        mapByteCount = try Self.number("store.map.bytes", atLeast: 1 << 20, in: reader)
        reportInterval = .seconds(try Self.number("store.report.seconds", atLeast: 1, in: reader) ?? 10)
        longReadWarning = .seconds(try Self.number("store.long.read.seconds", atLeast: 1, in: reader) ?? 30)
    }

    /// A value that cannot be meant.
    public struct InvalidValue: Error, Hashable, Sendable, CustomStringConvertible {
        /// The configuration key.
        public let key: String
        /// Its value.
        public let value: String
        private let remedy: String

        init(key: String, value: String, remedy: String) {
            self.key = key
            self.value = value
            self.remedy = remedy
        }

        /// What is wrong and the remedy.
        public var description: String { "'\(key)' is '\(value)'; \(remedy)" }
    }

    private static func number(
        _ key: String, atLeast minimum: Int, in reader: ConfigReader
    ) throws -> Int? {
        let number = reader.int(forKey: ConfigKey(key))
        if let number, number >= minimum { return number }
        // A reader passes over what it cannot convert; a setting that was mistyped shall not pass for one left out.
        guard let text = number.map(String.init) ?? reader.string(forKey: ConfigKey(key)) else { return nil }
        throw InvalidValue(key: key, value: text, remedy: "give a whole number of at least \(minimum), or leave it out")
    }
}
