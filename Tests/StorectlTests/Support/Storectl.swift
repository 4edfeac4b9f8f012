import Foundation
import Testing

/// Runs the built `storectl` on a store in a folder of its own, as a person or a script at a shell would.
final class Storectl {
    /// What a command did.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// A folder for everything that a test makes; removed at its end.
    let folder: URL
    /// Where the store is.
    var store: String { folder.appending(path: "store").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "storectl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The program beside the test bundle.
    static let program: URL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "storectl")

    /// Writes a file into the folder and returns its path.
    func file(_ name: String, _ content: String) throws -> String {
        try file(name, Data(content.utf8))
    }

    /// Writes a file into the folder and returns its path.
    func file(_ name: String, _ content: Data) throws -> String {
        let url = folder.appending(path: name)
        try content.write(to: url)
        return url.path
    }

    /// Runs a command to its end.
    func run(_ arguments: [String], input: String = "", store: String? = nil) throws -> Outcome {
        let process = try start(arguments, input: input, store: store)
        process.process.waitUntilExit()
        return Outcome(
            status: process.process.terminationStatus,
            output: try String(contentsOf: process.output, encoding: .utf8),
            errors: try String(contentsOf: process.errors, encoding: .utf8))
    }

    /// Runs a command that must succeed and returns what it prints.
    @discardableResult
    func run(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let outcome = try run(arguments)
        #expect(outcome.status == 0, "\(arguments): \(outcome.errors)", sourceLocation: sourceLocation)
        return outcome.output
    }

    /// Runs a command with `--json` that must succeed and returns the document.
    func json(
        _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSON {
        let outcome = try run(arguments + ["--json"])
        #expect(outcome.status == 0, "\(arguments): \(outcome.errors)", sourceLocation: sourceLocation)
        return try JSON(parsing: outcome.output)
    }

    /// Runs a command that must be refused, and returns what it says.
    @discardableResult
    func refused(
        _ arguments: String..., status: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let outcome = try run(arguments)
        #expect(outcome.status == status, "\(arguments): \(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.output.isEmpty, "a refusal prints nothing on standard output", sourceLocation: sourceLocation)
        #expect(!outcome.errors.isEmpty, "a refusal says why", sourceLocation: sourceLocation)
        return outcome.errors
    }

    /// A running command, its output going to files so that no pipe can fill up.
    struct Running {
        let process: Process
        let output: URL
        let errors: URL
    }

    /// Starts a command.
    func start(_ arguments: [String], input: String = "", store: String? = nil) throws -> Running {
        let name = UUID().uuidString
        let inputPath = try file("\(name).in", input)
        let output = URL(fileURLWithPath: try file("\(name).out", ""))
        let errors = URL(fileURLWithPath: try file("\(name).err", ""))
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["STORECTL_STORE"] = store ?? self.store
        process.environment = environment
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: inputPath))
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        return Running(process: process, output: output, errors: errors)
    }
}
