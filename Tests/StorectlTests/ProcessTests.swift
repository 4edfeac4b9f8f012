import Foundation
import Testing

/// How commands behave among signals, pipes and each other.
@Suite struct ProcessTests {
    let storectl: Storectl

    init() throws { storectl = try .withSpaces() }

    @Test func `an interrupted import leaves what it says and is resumed by repeating it`() throws {
        let lines = SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<200_000)
        let file = try storectl.file("many.jsonl", lines)
        let running = try storectl.start(["import", file, "--derive-ids", "--json"])
        while try storectl.json("stats")["events"].number < 1100 {}
        running.process.interrupt()
        running.process.waitUntilExit()
        let summary = try JSON(parsing: try String(contentsOf: running.output, encoding: .utf8))
        #expect(running.process.terminationStatus == 130)
        #expect(summary["complete"] == .bool(false))
        let durable = summary["events"].number
        #expect(durable > 0 && durable < 200_000)

        let rest = try storectl.json("import", file, "--derive-ids")
        #expect(rest["repeats"].number == durable)
        #expect(rest["events"].number == 200_000 - durable)
        #expect(try storectl.json("import", file, "--derive-ids")["repeats"].number == 200_000)
        try storectl.run("verify")
    }

    @Test func `a reader that goes away early ends a command quietly`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<5000))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "\"$0\" log | head -n 1; exit ${PIPESTATUS[0]}", Storectl.program.path]
        process.environment = ["STORECTL_STORE": storectl.store]
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try errors.fileHandleForReading.readToEnd() ?? Data() == Data())
    }

    @Test func `input comes from standard input, or from a compressed file`() throws {
        let lines = SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20)
        #expect(try storectl.run(["import", "-"], input: lines).status == 0)
        let plain = try storectl.file("events.jsonl", lines)
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", plain]
        try gzip.run()
        gzip.waitUntilExit()
        #expect(try storectl.json("import", plain + ".gz")["events"].number == 20)
        var cut = try Data(contentsOf: URL(fileURLWithPath: plain + ".gz"))
        cut.removeLast(10)
        #expect(try storectl.refusedAfterOutput("import", try storectl.file("cut.gz", cut)).contains("gzip"))
    }

    @Test func `two imports and a follower work on one store at once`() throws {
        let count = 3000
        let files = try ["ada", "ben"].map { user in
            try storectl.file("\(user).jsonl", SmallWorld.rankings(of: user, liking: 0, pairs: 0..<count))
        }
        let before = Int(try storectl.json("stats")["events"].number)
        let expected = 2 * count + 2
        let follower = try storectl.start([
            "log", "--follow", "--from", "\(before + 1)", "--limit", "\(expected)", "--json",
        ])
        let imports = try files.map { try storectl.start(["import", $0]) }
        for running in imports {
            running.process.waitUntilExit()
            #expect(running.process.terminationStatus == 0)
        }
        follower.process.waitUntilExit()
        let lines = try String(contentsOf: follower.output, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == expected)
        let positions = try lines.map { Int(try JSON(parsing: String($0))["position"].number) }
        #expect(positions == Array(before + 1...before + expected), "each event once, in order")
        try storectl.run("verify")
    }

    @Test func `a backup is a store, and a rebuild changes no answer`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let code = try storectl.code(user: "ada")
        let export = try storectl.run("export")
        let copy = storectl.folder.appending(path: "copy").path
        try storectl.run("backup", copy)
        #expect(try storectl.run(["export"], store: copy).output == export)
        #expect(try storectl.run(["verify"], store: copy).status == 0)
        try storectl.refused("backup", copy, status: 3)
        let shown = try storectl.json("show", code)
        try storectl.run("rebuild")
        #expect(try storectl.json("show", code) == shown)
        try storectl.run("verify")
    }

    @Test func `repeating an event with its id writes nothing twice`() throws {
        let id = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
        let first = try storectl.json("rank", "ada", "i/1", "i/2", "--space", "v6", "--event-id", id)
        let again = try storectl.json("rank", "ada", "i/1", "i/2", "--space", "v6", "--event-id", id)
        #expect(first["position"] == again["position"] && again["repeat"] == .bool(true))
        let refusal = try storectl.refused("rank", "ada", "i/2", "i/1", "--space", "v6", "--event-id", id)
        #expect(refusal.contains("other content"))
        let stale = try storectl.refused("like", "ada", "i/1", "--space", "v6", "--expect-revision", "9")
        #expect(stale.contains("revision 2, not 9"))
    }
}

extension Storectl {
    /// Runs a command that must fail with exit status 3 after it may have printed a summary.
    func refusedAfterOutput(_ arguments: String...) throws -> String {
        let outcome = try run(arguments)
        #expect(outcome.status == 3, "\(arguments): \(outcome.errors)")
        return outcome.errors
    }
}
