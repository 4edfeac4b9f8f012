internal import NIOConcurrencyHelpers

/// Things that are done unless something else happens in time.
///
/// A sleeping task for each request would cost more than most requests do: here one task looks at all deadlines, four times
/// a second, while there are any. A deadline is therefore met up to a quarter of a second late.
final class Deadlines: Sendable {
    private struct Entry {
        let time: ContinuousClock.Instant
        let act: @Sendable () -> Void
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var next: UInt64 = 0
        var isWatched = false
    }

    private static let interval = Duration.milliseconds(250)
    private let state = NIOLockedValueBox(State())

    /// Does something after a time, unless it is called off; gives the number to call it off by.
    func add(after time: Duration, _ act: @escaping @Sendable () -> Void) -> UInt64 {
        let entry = Entry(time: .now + time, act: act)
        let (number, mustWatch) = state.withLockedValue { state in
            state.next += 1
            state.entries[state.next] = entry
            defer { state.isWatched = true }
            return (state.next, !state.isWatched)
        }
        if mustWatch { Task { await watch() } }
        return number
    }

    /// Calls something off; false when it was done already.
    func callOff(_ number: UInt64) -> Bool {
        state.withLockedValue { $0.entries.removeValue(forKey: number) != nil }
    }

    private func watch() async {
        while true {
            // Nothing cancels this task, and if something did the deadlines would only be looked at more often.
            try? await Task.sleep(for: Self.interval)
            let now = ContinuousClock.now
            let (due, isDone) = state.withLockedValue { state in
                let due = state.entries.filter { $0.value.time <= now }
                for number in due.keys { state.entries[number] = nil }
                if state.entries.isEmpty { state.isWatched = false }
                return (due.values, state.entries.isEmpty)
            }
            for entry in due { entry.act() }
            if isDone { return }
        }
    }
}
