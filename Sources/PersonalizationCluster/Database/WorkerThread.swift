internal import CLibPQ
internal import Dispatch
internal import Glibc
internal import Synchronization

/// A thread of its own that runs what it is given, in order: for calls that block, which must not hold a thread of Swift's
/// pool. Ends when it is stopped and everything that was given before is done.
final class WorkerThread: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// Starts a thread.
    ///
    /// - Parameter name: What a debugger shows; at most 15 bytes.
    init(name: String) {
        let start = Start(thread: self, name: name)
        var identifier = pthread_t()
        let code = pthread_create(
            &identifier, nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                pthread_setname_np(pthread_self(), start.name)
                start.thread.work()
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
        precondition(code == 0, "the system has no thread left")
        pthread_detach(identifier)
    }

    /// What a new thread is told.
    private final class Start {
        let thread: WorkerThread
        let name: String

        init(thread: WorkerThread, name: String) {
            self.thread = thread
            self.name = name
        }
    }

    /// Runs `job` on the thread, after everything that was given before. False when the thread was stopped.
    @discardableResult
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        let isAccepted = state.withLock { state in
            if state.isStopped { return false }
            state.jobs.append(job)
            return true
        }
        if isAccepted { wake.signal() }
        return isAccepted
    }

    /// Lets the thread end once it has done what was given; nothing more is accepted.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake.signal()
    }

    private func work() {
        while true {
            wake.wait()
            let (job, isStopped) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isStopped)
            }
            if let job { job() } else if isStopped { return }
        }
    }
}
