import ArgumentParser
import Foundation
import PersonalizationStore

/// `storectl verify`
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks everything: checksums, canonical form, links, and every derived row against a rebuild.",
        discussion: """
            Runs in a child process, because reading a damaged B-tree may end the process that does it. Exit status 1
            when something is wrong with records or rows, 3 when the file cannot be read.

            With --since, that the log begins with all that it had when the signed checkpoint in FILE was made, unchanged
            and in the same order. That finds what somebody changed who has the files and could make all checksums right;
            an erasure is no change. Give the log's verifier key too when you do not trust the key that is in the store.

            Examples:
              storectl verify
              storectl verify --since yesterday.checkpoint --verifier-key taste.vkey
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var since: SinceOptions

    func run() async throws {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments =
            [VerifyHere.name, "--until-input-ends", "--store", try options.path] + (options.json ? ["--json"] : [])
            + since.arguments
        let lifeline = Pipe()
        child.standardInput = lifeline
        do { try child.run() } catch {
            throw Failure(status: .failed, kind: "failed", message: "cannot start the verification: \(error)")
        }
        withExtendedLifetime(lifeline) { child.waitUntilExit() }
        if child.terminationReason == .uncaughtSignal {
            guard Self.crashes.contains(child.terminationStatus) else {
                throw Failure(
                    status: .failed, kind: "failed",
                    message: "signal \(child.terminationStatus) ended the verification before it was done; run it again"
                )
            }
            throw Failure(
                status: .failed, kind: "damaged",
                message: "the data file is damaged: reading it ended the verification by signal "
                    + "\(child.terminationStatus); restore a backup")
        }
        if child.terminationStatus != 0 { throw ExitCode(child.terminationStatus) }
    }

    /// The signals by which a process ends itself; others come from outside, and say nothing of the file.
    private static let crashes: Set<Int32> = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE]
}

/// The verification itself, in the child process.
struct VerifyHere: AsyncParsableCommand {
    static let name = "verify-here"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Verifies in this process.", shouldDisplay: false)

    @OptionGroup var options: StoreOptions

    @OptionGroup var since: SinceOptions

    @Flag(help: "End as soon as standard input does.") var untilInputEnds = false

    func run() async throws {
        if untilInputEnds { Lifeline.watch() }
        let report = try await options.withStore(.reading) { store in
            let bar = ProgressBar("verify")
            defer { bar.finish() }
            return try store.verify(since: try since.checkpoint(of: store)) { bar.update($0) }
        }
        Output.show(Report(report), json: options.json) {
            let summary =
                "\(Text.counted(report.eventCount, "event")) verified in "
                + "\(Text.decimal(Text.seconds(report.duration), digits: 2)) s: "
                + (report.isClean
                    ? "nothing is wrong" : Text.counted(report.findings.count + report.doubts.count, "finding"))
            return TerminalText(lines: report.findings + report.doubts + [summary])
        }
        if !report.isClean { throw ExitCode(Failure.Status.no.rawValue) }
    }

    private struct Report: Encodable {
        let events: Int
        let findings: [String]
        let doubts: [String]
        let seconds: Double

        init(_ report: VerificationReport) {
            events = report.eventCount
            findings = report.findings
            doubts = report.doubts
            seconds = Text.seconds(report.duration)
        }
    }
}

/// The earlier state that a log is compared with.
struct SinceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The file with an earlier signed checkpoint of this log.", valueName: "file"))
    var since: String?

    @Option(
        help: ArgumentHelp(
            "The verifier key that signed it, or a file with it; the store's own if not given.", valueName: "key"))
    var verifierKey: String?

    func validate() throws {
        if verifierKey != nil, since == nil { throw ValidationError("--verifier-key goes with --since") }
    }

    /// The options as they are given on to another process.
    var arguments: [String] {
        (since.map { ["--since", $0] } ?? []) + (verifierKey.map { ["--verifier-key", $0] } ?? [])
    }

    /// The earlier checkpoint, its signature verified.
    func checkpoint(of store: Store) throws -> SignedCheckpoint? {
        guard let since else { return nil }
        let key = try verifierKey.map(VerifierKeyArgument.read) ?? store.signingKey().verifierKey
        return try SignedCheckpoint(parsing: try ProofFile.read(since), verifiedBy: key)
    }
}
