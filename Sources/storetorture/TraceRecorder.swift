internal import Foundation

/// Runs a writer under the fault shim and records what it writes, syncs and acknowledges.
struct TraceRecorder: Tool {
    static let name = "trace"
    static let summary = "records what a writer writes, syncs and acknowledges"
    static let options: [Option] = [
        .shim, .writer,
        .required("store", "DIR", "the store to write to; keep a copy for 'storetorture crash --store'"),
        .required("trace", "FILE", "where the trace goes; replaced if it exists"),
        .optional("fail", "FAULT", "a fault of the shim, such as eio-sync=3"),
        .optional("milliseconds", "N", standard: "60000", "kills the writer if it has not ended after this time"),
    ]

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func run() throws -> Bool {
        let tracePath = absolute(try arguments.required("trace")), store = try arguments.required("store")
        try? FileManager.default.removeItem(atPath: tracePath)
        let before = try StoreFolder(path: store).files()
        let shim = Shim(path: absolute(try arguments.required("shim")))
        let result = try ChildProcess.run(
            arguments.command("command").filled(dir: store),
            environment: shim.environment(fault: arguments.text("fail"), trace: tracePath),
            limit: .milliseconds(arguments.count("milliseconds")))
        let transcript = WriterTranscript(result.output), trace = try Trace(path: tracePath)
        print("writer: \(result.ending), \(transcript.acknowledgementCount) acknowledgements")
        print("trace: \(trace.operations.count) operations")
        switch result.ending {
        case .exited(0), .killed: break
        case .exited(1) where arguments.text("fail") != nil, .exited(3) where arguments.text("fail") != nil: break
        default: throw ToolError(text: "the writer did not do its work: \(result.summary)")
        }
        let marks = trace.operations.count { if case .acknowledged = $0 { true } else { false } }
        guard marks >= transcript.acknowledgementCount else {
            throw ToolError(text: "only \(marks) acknowledgements were seen: the writer must print them with write(2)")
        }
        if result.ending != .killed { try checkComplete(trace, from: before, in: StoreFolder(path: store)) }
        return true
    }

    /// Replays the trace: a write that escaped the shim would show.
    private func checkComplete(_ trace: Trace, from before: [String: [UInt8]], in folder: StoreFolder) throws {
        var disk = CrashableDisk(durable: trace.files.map { before[$0] ?? [] })
        for case .write(let write) in trace.operations { disk.write(write) }
        for (index, name) in trace.files.enumerated() {
            guard disk.files[index].current == (try folder.read(name)) else {
                throw ToolError(text: "the trace does not explain \(name): something wrote to it unseen")
            }
        }
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}

/// The library that intercepts a writer's system calls.
struct Shim {
    let path: String

    /// What a writer's environment must have for it to be traced or to meet a fault.
    func environment(fault: String?, trace: String? = nil) -> [String: String] {
        var variables = ["LD_PRELOAD": path, "FAULTSHIM_MARKS": "stdout", "FAULTSHIM_FILE": Self.files]
        variables["FAULTSHIM_FAIL"] = fault
        variables["FAULTSHIM_TRACE"] = trace
        return variables
    }

    /// The files of a store: the data file, and what makes commits durable before it is flushed.
    private static let files = "data.mdb,journal.a,journal.b,checkpoint"

    /// What it says on standard error when a fault has happened.
    static let firedText = "faultshim: fired"
}
