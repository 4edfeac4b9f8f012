internal import Logging

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A key file, read again when it has changed: keys are rotated by replacing the file while the server runs.
///
/// A file that cannot be used leaves the keys as they were, and says so in the log.
actor KeyFile {
    private let path: String
    private let longestLifetime: TimeInterval
    private let checkInterval: Duration
    private let logger: Logger
    private var bytes: [UInt8]
    private var keyring: Keyring
    private var checkedAt = ContinuousClock.now
    private var complaint: String?

    /// Reads the file.
    ///
    /// - Throws: When it cannot be read or used; the error says why.
    init(
        path: String, longestLifetime: TimeInterval, checkInterval: Duration = .seconds(1), logger: Logger
    ) async throws {
        self.path = path
        self.longestLifetime = longestLifetime
        self.checkInterval = checkInterval
        self.logger = logger
        let bytes = try Self.read(path)
        self.bytes = bytes
        keyring = try await Keyring(json: bytes, longestLifetime: longestLifetime)
    }

    /// The keys of now.
    func current() async -> Keyring {
        let now = ContinuousClock.now
        guard now - checkedAt >= checkInterval else { return keyring }
        // Set before the suspension below: requests meanwhile take the keys that are there.
        checkedAt = now
        do {
            let found = try Self.read(path)
            guard found != bytes else { return keyring }
            keyring = try await Keyring(json: found, longestLifetime: longestLifetime)
            bytes = found
            complaint = nil
            logger.notice("the keys were read again")
        } catch {
            if complaint != "\(error)" {
                complaint = "\(error)"
                logger.error(
                    "the key file cannot be used, so the keys stay as they were", metadata: ["error": "\(error)"])
            }
        }
        return keyring
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Keyring.Fault(description: "the key file '\(path)' cannot be read; make one with 'storeserver keys'")
        }
        return Array(data)
    }
}
