import Foundation
import Testing

/// Times, ids and clocks as a shell sees them.
@Suite struct TimeAndIdentityTests {
    private let storectl: Storectl

    init() throws { storectl = try Storectl.withSpaces() }

    @Test func `a date is its beginning in UTC, and a time without a zone is told what is missing`() throws {
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let day = try storectl.json("as-of", "ada", "--space", "v6", "--time", "2999-01-01")
        #expect(day["comparisons"].number == 20)
        for (time, says) in [
            ("2026-11-26T10:00:00", "add Z"), ("2026-02-30T00:00:00Z", "does not exist"),
            ("2026-04-31", "does not exist"),
            ("2026-01-01T24:00:00Z", "00 to 23"), ("2026-01-01T23:60:00Z", "00 to 59"),
        ] {
            #expect(try storectl.refused("as-of", "ada", "--space", "v6", "--time", time, status: 2).contains(says))
            #expect(try storectl.refused("replay", "--at", time, status: 2).contains(says))
            #expect(
                try storectl.refused("like", "ada", "i/1", "--space", "v6", "--at", time, status: 2).contains(says))
        }
    }

    @Test func `derived ids belong to a file, or to the source that is named`() throws {
        let like = "{\"kind\":\"like\",\"user\":\"ada\",\"space\":\"v6\",\"image\":\"i/1\"}\n"
        let monday = try storectl.file("monday.jsonl", like)
        let tuesday = try storectl.file("tuesday.jsonl", like)
        #expect(try storectl.json("import", monday, "--derive-ids")["events"].number == 1)
        #expect(try storectl.json("import", tuesday, "--derive-ids")["events"].number == 1)
        #expect(try storectl.json("import", monday, "--derive-ids")["repeats"].number == 1)
        let named = ["import", "-", "--derive-ids", "--source", "wednesday", "--json"]
        #expect(try JSON(parsing: try storectl.run(named, input: like).output)["events"].number == 1)
        #expect(try JSON(parsing: try storectl.run(named, input: like).output)["repeats"].number == 1)
        let nameless = try storectl.run(["import", "-", "--derive-ids"], input: like)
        #expect(nameless.status == 2 && nameless.errors.contains("--source"))
    }

    @Test func `seconds in place of milliseconds are warned of`() throws {
        let line = "{\"kind\":\"like\",\"user\":\"ada\",\"space\":\"v6\",\"image\":\"i/1\",\"at\":1714564800}\n"
        let outcome = try storectl.run(["import", try storectl.file("seconds.jsonl", "\n" + line + line)])
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("2 lines with a time before 1990, the first is line 2"), "\(outcome.errors)")
    }

    @Test func `a time far ahead needs a word, and is warned of ever after`() throws {
        let line =
            "{\"kind\":\"like\",\"user\":\"ada\",\"space\":\"v6\",\"image\":\"i/1\","
            + "\"recordedAt\":\"2999-01-01T00:00:00Z\"}\n"
        let file = try storectl.file("ahead.jsonl", line)
        #expect(
            try storectl.refused("like", "ada", "i/1", "--space", "v6", "--at", "2999-01-01").contains("--allow-future")
        )
        let refused = try storectl.run(["import", file, "--trust-times"])
        #expect(refused.status == 1 && refused.errors.contains("--allow-future"))
        let taken = try storectl.run(["import", file, "--trust-times", "--allow-future"])
        #expect(taken.status == 0, "\(taken.errors)")
        for command in [["stats"], ["like", "ada", "i/2", "--space", "v6"]] {
            let outcome = try storectl.run(command)
            #expect(outcome.status == 0 && outcome.errors.contains("behind the last event"), "\(outcome.errors)")
        }
    }
}
