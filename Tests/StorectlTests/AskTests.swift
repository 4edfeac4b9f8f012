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
}
