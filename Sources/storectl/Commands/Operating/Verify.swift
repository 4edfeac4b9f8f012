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
        child.arguments = [VerifyHere.name, "--store", try options.path] + (options.json ? ["--json"] : [])
        do { try child.run() } catch {
            throw Failure(status: .failed, kind: "failed", message: "cannot start the verification: \(error)")
        }
        child.waitUntilExit()
        if child.terminationReason == .uncaughtSignal {
            throw Failure(
                status: .failed, kind: "damaged",
                message: "the data file is damaged: reading it ended the verification by signal "
                    + "\(child.terminationStatus); restore a backup")
        }
        if child.terminationStatus != 0 { throw ExitCode(child.terminationStatus) }
    }
}

/// The verification itself, in the child process.
struct VerifyHere: AsyncParsableCommand {
    static let name = "verify-here"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Verifies in this process.", shouldDisplay: false)

    @OptionGroup var options: StoreOptions

    func run() async throws {
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
            return (report.findings + report.doubts + [summary]).joined(separator: "\n")
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
