import PersonalizationStore
import Synchronization

/// Watches what a command's commits say of the clock, and warns once when it was behind the log.
final class ClockWarning: Sendable {
    private let largestLag = Mutex(Duration.zero)

    /// Notes a commit.
    func note(_ report: CommitReport) { largestLag.withLock { $0 = max($0, report.clockLag) } }

    /// Says on standard error that the clock was behind, if it was by more than clocks differ.
    func report() { Self.report(largestLag.withLock { $0 }) }

    /// Says on standard error that the clock is behind the last event, if it is by more than clocks differ.
    static func report(_ lag: Duration) {
        guard lag > Store.toleratedClockLag else { return }
        Output.complain(
            "storectl: warning: the clock is \(text(lag)) behind the last event, and later events are stamped no earlier "
                + "than that; correct the clock, or see 'A wrong clock' in docs/operations.md")
    }

    private static func text(_ lag: Duration) -> String {
        let minutes = Int(lag.components.seconds / 60)
        if minutes < 120 { return Text.counted(minutes, "minute") }
        return minutes < 2880 ? Text.counted(minutes / 60, "hour") : Text.counted(minutes / 1440, "day")
    }
}
