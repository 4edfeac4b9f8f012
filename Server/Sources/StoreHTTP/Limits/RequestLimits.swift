internal import Hummingbird
internal import NIOConcurrencyHelpers

/// How many requests are handled at once, and how many a second each caller may make.
package final class RequestLimits: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
    }

    private struct State {
        var requests = 0
        var streams = 0
        var buckets: [Caller: Bucket] = [:]
    }

    private let state = NIOLockedValueBox(State())
    private let configuration: ServerConfiguration.Limits

    /// Limits of which nothing is taken yet.
    package init(_ configuration: ServerConfiguration.Limits) { self.configuration = configuration }

    /// Counts a request in, until the pass is let go.
    ///
    /// - Throws: A ``Problem`` of status 503 when as many are handled as may be.
    package func enter(isStream: Bool) throws -> Pass {
        let isFull = state.withLockedValue { state in
            if isStream {
                if state.streams >= configuration.streams { return true }
                state.streams += 1
            } else {
                if state.requests >= configuration.requests { return true }
                state.requests += 1
            }
            return false
        }
        if isFull {
            throw Problem(
                .serviceUnavailable, "busy", "as many requests are under way as the server takes; try again",
                headers: [.retryAfter: "1"])
        }
        return Pass(limits: self, isStream: isStream)
    }

    /// A request that is under way: however it ends, its place is free then.
    package final class Pass: Sendable {
        private let limits: RequestLimits
        private let isStream: Bool

        fileprivate init(limits: RequestLimits, isStream: Bool) {
            self.limits = limits
            self.isStream = isStream
        }

        deinit {
            limits.state.withLockedValue { state in
                if isStream { state.streams -= 1 } else { state.requests -= 1 }
            }
        }
    }

    /// Takes one from what a caller may ask in this second; a caller may have saved up two seconds' worth.
    ///
    /// - Throws: A ``Problem`` of status 429 that says when to come again.
    package func charge(_ caller: Caller, at now: ContinuousClock.Instant = .now) throws {
        let rate =
            switch caller {
            case .service: configuration.serviceRate
            case .user: configuration.userRate
            case .nobody: configuration.anonymousRate
            }
        guard rate > 0 else { return }
        let wait: Double? = state.withLockedValue { state in
            if state.buckets.count >= 10_000 { Self.dropFull(&state.buckets, at: now) }
            var bucket = state.buckets[caller] ?? Bucket(tokens: 2 * rate, filledAt: now)
            let elapsed = max(0, (now - bucket.filledAt) / .seconds(1))
            bucket.tokens = min(2 * rate, bucket.tokens + elapsed * rate)
            bucket.filledAt = now
            defer { state.buckets[caller] = bucket }
            if bucket.tokens < 1 { return (1 - bucket.tokens) / rate }
            bucket.tokens -= 1
            return nil
        }
        if let wait {
            throw Problem(
                .tooManyRequests, "tooMany", "more requests than \(Int(rate)) a second; wait, then go on",
                headers: [.retryAfter: "\(max(1, Int(wait.rounded(.up))))"])
        }
    }

    /// A bucket untouched for two seconds is full again, and so the same as none.
    private static func dropFull(
        _ buckets: inout [Caller: Bucket], at now: ContinuousClock.Instant
    ) {
        buckets = buckets.filter { now - $0.value.filledAt < .seconds(2) }
    }
}
