#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Lets the writer look out for the next request for a moment before it sleeps, where the last one came that soon.
///
/// Waking a thread takes as long as a fast disk takes to flush, and a caller who appends one event after the other would
/// wait for it each time. The writer offers its core to any other thread while it looks out, and does not look out where
/// that has been in vain.
///
/// Confined to the writer's queue.
final class WriterLookout: @unchecked Sendable {
    /// When the last group was answered.
    private var answered: ContinuousClock.Instant?
    /// Whether the last request came while the writer looked out, or would have.
    private var isWorthwhile = false

    /// About as long as a caller takes to be woken and to come back.
    private static var longest: Duration { .microseconds(150) }

    /// Learns that a request has come while the writer slept.
    func writerWoke() {
        guard let answered else { return }
        isWorthwhile = answered.duration(to: .now) < Self.longest * 2
    }

    /// Returns when there is a request, or when it is time to sleep.
    func awaitRequest(_ hasRequest: () -> Bool) {
        let start = ContinuousClock.now
        answered = start
        guard isWorthwhile else { return }
        while !hasRequest() {
            if start.duration(to: .now) > Self.longest {
                isWorthwhile = false
                return
            }
            sched_yield()
        }
    }
}
