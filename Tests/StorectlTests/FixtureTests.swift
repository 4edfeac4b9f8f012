import Foundation
import Testing

/// What earlier builds wrote comes in: the same lines, the same codes, nothing wrong with them.
@Suite struct FixtureTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    @Test func `a store of format 1 is refused, and the remedy is named`() throws {
        let storectl = try Storectl()
        try FileManager.default.createDirectory(atPath: storectl.store, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Self.fixtures.appending(path: "format-1/data.mdb").path, toPath: storectl.store + "/data.mdb")
        for command in [["stats"], ["verify"], ["export"], ["like", "ada", "image/4", "--space", "v6"], ["rebuild"]] {
            let outcome = try storectl.run(command)
            #expect(outcome.status != 0)
            #expect(outcome.errors.contains("format 1"), "\(command): \(outcome.errors)")
            #expect(outcome.errors.contains("storectl export") && outcome.errors.contains("storectl import"))
        }
    }

    @Test func `an export of format 1 gives the answers that its store gave`() throws {
        let fixture = Self.fixtures.appending(path: "format-1")
        func expected(_ file: String) throws -> String {
            try String(contentsOf: fixture.appending(path: file), encoding: .utf8)
        }
        let storectl = try Storectl()
        // The secret that make.sh gives the store of the fixture.
        let secret = try storectl.file("secret", String(repeating: "0", count: 63) + "7\n")
        try storectl.run("init", "--secret-file", secret)
        try storectl.run("import", fixture.appending(path: "export.jsonl").path, "--trust-times")
        try storectl.run("verify")
        #expect(try storectl.json("replay")["mints"].number == 5)
        #expect(try storectl.run("export") == expected("export.jsonl"))
        #expect(try storectl.run("codes", "ada", "--space", "v6", "--json") == expected("codes.json"))
        for file in ["first.json", "foreign.json"] {
            let document = try expected(file)
            let code = try JSON(parsing: document)["code"].text
            #expect(try storectl.run("show", code, "--json") == document)
        }
        // It goes on from there.
        try storectl.run("rebuild")
        try storectl.run("like", "ada", "image/4", "--space", "v6")
        try storectl.run("verify")
        #expect(try storectl.run("export").hasPrefix(expected("export.jsonl")))
    }

    /// Before 0.1.0 a mint's line named what its fold had seen `coversStreamVersion`. Such an export comes in whole: with
    /// the same secret every version comes out with the same code.
    @Test func `an export from before the renaming is imported with the same codes`() throws {
        let fixture = Self.fixtures.appending(path: "format-1")
        let export = fixture.appending(path: "export-before-revisions.jsonl")
        #expect(try String(contentsOf: export, encoding: .utf8).contains("coversStreamVersion"))
        let storectl = try Storectl()
        // The secret that make.sh gives the store of the fixture.
        let secret = try storectl.file("secret", String(repeating: "0", count: 63) + "7\n")
        try storectl.run("init", "--secret-file", secret)
        try storectl.run("import", export.path, "--trust-times")
        try storectl.run("verify")
        let codes = try String(contentsOf: fixture.appending(path: "codes.json"), encoding: .utf8)
        #expect(try storectl.run("codes", "ada", "--space", "v6", "--json") == codes)
    }
}
