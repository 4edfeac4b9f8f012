import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

extension Storectl {
    /// Runs a command through `bash`, with `script` in its place: `"$@"` is the command and its arguments.
    func shell(
        _ script: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) throws -> Outcome {
        let name = UUID().uuidString
        let files = try [("in", input), ("out", ""), ("err", "")].map { try file("\(name).\($0)", $1) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script, "bash", Self.program.path] + arguments
        var merged = ProcessInfo.processInfo.environment
        merged["STORECTL_STORE"] = store
        merged.merge(environment) { $1 }
        process.environment = merged
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: files[0]))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: files[1]))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: files[2]))
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            // A bundle is no text.
            output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: files[1])), as: UTF8.self),
            errors: try String(contentsOfFile: files[2], encoding: .utf8))
    }

    /// Runs a command whose standard output is the writing end of a pipe, and returns its status and what `read` made of
    /// the reading end, which it gets while the command runs.
    func piped<Result>(
        _ arguments: [String], to pipe: (reading: Int32, writing: Int32), read: (Process) throws -> Result
    ) throws -> (status: Int32, errors: String, result: Result) {
        let errors = try file("\(UUID().uuidString).err", "")
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["STORECTL_STORE"] = store
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(fileDescriptor: pipe.writing, closeOnDealloc: false)
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        close(pipe.writing)
        let result = try read(process)
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOfFile: errors, encoding: .utf8), result)
    }

    /// A pipe's ends.
    static func pipe(isBlocking: Bool) throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(Glibc.pipe(&ends) == 0)
        // A reading end in a child would be a reader that never goes.
        for end in ends { try #require(fcntl(end, F_SETFD, FD_CLOEXEC) == 0) }
        if !isBlocking { try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0) }
        return (ends[0], ends[1])
    }

    /// A store with a user `ada`, her code, and a like that can be taken back.
    static func withOneCode() throws -> (storectl: Storectl, code: String) {
        let storectl = try Storectl.withSpaces()
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        return (storectl, try storectl.code(user: "ada"))
    }

    /// Every command there is, each so that it succeeds and prints something.
    ///
    /// New files get new names, so that the list can be run again; get a new one for each run.
    func everyCommand(_ code: String) throws -> [[String]] {
        func new(_ name: String) -> String { folder.appending(path: "\(UUID().uuidString)-\(name)").path }
        let event = UUID().uuidString
        try run("like", "ada", "i/3", "--space", "v6", "--event-id", event)
        let bundle = new("bundle")
        try run("export-code", code, "--output", bundle)
        return [
            ["--help"], ["help", "rank"], ["rank", "--help"], ["--generate-completion-script", "bash"],
            ["init", "--store", new("store")],
            ["space", "define", "v7", "--models", "7", "--images", folder.appending(path: "v6.jsonl").path],
            ["space", "assign", "v6", "6.1"], ["space", "list"],
            ["import", try file("\(UUID().uuidString).jsonl", SmallWorld.rankings(of: "cy", liking: 0, pairs: 0..<1))],
            ["rank", "ben", "i/1", "i/2", "--space", "v6"], ["like", "ben", "i/1", "--space", "v6"],
            ["unlike", "ben", "i/1", "--space", "v6"],
            ["resolve", "x --p \(code)", "--user", "ada"], ["progress", "ada", "--space", "v6"],
            ["codes", "ada", "--space", "v6"], ["show", code], ["explain", code], ["diff", code, code],
            ["score", "--code", code, "i/1", "i/2"], ["score", "--code", code, "--prefer", "i/1", "i/2"],
            ["label", code, "warm"], ["revoke", code], ["restore", code], ["revert", "--to", code], ["retract", event],
            ["profile", "create", "ada", UUID().uuidString, "--space", "v6"], ["profile", "list", "ada"],
            ["profile", "share", "ada", "default", "--space", "v6"],
            ["profile", "rename-label", "ada", "default", "mine", "--space", "v6"],
            ["board", "create", "ada", UUID().uuidString, "--images", "i/1", "--space", "v6"], ["info", "ada"],
            ["settings", "ada", "--space", "v6"], ["export-code", code],
            ["export-code", code, "--output", new("taste")],
            ["import-code", bundle],
            ["log"], ["log", "--json"], ["log", "--user", "ada", "--space", "v6"], ["log", "--follow", "--limit", "3"],
            ["as-of", "ada", "--space", "v6", "--revision", "21"], ["timeline", "ada", "--space", "v6"],
            ["timeline", "ada", "--space", "v6", "--svg", new("line.svg")],
            ["map", "--codes", code, "--svg", new("map.svg")], ["replay"], ["export"],
            ["export", "--secret-file", new("secret")],
            ["stats"], ["verify"], ["verify-here"], ["backup", new("copy")], ["rebuild"], ["show", code, "--json"],
        ]
    }
}
