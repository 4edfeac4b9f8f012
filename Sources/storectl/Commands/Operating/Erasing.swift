import ArgumentParser
import Foundation
import PersonalizationStore

/// `storectl erase`
struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erases a person: profiles, codes, settings, events and labels, now or at a time.",
        discussion: """
            Nothing brings it back. Other people's codes, answers and proofs stay as they are; the same name is a new person
            afterwards. An erasure that was interrupted goes on when the store is next opened for writing. Backups, exports
            and bundles are out of reach: erase in a restored backup with --ledger.

            Examples:
              storectl erase ada                       asks whether it is meant
              storectl erase ada --after 30d           refuses ada's events and --p until then; 'erase --due' does it
              storectl erase ada --cancel
              storectl erase --due                     for a timer: everybody whose time has come
              storectl erasures --json > ledger.json; storectl erase --ledger ledger.json --store restored
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The user.") var user: String?

    @Flag(help: "Do not ask whether it is meant.") var yes = false

    @Option(help: ArgumentHelp("Erase later: so many days (d) or hours (h) from now.", valueName: "time"))
    var after: String?

    @Flag(help: "Take back that the user will be erased.") var cancel = false

    @Flag(help: "Erase everybody whose time has come.") var due = false

    @Option(
        help: ArgumentHelp(
            "Erase everybody in this ledger, which 'storectl erasures --json' wrote, who is in the store.",
            valueName: "file"))
    var ledger: String?

    @Option(
        help: ArgumentHelp(
            "How long to wait for readers of earlier states; for ever if not given.", valueName: "seconds"))
    var wait: Double?

    func validate() throws {
        let wanted = [after != nil, cancel, due, ledger != nil].count { $0 }
        guard wanted <= 1 else { throw ValidationError("give one of --after, --cancel, --due and --ledger") }
        guard (user == nil) == (due || ledger != nil) else {
            throw ValidationError("give a user, or else --due or --ledger")
        }
        if let after, Self.duration(after) == nil {
            throw ValidationError("--after is a number of days or hours such as 30d or 12h")
        }
        if let wait, !(0...1e9).contains(wait) { throw ValidationError("--wait is a number of seconds from 0 on") }
    }

    func run() async throws {
        if let user, !cancel, !yes { try confirm(user) }
        let limit = wait.map { Duration.milliseconds(Int64($0 * 1000)) }
        try await options.withStore { store in
            if let user, let after, let delay = Self.duration(after) {
                let due = Timestamp(
                    microseconds: Timestamp.systemNow().microseconds + delay.components.seconds * 1_000_000)
                let receipt = try await store.scheduleErasure(of: user, at: due)
                return Output.show(receipt, json: options.json) { "\(user) will be erased at \(Text.minute(due))" }
            }
            if let user, cancel {
                let receipt = try await store.cancelErasure(of: user)
                return Output.show(receipt, json: options.json) { "\(user) will not be erased" }
            }
            let report: ErasureReport
            if let ledger {
                let people = try Self.readLedger(ledger)
                report = try await store.erase(ledger: people, waitingAtMost: limit, onProgress: Self.tell).report
            } else if let user {
                report = try await store.erase(user: user, waitingAtMost: limit, onProgress: Self.tell)
            } else {
                report = try await store.eraseDue(waitingAtMost: limit, onProgress: Self.tell)
            }
            Output.show(report, json: options.json) { report.text }
            if report.finishedAt == nil {
                throw Failure(
                    status: .failed, kind: "readers",
                    message: "old bytes are still in the file, since earlier states are read by "
                        + "\(report.lingeringReaders.joined(separator: ", ")); let them end, then run 'storectl erase --due'"
                )
            }
        }
    }

    /// Asks on a terminal; without one, `--yes` must be given.
    private func confirm(_ user: String) throws {
        guard isatty(0) == 1 else {
            throw Failure(
                status: .usage, kind: "usage", message: "there is nobody to ask; give --yes to erase '\(user)'")
        }
        Output.complainInPlace("Erase '\(user.escapedForTerminal)' for ever? Type the name again: ")
        guard readLine() == user else {
            throw Failure(status: .no, kind: "refused", message: "nothing was erased: the names differ")
        }
    }

    @Sendable private static func tell(_ progress: OperationProgress) {
        if isatty(2) == 1 { Output.complain(progress.description) }
    }

    /// A number and `d` or `h`.
    static func duration(_ text: String) -> Duration? {
        guard let unit = text.last, let number = Int64(text.dropLast()), (0...36_500).contains(number) else {
            return nil
        }
        switch unit {
        case "d": return .seconds(number * 86_400)
        case "h": return .seconds(number * 3_600)
        default: return nil
        }
    }

    /// The people of a ledger, a JSON document.
    private static func readLedger(_ path: String) throws -> Set<[UInt8]> {
        let bytes = try InputFile.read(path, limit: 256 << 20)
        guard let document = try? JSONDecoder().decode(Ledger.self, from: Data(bytes)) else { throw noLedger(path) }
        return Set(
            try document.erased.map { entry in
                guard let secret = StoreSecret(hex: entry.person) else { throw noLedger(path) }
                return secret.bytes
            })
    }

    private static func noLedger(_ path: String) -> Failure {
        Failure(
            status: .failed, kind: "input",
            message: "\(path) is no ledger of erasures; give the file that 'storectl erasures --json' wrote")
    }

    private struct Ledger: Decodable {
        let erased: [Entry]

        struct Entry: Decodable {
            let person: String
        }
    }
}

/// `storectl erasures`
struct ErasuresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erasures",
        abstract: "Lists who will be erased, and the ledger of who was, without names.",
        discussion: """
            Keep what --json prints beside the backups, not in them: 'storectl erase --ledger' erases again in a backup that
            is older than an erasure.

            Examples:
              storectl erasures
              storectl erasures --json > ledger.json
            """)

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await options.withStore(.reading) { store in
            let list = ErasureList(scheduled: try store.scheduledErasures(), erased: try store.erasures())
            Output.show(list, json: options.json) { list.text }
        }
    }
}

private struct ErasureList: Encodable {
    let scheduled: [ScheduledErasure]
    let erased: [ErasureEntry]

    var text: TerminalText {
        if scheduled.isEmpty, erased.isEmpty { return "nobody was erased, and nobody is to be" }
        let planned = scheduled.map { [Text.minute($0.due), "", $0.user, "to be erased"] }
        let done = erased.map { entry in
            [
                Text.minute(entry.recordedAt), "\(entry.position)", String(entry.person.description.prefix(16)) + "…",
                "\(Text.counted(entry.streamCount, "stream")), \(Text.counted(entry.otherRecordCount, "other record"))"
                    + (entry.isFinished ? "" : ", not finished"),
            ]
        }
        return Output.table([["TIME", "POSITION", "PERSON", ""]] + planned + done)
    }
}

extension ErasureReport {
    fileprivate var text: TerminalText {
        guard !positions.isEmpty else { return "nobody was to be erased" }
        let done =
            "\(Text.counted(positions.count, "erasure")): \(Text.counted(recordCount, "record")) replaced, derived tables built "
            + "anew, \(Text.counted(pageCount, "free page")) and the unused room of \(partialPageCount) others overwritten"
        let end = finishedAt.map { ", finished at \(Text.minute($0))" } ?? ""
        return "\(done)\(end); \(Self.outOfReach)"
    }
}
