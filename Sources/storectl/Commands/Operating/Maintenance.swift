import ArgumentParser
import PersonalizationStore

/// `storectl backup`
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a compacted copy while the store is in use, and verifies all of it.",
        discussion: """
            The copy is a store like any other: to restore it, stop the service and put the folder in place. Never copy
            a store that is in use with cp.

            Example:
              storectl backup /backups/taste-2026-05-01
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The new folder.") var destination: String

    func run() async throws {
        try await options.withStore(.reading) { store in
            let bar = ProgressBar("verify the copy")
            defer { bar.finish() }
            let head = try store.backup(to: destination) { bar.update($0) }
            let report = Report(path: destination, events: head?.position.number ?? 0)
            Output.show(report, json: options.json) {
                "\(Text.counted(Int(report.events), "event")) copied to \(destination), synced and verified"
            }
        }
    }

    private struct Report: Encodable {
        let path: String
        let events: UInt64
    }
}

/// `storectl rebuild`
struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Builds every derived table anew from the log, while the store is in use.",
        discussion: """
            Afterwards all answers are the same. Needed only when 'storectl verify' reports a damaged row or table, and
            mends it also when it keeps other commands from opening the store.

            Example:
              storectl rebuild
            """)

    @OptionGroup var options: StoreOptions

    func run() async throws {
        LockWatch.start(timeout: options.timeout)
        let start = ContinuousClock.now
        let bar = ProgressBar("rebuild")
        defer { bar.finish() }
        let head: LogHead?
        do {
            head = try Store.rebuild(at: try options.path) { bar.update($0) }
        } catch {
            throw Failure(error)
        }
        let seconds = Text.seconds(ContinuousClock.now - start)
        let count = Int(head?.position.number ?? 0)
        Output.show(Report(events: count, seconds: seconds), json: options.json) {
            "\(Text.counted(count, "event")) in \(Text.decimal(seconds, digits: 2)) s"
        }
    }

    private struct Report: Encodable {
        let events: Int
        let seconds: Double
    }
}
