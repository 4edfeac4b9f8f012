internal import Logging
internal import NIOConcurrencyHelpers
internal import PersonalizationService
internal import PersonalizationStore

/// What all requests share.
struct ServerState: Sendable {
    let store: InstrumentedStore
    let configuration: ServerConfiguration
    let keys: KeyFile
    let metrics: PrometheusMetrics
    let health: WriterHealth
    let limits: RequestLimits
    let catalogues: Catalogues
    let eraser: Eraser
    let deadlines = Deadlines()
    let logger: Logger
}

/// Whether the store's writer works, as the last request that wrote found it.
///
/// After a failed commit a store refuses to write until it is opened again; a server that still reads well would
/// otherwise pass for healthy.
package final class WriterHealth: Sendable {
    private let failure = NIOLockedValueBox<String?>(nil)

    /// A writer of which nothing bad is known.
    package init() {}

    /// Why the last write failed; nil when it did not.
    package var complaint: String? { failure.withLockedValue { $0 } }

    /// Does something that writes, and remembers how it went.
    package func watching<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            failure.withLockedValue { $0 = nil }
            return result
        } catch {
            if let reason = Self.storageFailure(error) { failure.withLockedValue { $0 = reason } }
            throw error
        }
    }

    /// Why the store could not be written. A damaged record or row that was read on the way does not stop the writer.
    private static func storageFailure(_ error: any Error) -> String? {
        guard let error = error as? any ClassifiedError else { return nil }
        return switch error.storageError {
        case nil, .record, .damagedRow: nil
        default: error.description
        }
    }
}
