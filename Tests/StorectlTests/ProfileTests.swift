import Foundation
import Testing

/// References, several profiles, boards and reports, step by step, through `storectl` alone.
@Suite struct ProfileTests {
    let storectl: Storectl

    init() throws {
        storectl = try .withSpaces()
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 4, pairs: 0..<20, profile: "evenings"))
        try storectl.importLines(SmallWorld.rankings(of: "ben", liking: 2, pairs: 0..<20))
    }

    private func reference(_ user: String, _ profile: String = "default", space: String = "v6") throws -> String {
        let list = try storectl.json("profile", "list", user, "--space", space, "--archived").elements
        return try #require(list.first { $0["profile"].text == profile })["reference"].text
    }

    @Test func `a reference floats, and what it was expanded to does not`() throws {
        let reference = try reference("ada")
        #expect(reference.count == 14 && reference.hasPrefix("u"))
        let first = try storectl.json("resolve", "a harbour --p \(reference)::2 --ar 3:2", "--user", "ada")
        let code = try storectl.code(user: "ada")
        #expect(first["prompt"].text == "a harbour --p \(code)::2 --ar 3:2" && first["minted"] == .bool(true))
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 5, pairs: 20..<40))
        let second = try storectl.json("resolve", "a harbour --p \(reference)", "--user", "ada")
        #expect(second["codes"][0]["code"].text != code)
        #expect(try storectl.json("resolve", first["prompt"].text, "--user", "ben")["codes"] == first["codes"])
        let refusal = try storectl.refused("resolve", "x --p \(reference.dropLast())0", "--user", "ada")
        #expect(refusal.contains("did you mean \(reference)?") || reference.hasSuffix("0"))
    }

    @Test func `a reference works for others while it is shared, and is unknown otherwise`() throws {
        let reference = try reference("ada", "evenings")
        let before = try storectl.run(["resolve", "x --p \(reference)", "--user", "ben", "--json"])
        #expect(try JSON(parsing: before.errors)["error"]["kind"].text == "unknownCode" && before.status == 1)
        let shared = try storectl.json("profile", "share", "ada", "evenings", "--space", "v6")
        #expect(shared["profile"]["shared"] == .bool(true) && shared["repeat"] == .bool(false))
        #expect(try storectl.json("profile", "share", "ada", "evenings", "--space", "v6")["repeat"] == .bool(true))
        let code = try storectl.json("resolve", "x --p \(reference)", "--user", "ben")["codes"][0]["code"].text
        #expect(try storectl.json("codes", "ada", "--space", "v6", "--profile", "evenings")[0]["code"].text == code)
        try storectl.run("profile", "unshare", "ada", "evenings", "--space", "v6")
        let after = try storectl.run(["resolve", "x --p \(reference)", "--user", "ben", "--json"])
        #expect(after.errors == before.errors && after.status == before.status && after.output == before.output)
        #expect(try storectl.code("x --p \(code)", user: "ben") == code)
    }

    /// Every command that takes a code, and every prompt, with the reference of an unshared profile and with one of none.
    @Test func `an unshared profile answers every command as none does`() throws {
        let bens = try reference("ben")
        let code = try storectl.code(user: "ada")
        // The reference of a profile that never was: of one that was made in another store of the same secret.
        let secret = storectl.folder.appending(path: "secret").path
        try storectl.run("export", "--secret-file", secret)
        let other = try Storectl()
        try other.run("init", "--secret-file", secret)
        let images = try other.file("v6.jsonl", SmallWorld.images())
        try other.run("space", "define", "v6", "--models", "6", "--images", images)
        try other.run("profile", "create", "ghost", "default")
        let ghosts = try other.json("profile", "list", "ghost")[0]["reference"].text
        func commands(_ reference: String) -> [[String]] {
            [
                ["resolve", "x --p \(reference)", "--user", "ada"],
                ["resolve", "x --p \(reference)::3", "--user", "nobody"],
                ["resolve", "x --p \(code) \(reference)", "--user", "ada"],
                ["resolve", "x --p \(reference) --niji 6", "--user", "ada"],
                ["resolve", "x --p \(reference)", "--user", "ada", "--model", "niji 6"],
                ["resolve", "\(reference) x --p", "--user", "ada"],
                ["resolve", "x --p \(reference),", "--user", "ada"],
                ["resolve", "x --p \(reference)", "--user", "ada", "--json"],
                ["show", reference], ["explain", reference], ["diff", reference, code],
                ["score", "--code", reference, "i/1"], ["label", reference, "x"], ["revoke", reference],
                ["restore", reference], ["revert", "--to", reference], ["export-code", reference],
                ["alias", "yfbxsj7", reference], ["alias", reference, code],
                ["settings", "ada", "--space", "v6", "--pin", reference],
                ["map", "--codes", reference, "--svg", "m.svg"],
                ["replay", "--code", reference], ["take-down", reference], ["house", "pin", reference],
                ["profile", "list", reference], ["info", reference],
            ]
        }
        for (mine, theirs) in zip(commands(bens), commands(ghosts)) {
            let found = try storectl.run(mine), expected = try storectl.run(theirs)
            func bare(_ text: String, _ reference: String) -> String {
                text.replacingOccurrences(of: reference, with: "REFERENCE")
            }
            #expect(found.status == expected.status, "\(mine)")
            #expect(bare(found.output, bens) == bare(expected.output, ghosts), "\(mine)")
            #expect(bare(found.errors, bens) == bare(expected.errors, ghosts), "\(mine)")
        }
    }

    @Test func `profiles are listed, renamed, put away and taken out`() throws {
        let evening = try storectl.code("x --p \(try reference("ada", "evenings"))", user: "ada")
        try storectl.run("profile", "create", "ada", "mornings", "--label", "Cool mornings", "--space", "v6")
        let text = try storectl.run("profile", "list", "ada")
        for word in ["default", "evenings", "mornings", "“Cool mornings”", evening, "REFERENCE"] {
            #expect(text.contains(word), "\(word)")
        }
        let created = try storectl.json(
            "log", "--user", "ada", "--space", "v6", "--profile", "mornings", "--reverse", "--limit", "1")
        let position = "\(Int(created["position"].number))"
        try storectl.run("profile", "rename-label", "ada", "mornings", "", "--space", "v6")
        try storectl.run("profile", "archive", "ada", "evenings", "--space", "v6")
        let listed = try storectl.json("profile", "list", "ada").elements.map { $0["profile"].text }
        #expect(listed == ["default", "mornings"])
        let all = try storectl.json("profile", "list", "ada", "--archived").elements
        #expect(all.map { $0["archived"] } == [.bool(false), .bool(true), .bool(false)])
        #expect(all.map { $0["label"] } == [.null, .null, .null])
        let then = try storectl.json("profile", "list", "ada", "--as-of", position).elements
        #expect(then.map { $0["profile"].text } == ["default", "evenings", "mornings"])
        #expect(then[2]["label"].text == "Cool mornings")
        #expect(
            try storectl.refused("rank", "ada", "i/1", "i/2", "--space", "v6", "--profile", "evenings").contains(
                "archived"))
        #expect(
            try storectl.refused("resolve", "x --p \(try reference("ada", "evenings"))", "--user", "ada").contains(
                "archived"))
        #expect(try storectl.code("x --p \(evening)", user: "ben") == evening, "its codes go on working")
        try storectl.run("profile", "restore", "ada", "evenings", "--space", "v6")
        try storectl.run("rank", "ada", "i/1", "i/2", "--space", "v6", "--profile", "evenings")
        #expect(try storectl.refused("profile", "create", "ada", "evenings", "--space", "v6").contains("already"))
        #expect(
            try storectl.refused("profile", "share", "ada", "nothing", "--space", "v6").contains(
                "nothing of ada/nothing"))
        #expect(try storectl.run("profile", "list", "nobody").contains("no profile"))
        #expect(try storectl.json("verify")["findings"].elements.isEmpty)
    }

    @Test func `settings blend several profiles`() throws {
        try storectl.run("settings", "ada", "--space", "v6", "--use", "default::3", "--use", "evenings")
        let prompt = try storectl.json("resolve", "a harbour --p --s 50", "--user", "ada")["prompt"].text
        let day = try storectl.json("codes", "ada", "--space", "v6")[0]["code"].text
        let evening = try storectl.json("codes", "ada", "--space", "v6", "--profile", "evenings")[0]["code"].text
        #expect(prompt == "a harbour --p \(day)::3 \(evening) --s 50")
        let settings = try storectl.json("settings", "ada", "--space", "v6")
        #expect(settings["profiles"].elements.map { $0["weight"].number } == [3, 1])
        #expect(
            try storectl.run("settings", "ada", "--space", "v6").contains("the newest of 'default' × 3 + 'evenings'"))
        #expect(try storectl.run("log").contains("profile 'default' × 3 + 'evenings'"))
        try storectl.run("settings", "ada", "--space", "v6", "--use", "evenings")
        #expect(try storectl.code(user: "ada") == evening)
    }

    @Test func `a board is made of images alone`() throws {
        let made = try storectl.json("board", "create", "ada", "harbours", "--images", "i/3", "i/5", "--space", "v6")
        let reference = made["board"]["reference"].text
        #expect(made["board"]["board"] == .bool(true) && made["images"].elements.map(\.text) == ["i/3", "i/5"])
        let first = try storectl.code("x --p \(reference)", user: "ada")
        #expect(try storectl.json("show", first)["likes"].number == 2, "who made an image does not matter")
        #expect(
            try storectl.json("board", "add", "ada", "harbours", "i/9", "--space", "v6")["images"].elements.count == 3)
        #expect(try storectl.code("x --p \(reference)", user: "ada") != first)
        try storectl.run("board", "remove", "ada", "harbours", "i/9", "--space", "v6")
        #expect(try storectl.code("x --p \(reference)", user: "ada") == first)
        #expect(try storectl.run("board", "show", "ada", "harbours", "--space", "v6").contains("2 images: i/3, i/5"))
        for arguments in [
            ["rank", "ada", "i/1", "i/2", "--profile", "harbours"], ["pairs", "ada", "--profile", "harbours"],
            ["board", "add", "ada", "default", "i/1"], ["board", "show", "ada", "default"],
            ["board", "create", "ada", "harbours"], ["board", "add", "ada", "none", "i/1"],
            ["board", "add", "ada", "harbours", "no image"],
        ] {
            #expect(try storectl.run(arguments + ["--space", "v6"]).status == 1, "\(arguments)")
        }
        #expect(try storectl.json("board", "show", "ada", "harbours", "--space", "v6")["images"].elements.count == 2)
        #expect(try storectl.json("replay")["mismatches"].elements.isEmpty)
        #expect(try storectl.json("verify")["findings"].elements.isEmpty)
    }

    @Test func `what is known of a user is told`() throws {
        let code = try storectl.code(user: "ada")
        try storectl.run("pick", "ada", "i/1", "--shown", "i/1", "i/2", "--space", "v6")
        try storectl.run("skip", "ada", "i/3", "i/4", "--space", "v6")
        try storectl.run("profile", "share", "ada", "evenings", "--space", "v6")
        try storectl.run("profile", "archive", "ada", "evenings", "--space", "v6")
        try storectl.run("settings", "ada", "--space", "v6", "--always", "on")
        let report = try storectl.json("info", "ada")
        let profiles = report["profiles"].elements
        #expect(profiles.map { $0["profile"]["profile"].text } == ["default", "evenings"])
        #expect(profiles[0]["counts"]["rankings"].number == 20 && profiles[0]["counts"]["picks"].number == 1)
        #expect(profiles[0]["counts"]["skips"].number == 1 && profiles[0]["codes"][0]["code"].text == code)
        #expect(profiles[0]["progress"] == (try storectl.json("progress", "ada", "--space", "v6")))
        #expect(report["sharedReferences"].elements.map(\.text) == [try reference("ada", "evenings")])
        #expect(report["settings"][0]["settings"] == (try storectl.json("settings", "ada", "--space", "v6")))
        let text = try storectl.run("info", "ada")
        for word in [code, "20 rankings", "1 skip", "archived", "shared references: u", "confidence"] {
            #expect(text.contains(word), "\(word)")
        }
        #expect(try storectl.run("info", "nobody").contains("nothing is known of nobody"))
    }

    @Test func `all of it comes through an export`() throws {
        try storectl.run("profile", "share", "ada", "evenings", "--space", "v6")
        try storectl.run(
            "board", "create", "ada", "harbours", "--images", "i/3", "--label", "Harbours", "--space", "v6")
        try storectl.run("settings", "ada", "--space", "v6", "--use", "harbours::2", "--use", "evenings")
        let prompt = try storectl.json("resolve", "x --p", "--user", "ada")["prompt"].text
        try storectl.run("profile", "archive", "ada", "default", "--space", "v6")
        let secret = storectl.folder.appending(path: "secret").path
        let lines = try storectl.run("export", "--secret-file", secret)
        let copy = try Storectl()
        try copy.run("init", "--secret-file", secret)
        try copy.run("import", try copy.file("export.jsonl", lines), "--trust-times")
        #expect(try copy.run("export") == lines)
        #expect(try copy.json("info", "ada") == storectl.json("info", "ada"))
        #expect(try copy.json("resolve", "x --p", "--user", "ada")["prompt"].text == prompt)
        let reference = try reference("ada", "evenings")
        #expect(try copy.json("resolve", "x --p \(reference)", "--user", "ben")["codes"].elements.count == 1)
        try copy.run("verify")
        try copy.run("replay")
    }
}
