import Foundation
import Testing

/// What the store is for, step by step, through `storectl` alone.
@Suite struct ScenarioTests {
    let storectl: Storectl

    init() throws { storectl = try .withSpaces() }

    @Test func `a prompt is refused until there is enough data and then gets a code`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<4))
        let refusal = try storectl.refused("resolve", "a harbour --p", "--user", "ada")
        #expect(refusal.contains("4 of 10 comparisons; rank 6 more pairs"))
        let progress = try storectl.run(["progress", "ada", "--space", "v6", "--json"])
        #expect(progress.status == 1)
        #expect(try JSON(parsing: progress.output)["have"].number == 4)

        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 4..<20))
        let resolution = try storectl.json("resolve", "a harbour --p --ar 3:2", "--user", "ada")
        let code = resolution["codes"][0]["code"].text
        #expect(code.count == 13)
        #expect(resolution["prompt"].text == "a harbour --p \(code) --ar 3:2")
        #expect(resolution["minted"] == .bool(true))
        #expect(try storectl.json("resolve", "a harbour --p", "--user", "ada")["minted"] == .bool(false))
        #expect(try storectl.json("progress", "ada", "--space", "v6")["ready"] == .bool(true))
    }

    @Test func `an expanded prompt means the same for anyone at any later time`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let first = try storectl.json("resolve", "a harbour --p --s 250", "--user", "ada")
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 3, pairs: 20..<60))
        #expect(try storectl.code(user: "ada") != first["codes"][0]["code"].text)
        for user in ["ada", "ben", "somebody new"] {
            let later = try storectl.json("resolve", first["prompt"].text, "--user", user)
            for field in ["prompt", "codes", "direction", "gain", "confidence", "strength", "stylize"] {
                #expect(later[field] == first[field], "\(field) for \(user)")
            }
        }
    }

    @Test func `liking and unliking gives back the very same code`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let before = try storectl.code(user: "ada")
        try storectl.run("like", "ada", "i/3", "--space", "v6")
        let liking = try storectl.code(user: "ada")
        #expect(liking != before)
        try storectl.run("unlike", "ada", "i/3", "--space", "v6")
        #expect(try storectl.code(user: "ada") == before)
        let listed = try storectl.json("codes", "ada", "--space", "v6").elements
        #expect(listed.map { $0["code"].text } == [before, liking, before])
        #expect(listed.map { $0["recalled"] } == [.bool(true), .bool(false), .bool(false)])
    }

    @Test func `a like of one's own image changes nothing`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let before = try storectl.code(user: "ada")
        try storectl.run("like", "ada", "i/5", "--space", "v6")
        #expect(try storectl.code(user: "ada") == before)
        try storectl.importLines(SmallWorld.rankings(of: "ben", liking: 0, pairs: 0..<20))
        let bens = try storectl.code(user: "ben")
        try storectl.run("like", "ben", "i/5", "--space", "v6")
        #expect(try storectl.code(user: "ben") != bens, "somebody else's image counts")
    }

    @Test func `ranking a pair the other way replaces the earlier choice`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        try storectl.run("rank", "ada", "i/38", "i/39", "--space", "v6")
        let one = try storectl.json("show", try storectl.code(user: "ada"))
        try storectl.run("rank", "ada", "i/39", "i/38", "--space", "v6")
        let other = try storectl.json("show", try storectl.code(user: "ada"))
        #expect(one["rankings"] == other["rankings"])
        #expect(one["code"] != other["code"])
        try storectl.run("rank", "ada", "i/38", "i/39", "--space", "v6")
        #expect(try storectl.code(user: "ada") == one["code"].text)
    }

    @Test func `models 6 and 6.1 share a taste and niji 6 has its own`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let code = try storectl.code("x --v 6 --p", user: "ada")
        #expect(try storectl.code("x --v 6.1 --p", user: "ada") == code)
        try storectl.refused("resolve", "x --niji 6 --p", "--user", "ada")
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 1, pairs: 0..<20, space: "niji6"))
        let niji = try storectl.code("x --niji 6 --p", user: "ada")
        #expect(try storectl.code("x --v 6 --p", user: "ada") == code, "niji 6 never moves a v6 code")
        let refusal = try storectl.refused("resolve", "x --v 6 --p \(niji)", "--user", "ada")
        #expect(refusal.contains("niji6"))
    }

    @Test func `blends are free of order and duplicates add`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        try storectl.importLines(SmallWorld.rankings(of: "ben", liking: 2, pairs: 0..<20))
        let (a, b) = (try storectl.code(user: "ada"), try storectl.code(user: "ben"))
        func taste(_ codes: String) throws -> [JSON] {
            let resolution = try storectl.json("resolve", "x --p \(codes)", "--user", "cy")
            return ["direction", "gain", "confidence"].map { resolution[$0] }
        }
        #expect(try taste("\(a) \(b)") == taste("\(b) \(a)"))
        #expect(try taste("\(a)::2 \(b)") == taste("\(a) \(b) \(a)"))
        #expect(try taste(a) == taste("\(a)::7"))
        #expect(try taste("\(a)::2 \(b)") != taste("\(a) \(b)"))
        let alone = try storectl.json("show", a)
        #expect(try taste(a) == [alone["direction"], alone["gain"], alone["confidence"]])
    }

    @Test func `an owner labels, revokes and restores a code`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let code = try storectl.code(user: "ada")
        try storectl.run("label", code, "warm film look")
        #expect(try storectl.json("show", code)["label"].text == "warm film look")
        let revocation = try storectl.json("revoke", code)
        let refusal = try storectl.refused("resolve", "x --p \(code)", "--user", "ben")
        #expect(refusal.contains("revoked"))
        #expect(try storectl.refused("resolve", "x --p", "--user", "ada").contains("revoked"), "her newest one")
        #expect(try storectl.json("show", code)["revoked"] == .bool(true), "its owner and auditors still see it")
        #expect(revocation["position"].number > 0)
        try storectl.run("restore", code)
        #expect(try storectl.code("x --p \(code)", user: "ben") == code)
    }

    @Test func `settings add a personalization to every prompt, or pin codes`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let first = try storectl.code(user: "ada")
        #expect(try storectl.json("resolve", "a harbour", "--user", "ada")["prompt"].text == "a harbour")
        try storectl.run("settings", "ada", "--space", "v6", "--always", "on")
        #expect(try storectl.json("resolve", "a harbour", "--user", "ada")["prompt"].text == "a harbour --p \(first)")
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 3, pairs: 20..<40))
        let second = try storectl.code(user: "ada")
        try storectl.run("settings", "ada", "--space", "v6", "--pin", "\(first)::3", "--pin", second)
        #expect(
            try storectl.json("resolve", "a harbour", "--user", "ada")["prompt"].text
                == "a harbour --p \(first)::3 \(second)")
        try storectl.run("settings", "ada", "--space", "v6", "--unpin", "--always", "off")
        #expect(try storectl.json("resolve", "a harbour", "--user", "ada")["prompt"].text == "a harbour")
    }

    @Test func `going back to an older version makes it current, and later events build on it`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let first = try storectl.code(user: "ada")
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 5, pairs: 20..<50))
        let second = try storectl.code(user: "ada")
        try storectl.run("revert", "--to", first)
        #expect(try storectl.code(user: "ada") == first)
        let receipt = try storectl.json("rank", "ada", "i/38", "i/39", "--space", "v6")
        let third = try storectl.json("show", try storectl.code(user: "ada"))
        #expect(third["rankings"].number == 21)
        #expect(![first, second].contains(third["code"].text))
        try storectl.run("retract", "\(Int(receipt["position"].number))")
        #expect(try storectl.code(user: "ada") == first, "taking the ranking back gives the code before it")
    }

    @Test func `a user may keep several tastes`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 4, pairs: 0..<20, profile: "evenings"))
        let day = try storectl.code(user: "ada")
        try storectl.run("settings", "ada", "--space", "v6", "--use", "evenings")
        let evening = try storectl.code(user: "ada")
        #expect(day != evening)
        let listed = try storectl.json("codes", "ada", "--space", "v6", "--profile", "evenings").elements
        #expect(listed.map { $0["code"].text } == [evening])
    }

    @Test func `time travel finds the taste of any moment, minted or not`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let first = try storectl.json("show", try storectl.code(user: "ada"))
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 5, pairs: 20..<50))
        let second = try storectl.code(user: "ada")
        let then = "\(Int(first["mintedAtPosition"].number) - 1)"
        let past = try storectl.json("as-of", "ada", "--space", "v6", "--position", then)
        for field in ["hash", "code", "direction", "gain", "confidence", "rankings"] {
            #expect(past[field] == first[field], "\(field)")
        }
        let between = try storectl.json("as-of", "ada", "--space", "v6", "--revision", "30")
        #expect(between["code"] == .null, "no code was minted then")
        #expect(between["rankings"].number == 28)
        let now = try storectl.json("as-of", "ada", "--space", "v6", "--time", "2999-01-01T00:00:00Z")
        #expect(now["code"].text == second)
        let list = try storectl.json(
            "codes", "ada", "--space", "v6", "--as-of", "\(Int(first["mintedAtPosition"].number))")
        #expect(list.elements.map { $0["code"] } == [first["code"]])
    }

    @Test func `a bundle carries a code to another store of the same space`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let code = try storectl.code(user: "ada")
        let bundle = storectl.folder.appending(path: "warm.taste")
        try storectl.run("export-code", code, "--output", bundle.path)
        let other = try Storectl.withSpaces()
        try other.run("import-code", bundle.path)
        let resolutions = try [storectl, other].map { try $0.json("resolve", "x --p \(code)", "--user", "cy") }
        #expect(resolutions[0] == resolutions[1])

        var bytes = try Data(contentsOf: bundle)
        bytes[bytes.count / 2] ^= 1
        let changed = try other.file("changed.taste", bytes)
        #expect(try other.refused("import-code", changed).contains("damaged"))
        let stranger = try Storectl()
        try stranger.run("init")
        #expect(try stranger.refused("import-code", bundle.path).contains("space"))
    }

    @Test func `an export imported with the same secret gives the same codes`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let first = try storectl.code(user: "ada")
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 5, pairs: 20..<50))
        let second = try storectl.code(user: "ada")
        try storectl.run("label", second, "cold")
        try storectl.run("revert", "--to", first)
        _ = try storectl.code(user: "ada")
        let secret = storectl.folder.appending(path: "secret").path
        let lines = try storectl.run("export", "--secret-file", secret)

        let copy = try Storectl()
        try copy.run("init", "--secret-file", secret)
        try copy.run("import", try copy.file("export.jsonl", lines), "--trust-times")
        #expect(try copy.run("export") == lines)
        #expect(
            try copy.json("codes", "ada", "--space", "v6") == storectl.json("codes", "ada", "--space", "v6"))
        #expect(try copy.json("show", first) == storectl.json("show", first))
        try copy.run("replay")
        try copy.run("verify")
    }

    @Test func `an audit folds every version again and explains what it finds`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let first = try storectl.code(user: "ada")
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 5, pairs: 20..<50))
        let second = try storectl.code(user: "ada")
        try storectl.importLines(SmallWorld.rankings(of: "ben", liking: 5, pairs: 0..<20))
        _ = try storectl.code(user: "ben")
        #expect(try storectl.json("replay")["mints"].number == 3)
        #expect(try storectl.json("replay", "--user", "ada")["mints"].number == 2)
        #expect(try storectl.json("replay", "--code", second)["mints"].number == 1)
        #expect(try storectl.json("replay", "--to", "90")["mints"].number == 0)
        #expect(try storectl.json("replay", "--at", "2000-01-01T00:00:00Z")["mints"].number == 0)
        #expect(try storectl.json("replay", "--fold", "DL1")["mismatches"].elements.isEmpty)
        let explanation = try storectl.json("explain", second)
        #expect(explanation["choices"].elements.count == 10)
        let difference = try storectl.json("diff", first, second)
        #expect(difference["eventCount"].number == 30)
        #expect(difference["cosine"].number < 1)
    }

    @Test func `a code may be named by its beginning or its hash`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let shown = try storectl.json("show", try storectl.code(user: "ada"))
        let code = shown["code"].text
        for name in [
            String(code.prefix(8)), code.uppercased(), shown["hash"].text, String(shown["hash"].text.prefix(12)),
        ] {
            #expect(try storectl.json("show", name) == shown, "\(name)")
        }
        // In a prompt what is unique today may be ambiguous tomorrow. One beginning in seventy is of letters alone.
        let beginning = code.prefix(11)
        guard beginning.contains(where: \.isNumber), beginning.contains(where: \.isLetter) else { return }
        let refusal = try storectl.refused("resolve", "x --p \(beginning)", "--user", "ada")
        #expect(refusal.contains("did you mean \(code)?"))
    }

    @Test func `pictures show how a taste moved and where codes lie`() throws {
        #expect(try storectl.run("timeline", "ada", "--space", "v6").contains("no code yet"))
        for step in 0..<3 {
            try storectl.importLines(SmallWorld.rankings(of: "ada", liking: step, pairs: step * 20..<step * 20 + 20))
            _ = try storectl.code(user: "ada")
        }
        #expect(try storectl.run("timeline", "ada", "--space", "v6").contains("3 versions"))
        for (name, arguments) in [
            ("line.svg", ["timeline", "ada", "--space", "v6", "--svg"]),
            ("map.svg", ["map", "--user", "ada", "--space", "v6", "--svg"]),
        ] {
            let path = storectl.folder.appending(path: name).path
            let outcome = try storectl.run(arguments + [path])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let picture = try String(contentsOfFile: path, encoding: .utf8)
            #expect(picture.hasPrefix("<svg") || picture.hasPrefix("<?xml"))
            let newest = try storectl.code(user: "ada")
            #expect(picture.contains(newest))
        }
    }
}
