import Foundation
import Testing

/// Stores that earlier releases wrote are read for ever: the same lines, the same codes, nothing wrong with them.
@Suite struct FixtureTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    @Test(arguments: ["format-1"])
    func `a store of an earlier release gives the answers that it gave then`(name: String) throws {
        let fixture = Self.fixtures.appending(path: name)
        func expected(_ file: String) throws -> String {
            try String(contentsOf: fixture.appending(path: file), encoding: .utf8)
        }
        let storectl = try Storectl()
        try FileManager.default.createDirectory(atPath: storectl.store, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: fixture.appending(path: "data.mdb").path, toPath: storectl.store + "/data.mdb")

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
}
