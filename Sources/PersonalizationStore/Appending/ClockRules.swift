internal import EventLog

/// Which times are taken for those of a wrong clock.
///
/// Recorded times never go back, so one that is far ahead stamps every later event. A time that somebody else brings is
/// held against the wall clock. The wall clock itself can be held against the log only: after a pause of months it
/// cannot be told whether the clock or the pause is wrong, so only a pause that no store in use has is refused, and that
/// is what clocks make that lost their date or overflowed: years as 2036, 2038, 2099.
struct ClockRules: Sendable {
    /// How far a time may be ahead of the clock, in microseconds: a day, more than any two time zones differ by.
    private static let largestLead: Int64 = 86_400_000_000
    /// The longest pause between events, in microseconds: ten years.
    private static let largestPause: Int64 = 3653 * 86_400_000_000

    /// What is wrong with a time to record and with one at which an event is said to have occurred, in the years 1 to 9999.
    func fault(
        recording trusted: Timestamp?, _ occurredAt: Int64?, clock: Timestamp, last: Timestamp?
    ) -> EventFault? {
        let latest = Timestamp(microseconds: Self.sum(clock.microseconds, Self.largestLead))
        if let trusted {
            if trusted > latest { return .timeAhead(given: trusted, clock: clock) }
        } else if let last, clock.microseconds > Self.sum(last.microseconds, Self.largestPause) {
            return .clockAhead(clock: clock, last: last)
        }
        if let occurredAt, occurredAt > latest.microseconds / 1000 {
            return .timeAhead(given: Timestamp(milliseconds: occurredAt), clock: clock)
        }
        return nil
    }

    private static func sum(_ time: Int64, _ duration: Int64) -> Int64 {
        let (sum, overflow) = time.addingReportingOverflow(duration)
        return overflow ? .max : sum
    }
}
