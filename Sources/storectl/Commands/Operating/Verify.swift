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

            Example:
              storectl verify
            """)

    @OptionGroup var options: StoreOptions

    func run() async throws {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments =
            [VerifyHere.name, "--until-input-ends", "--store", try options.path] + (options.json ? ["--json"] : [])
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

    @Flag(help: "End as soon as standard input does.") var untilInputEnds = false

    func run() async throws {
        if untilInputEnds { Lifeline.watch() }
        let report = try await options.withStore(.reading) { store in
            let bar = ProgressBar("verify")
            defer { bar.finish() }
            return try store.verify { bar.update($0, of: $1) }
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
