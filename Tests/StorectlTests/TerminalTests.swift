import Foundation
import Testing

/// Nothing that somebody else wrote reaches a terminal as a control character.
@Suite struct TerminalTests {
    /// A name that clears the screen, turns the text around, and forges a line.
    static let name = "e\u{1B}[2J\u{7F}\u{9B}31m\u{202E}\u{2066}\t\r\n9  2026 forged"
    static let escaped = #"e\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{2066}\t\r\n9  2026 forged"#

    /// Whether a text has characters that a terminal obeys; its lines' ends aside.
    private func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x0A: true
            case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
    }

    @Test func `what names and labels hold is printed as escapes by every command`() throws {
        let name = Self.name
        let storectl = try Storectl()
        try storectl.run("init")
        let quoted = try #require(String(data: JSONEncoder().encode(name), encoding: .utf8))
        let images = SmallWorld.images().replacing("\"i/1\"", with: quoted)
        try storectl.run(
            "space", "define", name, "--models", name, "--threshold", "10", "--images",
            try storectl.file("images", images))
        let rankings = SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20).replacing("\"ada\"", with: quoted)
            .replacing("\"i/1\"", with: quoted).replacing(",\"space\":\"v6\"", with: "")
        try storectl.run("import", try storectl.file("rankings", rankings), "--space", name)
        try storectl.run("space", "assign", name, "8", "--default")
        let code = try storectl.code("x --p", user: name)
        try storectl.run("label", code, name)
        let user = [name, "--space", name]
        for command in [
            ["space", "define", name, "--images", storectl.folder.appending(path: "images").path, "--threshold", "10"],
            ["space", "list"], ["space", "assign", name, "8"], ["space", "assign", name, name + "2"],
            ["rank"] + user.prefix(1) + [name, "i/2", "--space", name],
            ["rank", name, "no\u{1B}", name, "--space", name],
            ["like", name, name, "--space", "no" + name],
            ["resolve", name + " --p", "--user", name], ["resolve", "x --p", "--user", "nobody" + name],
            ["resolve", "x --p \(name)\u{1B} --s \u{1B}", "--user", name], ["resolve", name, "--user", name],
            ["resolve", "x --v \u{1B}[1m --p", "--user", name],
            ["progress"] + user, ["codes"] + user, ["show", code], ["show", name], ["explain", code],
            ["diff", code, code],
            ["score", "--code", code, name, "i/2"], ["score", "--code", code, "--prefer", name, "i/2"],
            ["score", "--code", code, "no" + name],
            ["settings"] + user, ["settings"] + user + ["--use", name], ["log"], ["log", "--user"] + user,
            ["timeline"] + user,
            ["timeline"] + user + ["--svg", storectl.folder.appending(path: name).path],
            ["as-of"] + user + ["--revision", "9"], ["replay"], ["stats"], ["stats", "--\u{1B}[2J"], [name],
            ["import", name], ["stats", "--store", name],
            ["init", "--store", storectl.folder.appending(path: name).path],
            ["backup", storectl.folder.appending(path: name).path], ["export", "--secret-file", name + "/x"],
            ["import", try storectl.file("\(name).jsonl", "{\"kind\":\(quoted)}\n")], ["help", name],
        ] {
            let outcome = try storectl.run(command)
            #expect(!(outcome.output + outcome.errors).isEmpty, "\(command)")
            #expect(isHarmless(outcome.output), "\(command): \(outcome.output.debugDescription)")
            #expect(isHarmless(outcome.errors), "\(command): \(outcome.errors.debugDescription)")
            for line in outcome.output.split(separator: "\n") {
                #expect(!line.hasPrefix("9  2026 forged"), "\(command) lets a name forge a line")
            }
        }
        #expect(try storectl.run("show", code).contains(Self.escaped))
        #expect(try storectl.run("log").contains(Self.escaped))
    }

    @Test func `JSON keeps names as they are`() throws {
        let (storectl, code) = try Storectl.withOneCode()
        try storectl.run("label", code, Self.name)
        #expect(try storectl.json("show", code)["label"].text == Self.name)
        let refusal = try storectl.run(["rank", "ada", "i/1", Self.name, "--space", "v6", "--json"])
        #expect(try JSON(parsing: refusal.errors)["error"]["message"].text.contains(Self.name))
    }
}
