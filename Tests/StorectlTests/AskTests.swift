import Foundation
import Testing

/// Questions in the terminal, answered from a pipe.
@Suite struct AskTests {
    @Test func `a session ranks, skips, takes back, and goes on another time`() throws {
        let storectl = try Storectl.withSpaces()
        let session = try storectl.run(
            ["ask", "ada", "--space", "v6", "--url", "https://images.example/{id}.jpg", "--json"],
            input: "1\n2\nx\ns\nu\nu\nu\nq\n")
        #expect(session.status == 0, "\(session.errors)")
        let report = try JSON(parsing: session.output)
        #expect(report["ranked"].number == 2 && report["skipped"].number == 1 && report["undone"].number == 2)
        #expect(report["have"].number == 0)
        #expect(session.errors.contains("1  https://images.example/i/"))
        #expect(session.errors.contains("nothing of this session is left to take back"))
        // The end of the input ends a session; the next one asks what has not been asked.
        let next = try storectl.run(["ask", "ada", "--space", "v6", "--json"], input: "1\n1\n1\n")
        #expect(try JSON(parsing: next.output)["have"].number == 3)
        let events = try storectl.run("log", "--json").split(separator: "\n").map { try JSON(parsing: String($0)) }
        let asked = events.compactMap { event -> Set<String>? in
            switch event["kind"].text {
            case "rank": [event["winner"].text, event["loser"].text]
            case "skip": Set(event["shown"].elements.map(\.text))
            default: nil
            }
        }
        #expect(asked.count == 6 && Set(asked).count == 6, "no pair was asked twice")
    }

    @Test func `every process asks the same pairs of the same state and seed, and other ones after an answer`() throws {
        let storectl = try Storectl.withSpaces()
        // Somebody new, somebody with answers, and somebody who starts from a house.
        for number in 0..<20 {
            try storectl.importLines(
                SmallWorld.rankings(of: "person \(number)", liking: number % 3, pairs: number..<number + 24))
        }
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 1, pairs: 0..<60))
        for round in 0..<2 {
            if round == 1 {
                try storectl.run("house", "pin", try storectl.json("house", "mint", "--space", "v6")["code"].text)
            }
            for user in ["nobody", "ada"] {
                func pairs(_ seed: Int, _ count: Int = 16) throws -> JSON {
                    try storectl.json(
                        "pairs", user, "--space", "v6", "--count", "\(count)", "--seed", "\(seed)")
                }
                // Two at once, each a process of its own, and one after them.
                let arguments = ["pairs", user, "--space", "v6", "--count", "16", "--seed", "3", "--json"]
                let running = try (0..<2).map { _ in try storectl.start(arguments) }
                let outputs = try running.map { running in
                    running.process.waitUntilExit()
                    return try JSON(parsing: try String(contentsOf: running.output, encoding: .utf8))
                }
                let first = try pairs(3)
                #expect(first.elements.count == 16 && outputs == [first, first], "\(user)")
                #expect(try pairs(3, 4).elements == Array(first.elements.prefix(4)))
                #expect(try pairs(4) != first)
            }
        }
        let before = try storectl.json("pairs", "ada", "--space", "v6", "--count", "16")
        let asked = before.elements[0]
        try storectl.run("rank", "ada", asked["first"].text, asked["second"].text, "--space", "v6")
        let after = try storectl.json("pairs", "ada", "--space", "v6", "--count", "16")
        #expect(after != before && !after.elements.contains(asked))
    }
}
