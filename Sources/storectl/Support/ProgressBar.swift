import Foundation
import PersonalizationStore

/// A progress bar on standard error, on a terminal only, drawn at most ten times a second and only after a second.
final class ProgressBar: @unchecked Sendable {
    // Drawn from the task that works, or from callbacks that it waits for; the lock makes either safe.
    private let lock = NSLock()
    private let title: String
    private let start = ContinuousClock.now
    private var lastDrawn = ContinuousClock.now
    private var isDrawn = false
    private let isShown = isatty(2) == 1

    /// What is counted.
    enum Unit {
        case items, bytes

        fileprivate func text(_ count: Int) -> String { self == .items ? Text.count(count) : Text.bytes(count) }
    }

    init(_ title: String) { self.title = title }

    /// Draws how far an operation of the library has come.
    func update(_ progress: OperationProgress) { update(progress.done, of: progress.total) }

    /// Draws how far the work is.
    func update(_ done: Int, of total: Int, unit: Unit = .items) {
        lock.withLock {
            let now = ContinuousClock.now
            guard isShown, now - start > .seconds(1), now - lastDrawn > .milliseconds(100) else { return }
            lastDrawn = now
            isDrawn = true
            let rate = Double(done) / Text.seconds(now - start)
            let left = total > done && rate > 0 ? Int(Double(total - done) / rate) : 0
            let filled = total > 0 ? min(24, done * 24 / total) : 0
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
            Output.complainInPlace(
                "\r\(title) \(bar) \(unit.text(done)) of \(unit.text(total)), \(unit.text(Int(rate)))/s, \(left) s left\u{1B}[K"
            )
        }
    }

    /// Takes the bar away.
    func finish() {
        lock.withLock { if isDrawn { Output.complainInPlace("\r\u{1B}[K") } }
    }
}
