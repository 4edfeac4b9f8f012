import Foundation
import Testing

/// Codes of other services, at a shell.
@Suite struct AliasTests {
    let storectl: Storectl

    init() throws {
        storectl = try .withSpaces()
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
    }

    @Test func `a copied prompt is refused until an operator says what its code means`() throws {
        let code = try storectl.code(user: "ada")
        let prompt = "a harbour --personalize yfbxsj7 --ar 3:2"
        let refusal = try storectl.refused("resolve", prompt, "--user", "ben")
        #expect(refusal.contains("column 25, 'yfbxsj7'") && refusal.contains("storectl alias yfbxsj7 CODE"))
        let outcome = try storectl.run(["resolve", prompt, "--user", "ben", "--json"])
        #expect(try JSON(parsing: outcome.errors)["error"]["kind"].text == "foreignCode")
        try storectl.run("alias", "yfbxsj7", code)
        #expect(
            try storectl.json("resolve", prompt, "--user", "ben")["prompt"].text
                == "a harbour --personalize \(code) --ar 3:2")
        #expect(try storectl.run("log").contains("yfbxsj7 means \(code) in v6"))
        #expect(try storectl.run("aliases").contains("yfbxsj7"))
        #expect(try storectl.json("verify")["findings"].elements.isEmpty)
        try storectl.refused("alias", "--remove", "yfbxsj7", status: 2)  // There are two spaces.
        try storectl.run("alias", "--remove", "yfbxsj7", "--space", "v6")
        try storectl.refused("resolve", prompt, "--user", "ben")
        #expect(try storectl.run("log").contains("yfbxsj7 means nothing in v6 any more"))
        #expect(try storectl.json("aliases").elements.isEmpty)
    }

    @Test func `the command says what it needs`() throws {
        let code = try storectl.code(user: "ada")
        for arguments in [
            [], ["yfbxsj7"], ["yfbxsj7", code, "--remove", "yfbxsj7"], ["yfbxsj7", code, "--space", "v6"],
        ] {
            #expect(try storectl.run(["alias"] + arguments).status == 2, "\(arguments)")
        }
        #expect(try storectl.refused("alias", code, code).contains("no alias may hide"))
        #expect(try storectl.refused("alias", "35mm", code).contains("six to eleven letters and digits"))
        #expect(try storectl.refused("alias", "--remove", "yfbxsj7", "--space", "v6").contains("has no alias"))
        let outcome = try storectl.run(["alias", "35mm", code, "--json"])
        #expect(try JSON(parsing: outcome.errors)["error"]["kind"].text == "alias")
    }

    @Test func `a code in quotes or with a comma is a mistake of the prompt`() throws {
        let code = try storectl.code(user: "ada")
        #expect(try storectl.refused("resolve", "x --p \"\(code)\"", "--user", "ada", status: 2).contains("quotes"))
        #expect(
            try storectl.refused("resolve", "x --p \(code),", "--user", "ada", status: 2).contains("remove the comma"))
        #expect(
            try storectl.refused("resolve", "x --p m7302931020123456789", "--user", "ada", status: 2)
                .contains("moodboard"))
    }
}
