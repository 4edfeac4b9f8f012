import Foundation
import Testing

/// An operator's word on versions that came as bundles.
@Suite struct TakeDownTests {
    @Test func `an imported code is taken down and put back`() throws {
        let source = try Storectl.withSpaces()
        try source.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let code = try source.code(user: "ada")
        let bundle = source.folder.appending(path: "bundle").path
        try source.run("export-code", code, "--output", bundle)

        let storectl = try Storectl.withSpaces()
        try storectl.run("import-code", bundle)
        try storectl.run("resolve", "x --p \(code)", "--user", "ben")
        #expect(try storectl.json("take-down", code)["repeat"] == .bool(false))
        #expect(try storectl.refused("resolve", "x --p \(code)", "--user", "ben").contains("put it back"))
        #expect(try storectl.json("show", code)["revoked"] == .bool(true))
        #expect(try storectl.run("log").contains("\(code) taken down in v6"))
        try storectl.run("put-back", String(code.prefix(8)))
        try storectl.run("resolve", "x --p \(code)", "--user", "ben")
        try storectl.run("verify")
    }

    @Test func `a code that was minted here is its owner's to revoke`() throws {
        let storectl = try Storectl.withSpaces()
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let code = try storectl.code(user: "ada")
        #expect(try storectl.refused("take-down", code).contains("only its owner can revoke it"))
        #expect(try storectl.refused("take-down", "nothing").contains("no version"))
    }
}
