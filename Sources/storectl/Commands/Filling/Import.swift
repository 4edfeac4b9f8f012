import ArgumentParser
import Foundation
import PersonalizationStore

/// `storectl import`
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Imports events and images from JSON Lines.",
        discussion: """
            One JSON object a line (docs/interchange.md):
              {"kind":"rank","user":"u1","space":"v6","winner":"flowers/1","loser":"flowers/2"}
              {"kind":"like","user":"u1","space":"v6","image":"flowers/1"}
            Lines go in in batches, each durable before the next. What stands before a bad line is imported, nothing of
            the line itself. Lines with an "eventID" are written once however often they are imported; --derive-ids
            gives ids to the others, so that an interrupted import is resumed by repeating it; the same line of another file
            is another event. A line longer than --max-line ends the import, also with --on-error skip.

            Examples:
              storectl import events.jsonl
              storectl import events.jsonl.gz --derive-ids --on-error skip --rejects bad.jsonl
              ssh host cat events.gz | storectl import - --space v6
            """)

    enum ErrorPolicy: String, ExpressibleByArgument, CaseIterable {
        case stop, skip
    }

    @OptionGroup var options: StoreOptions
    @OptionGroup var lineOptions: LineOptions

    @Argument(help: "The file: '-' for standard input; may be compressed with gzip or zstd.")
    var file: String

    @Option(help: "The space of lines that name none.")
    var space: String?

    @Option(help: "At a bad line: stop, or skip it.")
    var onError = ErrorPolicy.stop

    @Option(help: ArgumentHelp("Writes skipped lines to this file, a new one, when there are any.", valueName: "file"))
    var rejects: String?

    @Flag(help: "Take the recorded times from the lines instead of the clock.")
    var trustTimes = false

    @Flag(help: "Give lines without an eventID one of their source, number and content.")
    var deriveIds = false

    @Option(
        help: ArgumentHelp(
            "What --derive-ids calls the lines' source, to which their ids belong; the file's whole path if not given.",
            valueName: "name"))
    var source: String?

    func validate() throws {
        if deriveIds, file == "-", source == nil {
            throw ValidationError("--derive-ids needs --source NAME for standard input, which has no name of its own")
        }
        if rejects != nil, onError == .stop { throw ValidationError("--rejects needs --on-error skip") }
    }

    func run() async throws {
        Interruption.watch()
        let outcome = try await options.withStore { store in
            try await importLines(into: store)
        }
        let isComplete = outcome.failure == nil && !outcome.wasInterrupted
        Output.show(ImportSummary(outcome.report, isComplete: isComplete), json: options.json) {
            "\(outcome.report.text)\(outcome.wasInterrupted ? "; interrupted, all of this is durable" : "")"
        }
        warnOfEarlyTimes(outcome.report)
        if let failure = outcome.failure { throw failure }
        if outcome.wasInterrupted {
            Output.complain(
                deriveIds
                    ? "storectl: interrupted; repeat the command to import the rest"
                    : "storectl: interrupted; lines without an eventID would be imported twice by repeating the command"
            )
            throw ExitCode(Interruption.exitStatus)
        }
    }

    private func warnOfEarlyTimes(_ report: ImportReport) {
        guard let first = report.firstEarlyTimeLine else { return }
        Output.complain(
            "storectl: warning: \(file), \(Text.counted(report.earlyTimeCount, "line")) with a time before 1990, the first "
                + "is line \(first); a number in 'at' is of milliseconds since 1970, not of seconds")
    }

    private func importLines(into store: Store) async throws -> ImportOutcome {
        var importOptions = ImportOptions()
        importOptions.defaultSpace = space
        importOptions.trustsTimes = trustTimes
        importOptions.skipsBadLines = onError == .skip
        importOptions.derivesEventIDs = deriveIds
        importOptions.source = source ?? URL(fileURLWithPath: file).standardizedFileURL.path
        let lines = try Lines(path: file, lineOptions)
        let rejected = try rejects.map(RejectFile.init)
        var importer = Importer(into: store, options: importOptions) { line, error in
            Output.complain("storectl: \(file), \(error)")
            rejected?.add(line)
        }
        let bar = ProgressBar("import")
        defer { bar.finish() }
        var outcome = ImportOutcome(report: importer.report)
        do {
            while let line = nextLine(of: lines, &outcome) {
                try await importer.add(line)
                if let total = lines.byteCount { bar.update(lines.readByteCount, of: total, unit: .bytes) }
                outcome.wasInterrupted = Interruption.isPending
                if outcome.wasInterrupted { break }
            }
            try await importer.finish()
        } catch {
            let cause = Failure(error)
            outcome.failure = Failure(status: cause.status, kind: cause.kind, message: "\(file), \(error)")
        }
        do { try rejected?.finish() } catch { outcome.failure = outcome.failure ?? Failure(error) }
        outcome.report = importer.report
        return outcome
    }

    /// The next line; nil also where reading fails, which is noted: what stands before is imported all the same.
    private func nextLine(of lines: Lines, _ outcome: inout ImportOutcome) -> [UInt8]? {
        do { return try lines.next() } catch {
            outcome.failure = Failure(error)
            return nil
        }
    }
}

/// What an import came to; the report counts what is durable, also when it failed.
private struct ImportOutcome {
    var report: ImportReport
    var wasInterrupted = false
    var failure: Failure?
}

/// Where skipped lines go.
private final class RejectFile {
    private let file: OutputFile
    private var writeError: (any Error)?

    init(path: String) throws { file = try OutputFile(path: path) }

    deinit { file.removeIfEmpty() }

    func add(_ line: [UInt8]) {
        do { try file.append(line + [UInt8(ascii: "\n")]) } catch { writeError = writeError ?? error }
    }

    /// Throws when a line is not there, or not durable.
    func finish() throws {
        if let writeError { throw writeError }
        try file.sync()
    }
}

extension ImportReport {
    fileprivate var text: TerminalText {
        var parts = ["\(Text.counted(lineCount, "line")): \(Text.counted(eventCount, "event"))"]
        if imageCount > 0 { parts.append(Text.counted(imageCount, "image")) }
        if mintCount > 0 { parts.append(Text.counted(mintCount, "mint")) }
        if repeatCount > 0 { parts.append("\(Text.count(repeatCount)) there already") }
        if rejectedCount > 0 { parts.append("\(Text.count(rejectedCount)) skipped") }
        return "\(parts.joined(separator: ", "))"
    }
}

private struct ImportSummary: Encodable {
    let lines: Int
    let events: Int
    let images: Int
    let mints: Int
    let repeats: Int
    let rejected: Int
    let complete: Bool

    init(_ report: ImportReport, isComplete: Bool) {
        lines = report.lineCount
        events = report.eventCount
        images = report.imageCount
        mints = report.mintCount
        repeats = report.repeatCount
        rejected = report.rejectedCount
        complete = isComplete
    }
}
