import Foundation
import Synchronization

/// Lets a long command stop between two steps when the user presses Ctrl-C; a second Ctrl-C ends it at once.
enum Interruption {
    private static let requestCount = Atomic<Int>(0)

    /// The exit status of a command that was interrupted, as shells have it: 128 and the signal's number.
    static let exitStatus: Int32 = 128 + SIGINT

    /// Begins to note interruptions. Only an atomic number is touched in the signal handler.
    static func watch() {
        precondition(!isPending, "watched twice")
        signal(SIGINT) { _ in
            let (earlier, _) = Interruption.requestCount.add(1, ordering: .relaxed)
            if earlier > 0 { _exit(128 + SIGINT) }
        }
    }

    /// Whether the user asked to stop.
    static var isPending: Bool { requestCount.load(ordering: .relaxed) > 0 }
}
