internal import CLibPQ
internal import Dispatch
internal import Glibc
internal import Synchronization

/// A connection to a server of a cluster, on a thread of its own; connects when it is first needed, and anew after it was
/// lost.
///
/// A new connection is not trusted before it was checked (``SessionChecks``): a server may show what no standby has.
final class DatabaseConnection: Sendable {
    let server: String
    private let checks: SessionChecks
    private let thread: WorkerThread
    private let holder: SessionHolder
    private let wakeDescriptor: Int32

    /// The session, touched on the connection's thread only: that is the proof for `@unchecked`.
    private final class SessionHolder: @unchecked Sendable {
        var session: DatabaseSession?
        /// When the last attempt to connect failed, and how: not every caller waits for another one.
        var failure: (error: DatabaseError, at: ContinuousClock.Instant)?
    }

    init(server: String, checks: SessionChecks, name: String) {
        self.server = server
        self.checks = checks
        holder = SessionHolder()
        wakeDescriptor = clibpq_make_event()
        thread = WorkerThread(name: name)
    }

    deinit {
        // The thread's last job ends the session; no wait of it is left, since that would hold the connection.
        let (holder, descriptor) = (holder, wakeDescriptor)
        thread.submit {
            holder.session = nil
            close(descriptor)
        }
        thread.stop()
    }

    /// Runs `body` with the session on the connection's thread, and returns what it gives. Blocks the caller, which must be
    /// no thread of Swift's pool. After an error that a connection does not survive the next call connects anew.
    ///
    /// - Parameter deadline: When connecting and checking are given up; `body` gets it for its statements.
    func run<Result: Sendable>(
        until deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable (DatabaseSession) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Swift.Result<Result, DatabaseError>?>(nil)
        submit(until: deadline, body) { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = outcome.withLock({ $0 }) else { preconditionFailure("a job that has ended has an outcome") }
        return try result.get()
    }

    /// The same without blocking the caller.
    func run<Result: Sendable>(
        asyncUntil deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable (DatabaseSession) throws(DatabaseError) -> Result
    ) async throws(DatabaseError) -> Result {
        let result: Swift.Result<Result, DatabaseError> = await withCheckedContinuation { continuation in
            submit(until: deadline, body) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// The same with a call afterwards, on the thread of the connection.
    func submit<Result: Sendable>(
        until deadline: ContinuousClock.Instant,
        _ body: @escaping @Sendable (DatabaseSession) throws(DatabaseError) -> Result,
        then finish: @escaping @Sendable (Swift.Result<Result, DatabaseError>) -> Void
    ) {
        thread.submit { [self] in
            do throws(DatabaseError) {
                let session = try usableSession(until: deadline)
                finish(.success(try body(session)))
            } catch {
                if error.endsConnection || error.cause == .readOnly { holder.session = nil }
                finish(.failure(error))
            }
        }
    }

    /// The session, connected and checked.
    private func usableSession(until deadline: ContinuousClock.Instant) throws(DatabaseError) -> DatabaseSession {
        if let session = holder.session, session.isUsable { return session }
        holder.session = nil
        if let failure = holder.failure, ContinuousClock.now - failure.at < .milliseconds(50) { throw failure.error }
        do throws(DatabaseError) {
            let session = try DatabaseSession(
                server: server, applicationName: checks.applicationName, wakeDescriptor: wakeDescriptor)
            try checks.check(session, until: deadline)
            holder.session = session
            holder.failure = nil
            return session
        } catch {
            var failure = error
            failure.isBeforeUse = true
            holder.failure = (failure, .now)
            throw failure
        }
    }

    /// Ends a wait for notifications.
    func wake() {
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, 8)
    }

    /// Lets the next wait for notifications be one again. On the connection's thread.
    func forgetWake() {
        var count: UInt64 = 0
        _ = read(wakeDescriptor, &count, 8)
    }
}
