internal import Foundation
internal import SeededRandom

/// Kills a writer at random moments, again and again, and has the store checked each time.
struct KillLoop: Tool {
    static let name = "kill"
    static let summary = "kills a writer at random moments and checks the store each time"
    static let options: [Option] = [
        .writer, .check,
        .optional("store", "DIR", "the store to begin with; none if the writer makes it"),
        .optional("rounds", "N", standard: "200", "how often the writer is killed"),
        .optional("milliseconds", "N", standard: "250", "the longest time to the kill"),
        .optional("opening", "N", standard: "5", "one round in five kills within so many milliseconds"),
        .optional("fresh", "N", standard: "25", "begins with a new copy of the store after so many rounds"),
        .optional("acknowledgements", "FILE", "lists each round's delay and last acknowledged position here"),
        .seed, .timeLimit, .scratch, .keep,
    ]

    private let arguments: Arguments
    private let command: Command
    private let check: Command

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        command = try arguments.command("command")
        check = try arguments.command("check")
    }

    func run() throws -> Bool {
        let rounds = try arguments.count("rounds"), fresh = max(1, try arguments.count("fresh"))
        var generator = SeededGenerator(seed: try arguments.seed())
        let findings = Findings(keepPath: arguments.text("keep"))
        let scratch = try Scratch(in: arguments.text("scratch"))
        let folder = scratch.folder("store")
        var acknowledged: UInt64 = 0, acknowledgements = 0, listing = ""
        for round in 0..<rounds {
            if round % fresh == 0 {
                try folder.reset(to: arguments.text("store"))
                acknowledged = 0
            }
            let delay = try delay(using: &generator)
            let result = try ChildProcess.run(command.filled(dir: folder.path), limit: delay)
            let transcript = WriterTranscript(result.output)
            acknowledged = max(acknowledged, transcript.acknowledged ?? 0)
            acknowledgements += transcript.acknowledgementCount
            findings.count(transcript.acknowledgementCount == 0 ? "while opening" : "while writing", "\(result.kind)")
            if result.ending != .killed, result.ending != .exited(0) {
                findings.fail("round \(round): the writer ended by itself: \(result.summary)")
            }
            try judge(folder, acknowledged, "round \(round), killed after \(delay)", findings)
            listing += "\(round) \(Int(delay / .microseconds(1))) \(acknowledged)\n"
        }
        if let path = arguments.text("acknowledgements") {
            try listing.write(toFile: path, atomically: true, encoding: .utf8)
        }
        findings.printTable(rows: ["while opening", "while writing"], columns: ["killed", "finished", "failed"])
        print("\(rounds) rounds, \(acknowledgements) acknowledgements, \(findings.failureCount) failures")
        if acknowledgements == 0 { print("nothing was ever acknowledged, so nothing was shown") }
        return findings.failureCount == 0 && acknowledgements > 0
    }

    private func judge(
        _ folder: StoreFolder, _ acknowledged: UInt64, _ text: String, _ findings: Findings
    ) throws {
        let line = check.filled(dir: folder.path, acknowledged: acknowledged)
        let result = try ChildProcess.run(line, limit: try arguments.timeLimit())
        guard result.ending != .exited(0) else { return }
        findings.fail(
            "\(text), \(acknowledged) acknowledged: \(result.summary)", dataPath: folder.dataPath)
    }

    private func delay(using generator: inout SeededGenerator) throws -> Duration {
        let isEarly = Int.random(in: 0..<5, using: &generator) == 0
        let longest = try arguments.count(isEarly ? "opening" : "milliseconds")
        return .microseconds(Int.random(in: 0...longest * 1000, using: &generator))
    }
}

extension ChildResult {
    fileprivate var kind: String {
        switch ending {
        case .killed: "killed"
        case .exited(0): "finished"
        default: "failed"
        }
    }
}
