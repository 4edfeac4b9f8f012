/// Injects one fault into each run of a writer, and checks that it stops cleanly and loses nothing.
struct FaultRounds: Tool {
    static let name = "faults"
    static let summary = "injects a fault at each of the first system calls, one a run, and checks the store"
    static let options: [Option] = [
        .shim, .writer, .check,
        .optional("store", "DIR", "the store to begin with; none if the writer makes it"),
        .optional("points", "N", standard: "25", "the fault hits the first, second, ... of so many calls"),
        .optional("step", "BYTES", standard: "9973", "by how much the room left on a full disk grows a point"),
        .optional("modes", "LIST", standard: Fault.allCases.map(\.rawValue).joined(separator: ","), "the faults"),
        .jobs, .timeLimit, .scratch, .keep,
    ]

    /// The faults that the shim knows.
    enum Fault: String, CaseIterable {
        case syncOnce = "eio-sync"
        case syncForever = "eio-sync-forever"
        case metaOnce = "eio-meta"
        case metaForever = "eio-meta-forever"
        case shortWrite = "short-write"
        case fullBytes = "enospc-bytes"
        case fullGrowth = "enospc-growth"

        /// Whether its number is one of bytes, rather than of calls.
        var countsBytes: Bool { self == .fullBytes || self == .fullGrowth }
    }

    private struct Round: Sendable {
        let fault: Fault
        let number: Int
        var text: String { "\(fault.rawValue)=\(number)" }
    }

    private let arguments: Arguments
    private let command: Command
    private let check: Command
    private let faults: [Fault]

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        command = try arguments.command("command")
        check = try arguments.command("check")
        faults = try arguments.required("modes").split(separator: ",").map { name in
            guard let fault = Fault(rawValue: String(name)) else { throw UsageError(text: "unknown mode '\(name)'") }
            return fault
        }
    }

    func run() throws -> Bool {
        let findings = Findings(keepPath: arguments.text("keep"))
        let scratch = try Scratch(in: arguments.text("scratch"))
        let step = try arguments.count("step"), points = try arguments.count("points")
        let rounds = faults.flatMap { fault in
            (1...max(1, points)).map { Round(fault: fault, number: fault.countsBytes ? $0 * step : $0) }
        }
        let judge = try Judge(
            shim: Shim(path: arguments.required("shim")), command: command, check: check,
            store: arguments.text("store"), limit: arguments.timeLimit(), findings: findings)
        try forEachInParallel(rounds, jobs: try arguments.jobs()) { worker, round in
            try judge.run(round, in: scratch.folder("store-\(worker)"))
        }
        findings.printTable(rows: faults.map(\.rawValue), columns: ["refused", "not reached", "failed"])
        return findings.failureCount == 0
    }

    private struct Judge: Sendable {
        let shim: Shim
        let command: Command
        let check: Command
        let store: String?
        let limit: Duration
        let findings: Findings

        func run(_ round: Round, in folder: StoreFolder) throws {
            try folder.reset(to: store)
            let result = try ChildProcess.run(
                command.filled(dir: folder.path), environment: shim.environment(fault: round.text), limit: limit)
            let transcript = WriterTranscript(result.output)
            let checked = try ChildProcess.run(
                check.filled(dir: folder.path, acknowledged: transcript.acknowledged ?? 0), limit: limit)
            let complaint =
                complaint(about: result, transcript)
                ?? (checked.ending == .exited(0) ? nil : "the check failed: \(checked.summary)")
            if let complaint {
                findings.count(round.fault.rawValue, "failed")
                findings.fail(
                    "\(round.text), \(transcript.acknowledged ?? 0) acknowledged: \(complaint)",
                    dataPath: folder.dataPath)
            } else {
                findings.count(round.fault.rawValue, result.hasMetFault ? "refused" : "not reached")
            }
        }

        /// What the writer did wrong, if anything.
        private func complaint(about result: ChildResult, _ transcript: WriterTranscript) -> String? {
            if transcript.acknowledgedAfterFailure { return "it acknowledged after a failure, without reopening" }
            switch result.ending {
            case .exited(0) where !result.hasMetFault: return nil
            case .exited(1), .exited(3):
                guard result.hasMetFault else { return "it failed before the fault: \(result.summary)" }
                return result.ownErrorOutput.isEmpty ? "it failed without a message" : nil
            case .exited(0): return "it took no notice of the fault"
            case .exited, .signaled: return "it ended badly: \(result.summary)"
            case .killed: return "it did not end: \(result.summary)"
            }
        }
    }
}

extension ChildResult {
    /// Whether the shim's fault has happened.
    var hasMetFault: Bool { errorOutput.contains(Shim.firedText) }

    /// What it said on standard error without the shim's words.
    var ownErrorOutput: String {
        errorOutput.split(separator: "\n").filter { !$0.hasPrefix("faultshim:") }.joined(separator: "\n")
    }
}
