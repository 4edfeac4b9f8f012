import Foundation
import Testing

/// What goes wrong says what, where, and what to do; its exit status follows the contract.
@Suite struct BadInputTests {
    let storectl: Storectl

    init() throws { storectl = try .withSpaces() }

    /// A line that is refused: nothing of it is imported, what stands before it is.
    struct BadLine: CustomTestStringConvertible {
        let line: String
        let says: String
        var testDescription: String { line }
    }

    @Test(arguments: [
        BadLine(line: "{\"kind\":\"rank\",", says: "not a JSON object"),
        BadLine(line: "[1,2]", says: "not a JSON object"),
        BadLine(line: "{\"kind\":\"like\",\"user\":\"u\",\"user\":\"v\"}", says: "'user' is there twice"),
        BadLine(line: "{\"kind\":\"dance\"}", says: "no kind 'dance'"),
        BadLine(line: "{\"user\":\"u\"}", says: "'kind' is missing"),
        BadLine(
            line: "{\"kind\":\"rank\",\"user\":\"u\",\"space\":\"v6\",\"winner\":\"i/1\"}", says: "'loser' is missing"),
        BadLine(
            line: "{\"kind\":\"like\",\"user\":\"u\",\"space\":\"v6\",\"image\":\"i/999\"}", says: "no image 'i/999'"),
        BadLine(line: "{\"kind\":\"like\",\"user\":\"u\",\"space\":\"v9\",\"image\":\"i/1\"}", says: "no space 'v9'"),
        BadLine(
            line: "{\"kind\":\"rank\",\"user\":\"u\",\"space\":\"v6\",\"winner\":\"i/1\",\"loser\":\"i/1\"}",
            says: "same image"),
        BadLine(line: "{\"kind\":\"like\",\"user\":\"\",\"space\":\"v6\",\"image\":\"i/1\"}", says: "not a name"),
        BadLine(
            line: "{\"kind\":\"image\",\"space\":\"v6\",\"id\":\"new\",\"embedding\":[1,2,3]}", says: "3 components"),
        BadLine(
            line: "{\"kind\":\"image\",\"space\":\"v6\",\"id\":\"new\",\"embedding\":[1e999,0,0,0,0,0,0,0]}",
            says: "out of range"),
        BadLine(
            line: "{\"kind\":\"image\",\"space\":\"v6\",\"id\":\"new\",\"embedding\":[NaN,0,0,0,0,0,0,0]}",
            says: "line 2"),
        BadLine(
            line: "{\"kind\":\"image\",\"space\":\"v6\",\"id\":\"i/1\",\"embedding\":[1,0,0,0,0,0,0,0]}",
            says: "images never change"),
        BadLine(
            line: "{\"kind\":\"like\",\"user\":\"u\",\"space\":\"v6\",\"image\":\"i/1\",\"eventID\":\"x\"}",
            says: "UUID"),
        BadLine(
            line: "{\"kind\":\"like\",\"user\":\"u\",\"space\":\"v6\",\"image\":\"i/1\",\"at\":\"noon\"}",
            says: "RFC 3339"),
        BadLine(
            line: "{\"kind\":\"like\",\"user\":\"u\",\"space\":\"v6\",\"image\":\"i/1\","
                + "\"at\":\"428983-05-01T12:00:00Z\"}",
            says: "RFC 3339"),
    ])
    func `a bad line is named and nothing of it is imported`(_ bad: BadLine) throws {
        let before = try storectl.json("stats")["events"].number
        let good = "{\"kind\":\"like\",\"user\":\"u\",\"space\":\"v6\",\"image\":\"i/2\"}\n"
        let file = try storectl.file("bad.jsonl", good + bad.line + "\n" + good)
        let outcome = try storectl.run(["import", file])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("line 2: "), "\(outcome.errors)")
        #expect(outcome.errors.contains(bad.says), "\(outcome.errors)")
        // The profile's opening and the like before the bad line.
        #expect(try storectl.json("stats")["events"].number == before + 2)
        let skipped = try storectl.run(
            ["import", file, "--on-error", "skip", "--rejects", storectl.folder.appending(path: "rejects").path])
        #expect(skipped.status == 0)
        #expect(
            try String(contentsOf: storectl.folder.appending(path: "rejects"), encoding: .utf8) == bad.line + "\n")
        // Two good lines more, and those before.
        #expect(try storectl.json("stats")["events"].number == before + 4)
    }

    @Test func `skipped lines are reported and kept in their order`() throws {
        let unknown = "{\"kind\":\"like\",\"user\":\"u\",\"space\":\"v6\",\"image\":\"nowhere\"}\n"
        let file = try storectl.file("bad.jsonl", unknown + "no JSON\n" + unknown)
        let rejects = storectl.folder.appending(path: "rejects").path
        let outcome = try storectl.run(["import", file, "--on-error", "skip", "--rejects", rejects])
        let lines = outcome.errors.split(separator: "\n").compactMap { $0.firstMatch(of: /line (\d)/)?.1 }
        #expect(lines == ["1", "2", "3"])
        #expect(try String(contentsOfFile: rejects, encoding: .utf8) == unknown + "no JSON\n" + unknown)
    }

    @Test func `prompts that cannot be understood are usage errors`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let code = try storectl.code(user: "ada")
        #expect(try storectl.refused("resolve", "x --p --s 1001", "--user", "ada", status: 2).contains("1001"))
        #expect(try storectl.refused("resolve", "x --p \(code)::0", "--user", "ada", status: 2).contains("weight"))
        #expect(try storectl.refused("resolve", "x --v 5 --p", "--user", "ada").contains("model '5'"))
    }

    @Test func `codes that cannot be used are told apart`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let code = try storectl.code(user: "ada")
        var wrong = Array(code)
        wrong[4] = wrong[4] == "7" ? "8" : "7"
        let mistyped = try storectl.refused("resolve", "x --p \(String(wrong))", "--user", "ada")
        #expect(mistyped.contains("mistyped") && mistyped.contains(code), "it suggests the code that was meant")
        let unknown = try storectl.refused("resolve", "x --p 0000000000000", "--user", "ada")
        #expect(unknown.contains("no version"))
        #expect(try storectl.refused("show", "zz").contains("zz"))
    }

    @Test func `what is no store is refused`() throws {
        func stats(_ path: String) throws -> Storectl.Outcome { try storectl.run(["stats"], store: path) }
        let missing = try stats(storectl.folder.appending(path: "nowhere").path)
        #expect(missing.status == 3 && missing.errors.contains("storectl init"))
        let empty = storectl.folder.appending(path: "empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        #expect(try stats(empty.path).status == 3)
        let garbage = storectl.folder.appending(path: "garbage")
        try FileManager.default.createDirectory(at: garbage, withIntermediateDirectories: true)
        try Data(repeating: 0x5A, count: 100_000).write(to: garbage.appending(path: "data.mdb"))
        let refused = try stats(garbage.path)
        #expect(refused.status == 3 && refused.errors.contains("garbage"))
        let file = try stats(try storectl.file("a-file", "no folder"))
        #expect(file.status == 3 && !file.errors.isEmpty)
        #expect(try storectl.refused("init", status: 3).contains("exists already"))
    }

    @Test func `usage errors exit with 2`() throws {
        for arguments in [
            ["dance"], ["resolve"], ["as-of", "ada"], ["import", "x", "--rejects", "y"], ["stats", "--no"],
        ] {
            let outcome = try storectl.run(arguments)
            #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
            #expect(outcome.output.isEmpty && !outcome.errors.isEmpty)
        }
        var environment = ProcessInfo.processInfo.environment
        environment["STORECTL_STORE"] = nil
        let process = Process()
        process.executableURL = Storectl.program
        process.arguments = ["stats"]
        process.environment = environment
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
    }

    @Test func `with json an error is one object with a kind`() throws {
        let outcome = try storectl.run(["resolve", "x --p", "--user", "ada", "--json"])
        let error = try JSON(parsing: outcome.errors)["error"]
        #expect(error["kind"].text == "notEnoughData")
        #expect(error["message"].text.contains("rank 10 more pairs"))
    }
}
