import PersonalizationStore
import SeededRandom
import TestSupport
import Testing

/// A bad line is refused and leaves nothing; no line traps.
@Suite struct HostileLinesTests {
    @Test func `a minted line with another hash mints nothing`() async throws {
        let world = try await ImportWorld()
        _ = try await world.store.append(
            (0..<6).map { .rank(world.ada, winner: "v6/\($0 * 2)", loser: "v6/\($0 * 2 + 1)") })
        let before = try world.count()
        let hash = String(repeating: "0", count: 64)
        for kind in ["minted", "recalled"] {
            let error = try await #require(throws: InterchangeError.self) {
                try await world.load([#"{"kind":"\#(kind)","user":"ada","space":"v6","hash":"\#(hash)"}"#])
            }
            guard case .versionDiffers = error.fault else {
                Issue.record("\(error)")
                continue
            }
        }
        #expect(try world.count() == before)
        #expect(try world.store.codes(of: world.ada).isEmpty)
        let minted = try await world.store.currentVersion(of: world.ada)
        let line = #"{"kind":"minted","user":"ada","space":"v6","hash":"\#(minted.hash)"}"#
        #expect(try await world.load([line]).mintCount == 1)
        #expect(try world.count() == before + 1)
    }

    @Test func `positions may be any number`() async throws {
        let world = try await ImportWorld()
        let largest = UInt64.max
        let lines = [largest, largest, 0, 0, largest - 1, largest, 1].map {
            #"{"kind":"like","user":"ada","image":"v6/1","position":\#($0)}"#
        }
        #expect(try await world.load(lines).eventCount == 7)
        let retract = #"{"kind":"retract","user":"ada","event":\#(largest)}"#
        #expect(try await world.load(lines + [retract]).eventCount == 8)
        await #expect(throws: InterchangeError.self) { try await world.load([retract]) }
        await #expect(throws: StoreError.self) {
            try await world.store.retract(Position(largest), of: world.ada)
        }
    }

    @Test func `a space line that no space can have is refused`() async throws {
        let world = try await ImportWorld()
        let before = try world.count()
        func numbers(_ count: Int, _ number: Int = 0) -> String {
            "[" + [String](repeating: String(number), count: count).joined(separator: ",") + "]"
        }
        func space(_ mean: String, _ panel: String, _ more: String = "") -> String {
            #"{"kind":"space","name":"big","meanQ14":\#(mean),"panelQ14":\#(panel)\#(more)}"#
        }
        for line in [
            space(numbers(70_000), "[]"), space("[]", "[]"), space(numbers(4), numbers(9)),
            space(numbers(4), numbers(8, 7)),
            space("[0]", numbers(2 * 65_536)), space(numbers(500, 32_767), "[]"),
            space("[0,0]", "[]", #","threshold":0"#), space("[0,0]", "[]", #","threshold":-1"#),
            space("[0,0]", "[]", #","threshold":4294967296"#), #"{"kind":"space","meanQ14":[0],"panelQ14":[]}"#,
        ] {
            await #expect(throws: InterchangeError.self, "\(line.prefix(60))") { try await world.load([line]) }
        }
        #expect(try world.count() == before)
        #expect(try await world.load([space("[0,0]", "[]")]).lineCount == 1)
        #expect(try world.count() == before + 1)
    }

    @Test func `a bad event before another line is blamed itself`() async throws {
        let world = try await ImportWorld()
        let error = try await #require(throws: InterchangeError.self) {
            try await world.load([
                #"{"kind":"like","user":"ada","image":"v6/1"}"#, #"{"kind":"like","user":"ada","image":"nowhere"}"#,
                #"{"kind":"model","space":"v6","model":"7"}"#,
            ])
        }
        #expect(error.line == 2)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `random lines of every kind are imported or leave nothing`(seed: UInt64) async throws {
        let world = try await ImportWorld()
        let version = try await world.rank()
        var maker = LineMaker(generator: SeededGenerator(seed: seed), version: version)
        var refusedCount = 0
        for _ in 0..<400 {
            let line = maker.line()
            let before = try world.count()
            do {
                try await world.load([line]) { $0.trustsTimes = line.utf8.count.isMultiple(of: 7) }
            } catch {
                refusedCount += 1
                #expect(try world.count() == before, "seed \(seed): refused but not without a trace: \(line)")
                #expect(!error.fault.isStoreFailure, "seed \(seed): \(error): \(line)")
            }
        }
        #expect((40...390).contains(refusedCount), "seed \(seed): \(refusedCount)")
        #expect(try world.store.verify().findings == [])
        for event in try world.store.events(limit: .max) { _ = event.interchangeJSON }
    }
}

/// Makes lines of all kinds, whose fields are mostly good, and of the worst values otherwise.
private struct LineMaker {
    var generator: SeededGenerator
    let version: Version

    private static let kinds = [
        "space", "model", "image", "profile", "settingsOpened", "rank", "like", "unlike", "minted", "recalled", "label",
        "revoke", "restore", "revert", "retract", "settings", "importedVersion", "importedLabel", "nothing",
    ]
    private static let worst = [
        "null", "true", "-1", "0", "1", "65535", "65536", "4294967296", "9223372036854775807", "-9223372036854775808",
        "18446744073709551615", "1e308", "1e400", "0.5", "[]", "{}", "[32767]", "[1,2,3]", "\"\"", "\"\\u0000\"",
        "\"\(String(repeating: "x", count: 300))\"", "\"\\ud800\"", "[{\"code\":\"x\",\"weight\":-1}]",
        "\"9999-12-31T23:59:59Z\"",
        "\"0001-01-01T00:00:00Z\"", "\"AAAA\"",
    ]

    mutating func line() -> String {
        let good: [(String, [String])] = [
            ("position", ["7", "18446744073709551615"]), ("recordedAt", ["\"2023-01-01T00:00:00Z\""]),
            ("space", ["\"v6\"", "\"v6\"", "\"v6\"", "\"other\""]), ("user", ["\"ada\"", "\"ben\""]),
            ("profile", ["\"default\"", "\"p\""]),
            ("id", ["\"new\"", "\"v6/1\""]), ("author", ["\"ada\""]), ("embedding", ["[1,2,3,4,5,6,7,8]"]),
            ("embeddingQ14", ["[16384,0,0,0,0,0,0,0]"]), ("winner", ["\"v6/1\""]), ("loser", ["\"v6/2\""]),
            ("image", ["\"v6/3\""]), ("at", ["1600000000000", "\"2023-01-01T00:00:00Z\""]),
            ("eventID", ["\"6f1e6a52-9d2f-4c7e-8d7b-0e6f3f0a9b11\""]), ("name", ["\"w\""]), ("threshold", ["3"]),
            ("meanQ14", ["[0,0]"]), ("panelQ14", ["[]", "[16384,0,0,16384]"]), ("model", ["\"8\""]),
            ("isDefault", ["true"]), ("code", ["\"\(version.code)\""]), ("hash", ["\"\(version.hash)\""]),
            ("foldedThrough", ["3"]), ("label", ["\"warm\""]), ("event", ["7"]), ("always", ["true"]),
            ("pinned", ["[{\"code\":\"\(version.code)\",\"weight\":2}]"]), ("bytes", ["\"AAAA\""]),
        ]
        var fields = ["\"kind\":\"\(generator.pick(Self.kinds))\""]
        for (field, values) in good where !generator.chance(field == "eventID" ? 80 : 8) {
            fields.append("\"\(field)\":\(generator.chance(6) ? generator.pick(Self.worst) : generator.pick(values))")
        }
        return "{" + fields.joined(separator: ",") + "}"
    }
}
