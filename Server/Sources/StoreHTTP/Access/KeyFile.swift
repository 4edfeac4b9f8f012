internal import Logging
internal import NIOConcurrencyHelpers

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A key file, read again when it has changed: keys are rotated by replacing the file while the server runs.
///
/// A file that cannot be used leaves the keys as they were, and says so in the log.
final class KeyFile: Sendable {
    private struct State {
        var bytes: [UInt8]
        var keyring: Keyring
        var checkedAt = ContinuousClock.now
        var complaint: String?
    }

    private let path: String
    private let longestLifetime: TimeInterval
    private let checkInterval: Duration
    private let logger: Logger
    private let state: NIOLockedValueBox<State>

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
        let keyring = try await Keyring(json: bytes, longestLifetime: longestLifetime)
        state = NIOLockedValueBox(State(bytes: bytes, keyring: keyring))
    }

    /// The keys of now.
    ///
    /// One request a second looks at the file; the others take the keys that are there, without waiting.
    func current() async -> Keyring {
        let now = ContinuousClock.now
        let (known, mustCheck) = state.withLockedValue { state in
            let mustCheck = now - state.checkedAt >= checkInterval
            if mustCheck { state.checkedAt = now }
            return (state.keyring, mustCheck)
        }
        return mustCheck ? await read() : known
    }

    private func read() async -> Keyring {
        let (known, bytes) = state.withLockedValue { ($0.keyring, $0.bytes) }
        do {
            let found = try Self.read(path)
            guard found != bytes else { return known }
            let keyring = try await Keyring(json: found, longestLifetime: longestLifetime)
            state.withLockedValue { state in
                state.bytes = found
                state.keyring = keyring
                state.complaint = nil
            }
            logger.notice("the keys were read again")
            return keyring
        } catch {
            let isNew = state.withLockedValue { state in
                defer { state.complaint = "\(error)" }
                return state.complaint != "\(error)"
            }
            if isNew {
                logger.error(
                    "the key file cannot be used, so the keys stay as they were", metadata: ["error": "\(error)"])
            }
            return known
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Keyring.Fault(description: "the key file '\(path)' cannot be read; make one with 'storeserver keys'")
        }
        return Array(data)
    }
}
