import Foundation
import Testing

/// The documents that docs/storectl-json.md shows are the ones that `storectl` prints: same fields, same types.
@Suite struct ContractTests {
    /// The first JSON block after each heading that is a command.
    private static func documentedShapes() throws -> [String: JSON] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/storectl-json.md").standardizedFileURL
        var shapes: [String: JSON] = [:]
        var command: String?
        var block: String?
        for line in try String(contentsOf: page, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("### `") {
                command = line.split(separator: "`").dropFirst().first.map(String.init)
            } else if line == "```json" {
                block = ""
            } else if line == "```", let text = block {
                if let name = command { shapes[name] = try JSON(parsing: text).shape }
                (command, block) = (nil, nil)
            } else if block != nil {
                block?.append(line + "\n")
            }
        }
        return shapes
    }

    @Test func `every command prints the documented fields`() throws {
        let storectl = try Storectl.withSpaces()
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let first = try storectl.code(user: "ada")
        try storectl.run("label", first, "warm film look")
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 5, pairs: 20..<50))
        let second = try storectl.code(user: "ada")
        try storectl.run("label", second, "cold")
        for number in 0..<20 {
            try storectl.importLines(SmallWorld.rankings(of: "person \(number)", liking: 0, pairs: 0..<20))
        }
        let house = try storectl.json("house", "mint", "--space", "v6")["code"].text
        try storectl.run("house", "pin", house, "--threshold", "5")
        try storectl.run("alias", "yfbxsj7", first)
        try storectl.run("erase", "person 4", "--yes", "--after", "30d")
        try storectl.importLines(SmallWorld.rankings(of: "ben", liking: 3, pairs: 0..<20))
        _ = try storectl.code(user: "ben")
        try storectl.run("profile", "rename-label", "ben", "default", "Ben's", "--space", "v6")
        try storectl.importLines(SmallWorld.rankings(of: "dora", liking: 3, pairs: 0..<20))
        try storectl.run("label", try storectl.code(user: "dora"), "doras")
        try storectl.run("profile", "share", "dora", "default", "--space", "v6")
        try storectl.run("settings", "dora", "--space", "v6", "--always", "on", "--pin", first)
        let bundle = storectl.folder.appending(path: "a.taste").path
        let fresh = storectl.folder.appending(path: "fresh").path
        let images = storectl.folder.appending(path: "v6.jsonl").path
        let lines = try storectl.file("one.jsonl", SmallWorld.rankings(of: "cy", liking: 0, pairs: 0..<1))
        let proof = storectl.folder.appending(path: "code.proof").path
        let checkpoint = try storectl.file("checkpoint", try storectl.run("checkpoint"))
        let since = try storectl.file("since", try storectl.run("prove", "--from", checkpoint))
        let key = try storectl.run("key").trimmingCharacters(in: .newlines)
        let commands: [(String, [String])] = [
            ("init", ["init", "--store", fresh]),
            ("space define", ["space", "define", "v7", "--models", "7", "--images", images]),
            ("space list", ["space", "list"]),
            ("import", ["import", lines]),
            ("rank", ["rank", "ben", "i/1", "i/2", "--space", "v6"]),
            ("resolve", ["resolve", "x --p \(first)::2 \(second)", "--user", "ada"]),
            ("progress", ["progress", "ada", "--space", "v6"]),
            ("pairs", ["pairs", "ada", "--space", "v6", "--count", "1"]),
            ("ask", ["ask", "ada", "--space", "v6"]),
            ("codes", ["codes", "ada", "--space", "v6"]),
            ("aliases", ["aliases"]),
            ("show", ["show", first]),
            ("explain", ["explain", second]),
            ("diff", ["diff", first, second]),
            ("score", ["score", "--code", first, "i/1", "i/2"]),
            ("score --prefer", ["score", "--code", first, "--prefer", "i/1", "i/2"]),
            ("settings", ["settings", "ada", "--space", "v6", "--pin", first]),
            ("profile create", ["profile", "create", "ada", "evenings", "--label", "Warm", "--space", "v6"]),
            ("profile list", ["profile", "list", "ben", "--space", "v6"]),
            ("board create", ["board", "create", "ada", "harbours", "--images", "i/1", "i/2", "--space", "v6"]),
            ("info", ["info", "dora"]),
            ("refold", ["refold", "ada", "--from", "v6", "--to", "niji6"]),
            ("house mint", ["house", "mint", "--space", "v6"]),
            ("house show", ["house", "show", "--space", "v6"]),
            ("export-code", ["export-code", first, "--output", bundle]),
            ("as-of", ["as-of", "ada", "--space", "v6", "--revision", "21"]),
            ("timeline", ["timeline", "ada", "--space", "v6"]),
            ("map", ["map", "--codes", first, "--svg", storectl.folder.appending(path: "map.svg").path]),
            ("replay", ["replay"]),
            ("stats", ["stats", "--clear-stale-readers"]),
            ("verify", ["verify"]),
            ("key", ["key"]),
            ("checkpoint", ["checkpoint"]),
            ("prove", ["prove", first, "--output", proof]),
            ("prove --from", ["prove", "--from", checkpoint]),
            ("check-proof", ["check-proof", proof, "--key", key]),
            ("check-proof --from", ["check-proof", since, "--key", key, "--from", checkpoint]),
            ("backup", ["backup", storectl.folder.appending(path: "backup").path]),
            ("recover", ["recover"]),
            ("rebuild", ["rebuild"]),
            ("grow", ["grow", "--map-size", "2TiB"]),
            ("erase", ["erase", "person 3", "--yes"]),
            ("erasures", ["erasures"]),
        ]
        let documented = try Self.documentedShapes()
        #expect(Set(commands.map(\.0)).union(["error"]) == Set(documented.keys), "each document is tested")
        for (name, arguments) in commands {
            let outcome = try storectl.run(arguments + ["--json"])
            #expect(outcome.status == 0, "\(name): \(outcome.errors)")
            #expect(try JSON(parsing: outcome.output).shape == documented[name], "\(name)")
        }
        let refusal = try storectl.run(["resolve", "x --p", "--user", "nobody", "--json"])
        #expect(try JSON(parsing: refusal.errors).shape == documented["error"])
    }

    @Test func `every command explains itself`() throws {
        let storectl = try Storectl()
        let help = try storectl.run("--help")
        let sections = help.components(separatedBy: "SUBCOMMANDS:").dropFirst()
        let names = sections.flatMap { $0.split(separator: "\n") }.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names.count >= 28)
        for name in names where name.first?.isLowercase == true && !["help", "storectl"].contains(name) {
            let text = try storectl.run("help", name)
            #expect(text.contains("xample") || name == "space", "\(name) has an example")
        }
        for shell in ["bash", "zsh", "fish"] {
            #expect(try storectl.run("--generate-completion-script", shell).contains("storectl"))
        }
    }
}
