internal import Logging
internal import NIOConcurrencyHelpers
internal import PersonalizationStore
internal import ServiceLifecycle

/// Erases people, one erasure after the other and beside the threads that answer requests: an erasure reads the whole log
/// and waits for readers. Looks now and then whether somebody's time has come.
///
/// Other requests go on meanwhile; those that write wait while the store's own writer is held.
final class Eraser: Service, Sendable {
    private let store: Store
    private let interval: Duration?
    private let logger: Logger
    private let executor = QueueExecutor(label: "storeserver.erasures")
    /// Ends when everything that was asked for before has ended.
    private let last = NIOLockedValueBox<Task<Void, Never>?>(nil)

    /// How long readers of earlier states are waited for; then the report names them, and the next look goes on.
    private static let patience = Duration.seconds(10)

    /// - Parameter interval: How often to look whether somebody's time has come; nil for never.
    init(_ store: Store, interval: Duration?, logger: Logger) {
        self.store = store
        self.interval = interval
        self.logger = logger
    }

    /// Erases a person now.
    func erase(_ user: String) async throws -> ErasureReport {
        try await inTurn { [store] in try await store.erase(user: user, waitingAtMost: Self.patience) }
    }

    /// Erases everybody whose time has come, and goes on with what was not finished.
    func eraseDue() async throws -> ErasureReport {
        try await inTurn { [store] in try await store.eraseDue(waitingAtMost: Self.patience) }
    }

    /// Says that a person will be erased; looks through the whole log for whether there is anything of the person.
    func schedule(_ user: String, at due: Timestamp) async throws -> Receipt {
        try await inTurn { [store] in try await store.scheduleErasure(of: user, at: due) }
    }

    /// Looks until the server shuts down.
    func run() async throws {
        guard let interval else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    private func look() async {
        do {
            guard try isAnythingDue() else { return }
            let report = try await eraseDue()
            logger.notice(
                "people were erased whose time had come",
                metadata: ["count": "\(report.positions.count)", "finished": "\(report.finishedAt != nil)"])
        } catch {
            logger.error("people whose time has come cannot be erased", metadata: ["error": "\(error)"])
        }
    }

    /// Erasing flushes the store's tables, which is not worth it for nothing.
    private func isAnythingDue() throws -> Bool {
        let now = Timestamp.systemNow()
        return try store.scheduledErasures().contains { $0.due <= now } || store.erasures().contains { !$0.isFinished }
    }

    /// Does something when everything before it has ended, also when who asked for it has gone.
    private func inTurn<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = last.withLockedValue { last in
            let before = last
            let task = Task(executorPreference: executor) {
                await before?.value
                return try await work()
            }
            last = Task { _ = await task.result }
            return task
        }
        return try await task.value
    }
}
