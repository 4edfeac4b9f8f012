import Foundation
import PersonalizationStore

/// Tells the user when the command waits for another process's writer's lock, and ends it when that takes too long.
enum LockWatch {
    /// Begins to watch, on a thread of its own, until the process ends.
    ///
    /// - Parameter timeout: After how many seconds of one wait the command ends with exit status 3; nil for never. Nothing
    ///   of what waits has been written then.
    static func start(timeout: Double?) {
        let thread = Thread {
            var announced = false
            while true {
                usleep(20_000)
                guard let wait = Store.writerLockWaits.first else {
                    announced = false
                    continue
                }
                if let timeout, wait.duration >= .seconds(timeout) {
                    failure(wait, timeout: timeout).report()
                    _exit(Failure.Status.failed.rawValue)
                }
                if !announced, wait.duration >= .seconds(1) {
                    announced = true
                    announce(wait)
                }
            }
        }
        thread.start()
    }

    private static func announce(_ wait: WriterLockWait) {
        let text = "waiting for \(holder(of: wait)) to give back the writer's lock of \(wait.path)"
        if CommandLine.arguments.contains("--json") {
            Output.complainJSON(Output.encode(["notice": ["kind": "waiting", "message": text]]))
        } else {
            Output.complain("storectl: \(text)")
        }
    }

    private static func failure(_ wait: WriterLockWait, timeout: Double) -> Failure {
        Failure(
            status: .failed, kind: "lockTimeout",
            message:
                "\(holder(of: wait)) has had the writer's lock of \(wait.path) for \(timeout.formatted()) s, and "
                + "nothing of what waited was written; let it go on or end it, then try again, or wait longer with --timeout"
        )
    }

    private static func holder(of wait: WriterLockWait) -> String { wait.holder ?? "another process" }
}
