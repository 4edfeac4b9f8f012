public import Configuration
public import PersonalizationService

/// How a server listens, whom it lets in, and how much it takes.
public struct ServerConfiguration: Sendable {
    /// How much of everything a server takes; a rate of 0 is none.
    public struct Limits: Sendable {
        /// The largest body of a batch of events, in bytes.
        public var bodyByteCount = 8 << 20
        /// How long a body may take to come.
        public var bodyTime: Duration = .seconds(30)
        /// How long a connection may be idle, in seconds.
        public var idleSeconds = 60
        /// Requests handled at once.
        public var requests = 256
        /// Followers of logs at once.
        public var streams = 256
        /// Requests a second of one service.
        public var serviceRate = 0.0
        /// Requests a second of one user.
        public var userRate = 50.0
        /// Requests a second of all who have no token, for what public reads let them read.
        public var anonymousRate = 500.0

        /// The usual limits.
        public init() {}
    }

    /// Where the store is.
    public var store: StoreConfiguration
    /// The file of tokens and keys.
    public var keyFile: String
    /// The longest that a user token may be good for, in seconds.
    public var longestLifetime = 86400
    /// Where to listen.
    public var host = "127.0.0.1"
    /// Where to listen; 0 for any free port.
    public var port = 8080
    /// The files of a certificate chain and its key, when HTTPS is served.
    public var certificate: (chain: String, key: String)?
    /// Whether codes and catalogues can be read without a token.
    public var readsArePublic = false
    /// The origins whose pages may use the API.
    public var origins: [String] = []
    /// A folder of images, or a URL with `{id}` in it.
    public var pictures: String?
    /// The file of the key that signs checkpoints and proofs, when it is not the store's own.
    public var signingKey: String?
    /// For how many days users who want to be erased can take it back; 0 erases them at once.
    public var erasureGraceDays = 30
    /// Whether the server erases people whose time has come.
    public var erasesWhenDue = true
    /// How often the server looks whether somebody's time has come.
    package var erasureInterval: Duration = .seconds(60)
    /// How much of everything the server takes.
    public var limits = Limits()

    /// The usual configuration.
    public init(store: StoreConfiguration, keyFile: String) {
        self.store = store
        self.keyFile = keyFile
    }

    /// Reads the configuration; ``Setting/all`` lists its keys.
    ///
    /// - Throws: What is missing or cannot be meant, and the remedy.
    public init(_ reader: ConfigReader) throws {
        store = try StoreConfiguration(reader)
        guard let file = reader.string(forKey: "keys.file") else {
            throw Fault(
                "there is no key file, and so nobody could do anything; make one with 'storeserver keys FILE', and give it with --keys-file"
            )
        }
        keyFile = file
        longestLifetime = try Self.number("keys.lifetime.seconds", 1...31_536_000, longestLifetime, reader)
        host = reader.string(forKey: "http.host") ?? host
        port = try Self.number("http.port", 0...65535, port, reader)
        switch (reader.string(forKey: "tls.certificate"), reader.string(forKey: "tls.key")) {
        case (let chain?, let key?): certificate = (chain, key)
        case (nil, nil): break
        default: throw Fault("HTTPS needs both --tls-certificate and --tls-key; give the other one too")
        }
        readsArePublic = try Self.flag("public.reads", readsArePublic, reader)
        origins = (reader.string(forKey: "cors.origins") ?? "").split(separator: ",").map {
            String($0.filter { $0 != " " })
        }
        pictures = reader.string(forKey: "pictures")
        signingKey = reader.string(forKey: "signing.key")
        erasureGraceDays = try Self.number("erasure.grace.days", 0...36_500, erasureGraceDays, reader)
        erasesWhenDue = try Self.flag("erasure.automatic", erasesWhenDue, reader)
        limits.bodyByteCount = try Self.number("limits.body.bytes", 1024...(1 << 30), limits.bodyByteCount, reader)
        limits.bodyTime = .seconds(try Self.number("limits.body.seconds", 1...3600, 30, reader))
        limits.idleSeconds = try Self.number("limits.idle.seconds", 1...86400, limits.idleSeconds, reader)
        limits.requests = try Self.number("limits.requests", 1...1_000_000, limits.requests, reader)
        limits.streams = try Self.number("limits.streams", 1...1_000_000, limits.streams, reader)
        limits.serviceRate = Double(try Self.number("limits.rate.service", 0...1_000_000, 0, reader))
        limits.userRate = Double(try Self.number("limits.rate.user", 0...1_000_000, 50, reader))
        limits.anonymousRate = Double(try Self.number("limits.rate.anonymous", 0...1_000_000, 500, reader))
    }

    /// A configuration that cannot be meant.
    public struct Fault: Error, CustomStringConvertible {
        /// What is wrong and the remedy.
        public let description: String

        init(_ description: String) { self.description = description }
    }

    // A reader passes over what it cannot convert; a setting that was mistyped shall not pass for one left out.
    private static func number(
        _ key: String, _ range: ClosedRange<Int>, _ standard: Int, _ reader: ConfigReader
    ) throws -> Int {
        let number = reader.int(forKey: ConfigKey(key))
        if let number, range.contains(number) { return number }
        guard let text = number.map(String.init) ?? reader.string(forKey: ConfigKey(key)) else { return standard }
        throw Fault(
            "'\(key)' is '\(text)'; give a whole number from \(range.lowerBound) to \(range.upperBound), or leave it out"
        )
    }

    private static func flag(_ key: String, _ standard: Bool, _ reader: ConfigReader) throws -> Bool {
        if let flag = reader.bool(forKey: ConfigKey(key)) { return flag }
        guard let text = reader.string(forKey: ConfigKey(key)) else { return standard }
        throw Fault("'\(key)' is '\(text)'; give true or false, or leave it out")
    }
}
