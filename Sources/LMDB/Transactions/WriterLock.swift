internal import Glibc
internal import Synchronization

/// Lets one thread of this process write at a time, and knows which.
///
/// LMDB's own lock does that too, but gives it up inside of a failing commit, before anybody can be told of the
/// failure. This one is held until then, so the next writer sees that the environment is poisoned.
final class WriterLock: Sendable {
    /// Shared between threads by its nature; freed when no transaction can hold it any more.
    private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// The thread that holds the mutex, or 0.
    private let owner = Atomic<UInt>(0)

    init() {
        let code = pthread_mutex_init(mutex, nil)
        precondition(code == 0, "a mutex of this process can be made")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Waits for its turn.
    func acquire() {
        precondition(owner.load(ordering: .relaxed) != pthread_self(), "this thread already has a write transaction")
        pthread_mutex_lock(mutex)
        owner.store(pthread_self(), ordering: .relaxed)
    }

    /// Traps unless the calling thread holds the lock: LMDB ties a write transaction to its thread.
    func requireOwner() {
        precondition(
            owner.load(ordering: .relaxed) == pthread_self(), "a write transaction ends on the thread that began it")
    }

    func release() {
        owner.store(0, ordering: .relaxed)
        pthread_mutex_unlock(mutex)
    }
}
