import EventLog
import PersonalizationStore
import TestSupport
import Testing

/// Derived rows that say something else than the log: never an answer, and never made permanent by an append.
@Suite struct DamagedRowTests {
    private let folder: TemporaryFolder
    private let path: String
    private let file: StoreFile
    private let code: Code
    private let users = ["u1", "u2", "u3", "u4"]
    private static let tables = [
        "heads.2", "spaces.1", "models.1", "images.1", "profiles.1", "settings.1", "eventids.1",
        "codes.2", "codestatus.1", "userprofiles.1", "references.1",
    ].map { $0 + ".2.a" }

    init() async throws {
        folder = try TemporaryFolder()
        path = folder.file("store")
        file = StoreFile(path: path)
        let store = try Store.create(at: path)
        try await SyntheticSpace("v6").define(in: store, isDefault: true)
        var codes: [Code] = []
        for (index, user) in users.enumerated() {
            let profile = ProfileName(user: user, space: "v6")
            var events = (0..<6).map { number in
                let pair = (number + index * 7) * 2 % 48
                return NewEvent.rank(profile, winner: "v6/\(pair)", loser: "v6/\(pair + 1)")
            }
            events[0].eventID = EventID(high: 1, low: UInt64(index + 1))
            _ = try await store.append(events)
            codes.append(try await store.currentVersion(of: profile).code)
        }
        code = codes[0]
        try await store.revoke(code, of: ProfileName(user: "u1", space: "v6"))
        let settings = Settings(personalizesAlways: true, profile: "default", pinned: [.init(codes[1])])
        try await store.setSettings(of: "u3", in: "v6", to: settings)
        try await store.shareProfile(ProfileName(user: "u4", space: "v6"))
        try await store.labelProfile(ProfileName(user: "u1", space: "v6"), "mine")
        await store.close()
    }

    /// Everything that can be asked, each answer as text: an error other than that of a damaged row is an answer too.
    private func answers(_ store: Store) async -> [String: String] {
        var answers: [String: String] = [:]
        func ask(_ question: String, _ answer: () async throws -> String) async {
            do { answers[question] = try await answer() } catch {
                answers[question] = "\(error)".contains("run 'storectl rebuild'") ? nil : "\(error)"
            }
        }
        for user in users + ["u5"] {
            await ask("--p of \(user)") { "\(try await store.resolve("x --p", user: user).prompt)" }
            await ask("x of \(user)") { "\(try await store.resolve("x", user: user).prompt)" }
            let profile = ProfileName(user: user, space: "v6")
            await ask("codes of \(user)") { "\(try store.codes(of: profile))" }
            await ask("stream of \(user)") { "\(try store.eventsBackward(of: profile).map(\.position))" }
            await ask("reference of \(user)") {
                "\(try await store.resolve("x --p \(store.reference(of: profile))", user: "u2").prompt)"
            }
            await ask("profiles of \(user)") { "\(try store.profiles(of: user))" }
            await ask("settings of \(user)") { "\(try store.settings(of: user, in: "v6"))" }
        }
        await ask("--p CODE") { "\(try await store.resolve("x --p \(code)", user: "u2").prompt)" }
        await ask("version") { "\(try store.version(code))" }
        await ask("score") {
            "\(try store.score(["v6/3"], by: [.init(try store.codes(of: .init(user: "u2", space: "v6"))[0].version.code)]))"
        }
        await ask("id") { "\(String(describing: try store.position(of: EventID(high: 1, low: 2))))" }
        await ask("spaces") { "\(try store.spaces())" }
        return answers
    }

    /// What the store answers after a change of its file is what it answered before, or nothing.
    private func expectNoWrongAnswer(_ expected: [String: String], _ change: String) async throws {
        do {
            let store = try Store.open(at: path)
            for (question, answer) in await answers(store) where answer != expected[question] {
                Issue.record("\(change): \(question): \(answer)")
            }
        } catch {
            #expect("\(error)".contains("run 'storectl rebuild'"), "\(change): \(error)")
        }
    }

    @Test(arguments: tables + ["checkpoints.2"])
    func `a flipped bit of a row gives no wrong answer`(_ table: String) async throws {
        let expected = await answers(try Store.open(at: path))
        let rows = try file.rows(of: table)
        #expect(!rows.isEmpty)
        for row in rows.count > 6 ? Array(rows.prefix(3) + rows.suffix(3)) : rows {
            for index in row.value.indices {
                var value = row.value
                value[index] ^= 1 << UInt8(index % 8)
                try file.put(value, under: row.key, in: table)
                try await expectNoWrongAnswer(expected, "byte \(index) of a row of \(table)")
            }
            try file.put(row.value, under: row.key, in: table)
        }
    }

    @Test(arguments: tables)
    func `a row that is lost, or stands in for another, gives no wrong answer`(_ table: String) async throws {
        let expected = await answers(try Store.open(at: path))
        let rows = try file.rows(of: table)
        for (index, row) in rows.enumerated() where index < 3 || index >= rows.count - 3 {
            // Event ids alone are not counted: a lost row there lets one event be repeated, which `verify` finds.
            if table != "eventids.1.2.a" {
                try file.put(nil, under: row.key, in: table)
                try await expectNoWrongAnswer(expected, "row \(index) of \(table) deleted")
            }
            try file.put(rows[(index + 1) % rows.count].value, under: row.key, in: table)
            if rows.count > 1 { try await expectNoWrongAnswer(expected, "row \(index) of \(table) replaced") }
            try file.put(row.value, under: row.key, in: table)
        }
    }

    @Test func `a profile whose row is lost is not opened again`() async throws {
        let head = try Store.open(at: path).head()
        let row = try #require(try file.rows(of: "profiles.1.2.a").last)
        try file.put(nil, under: row.key, in: "profiles.1.2.a")
        let store = try Store.open(at: path)
        await #expect(throws: StoreError.self) {
            _ = try await store.append(.like(ProfileName(user: "u4", space: "v6"), image: "v6/1"))
        }
        #expect(try store.head() == head)
        #expect(try store.verify().findings.contains { $0.contains("profiles") })
        try store.rebuild()
        _ = try await store.append(.like(ProfileName(user: "u4", space: "v6"), image: "v6/1"))
        #expect(try store.verify().findings == [])
    }

    /// The issue's example, with a right checksum: u4's row names u2's stream.
    @Test func `a row with a right checksum that names another's stream is no answer and takes no event`() async throws
    {
        let rows = try file.rows(of: "profiles.1.2.a")
        try #require(rows.count == 4)
        let wrong = StoreFile.sealed(rows[1].value, under: rows[3].key, table: "profiles", version: 1)
        try file.put(wrong, under: rows[3].key, in: "profiles.1.2.a")
        let store = try Store.open(at: path)
        let head = try store.head()
        do throws(StoreError) {
            _ = try await store.resolve("x --p", user: "u4")
            Issue.record("u4 was answered by another's row")
        } catch {
            guard case .storage(.damagedRow(table: "profiles", _)) = error else { throw error }
        }
        do throws(StoreError) {
            _ = try await store.append(.rank(ProfileName(user: "u4", space: "v6"), winner: "v6/1", loser: "v6/2"))
            Issue.record("u4's event went into another's stream")
        } catch {
            guard case .storage(.damagedRow(table: "profiles", _)) = error else { throw error }
        }
        #expect(try store.head() == head)
        #expect(try !store.verify().findings.isEmpty)
    }

    /// Any number in any row changed and given a right checksum: `verify` sees it.
    @Test(arguments: tables)
    func `verify finds a changed row with a right checksum`(_ table: String) async throws {
        let parts = table.split(separator: ".")
        let version = try #require(UInt16(parts[1]))
        let row = try #require(try file.rows(of: table).last)
        for index in row.value.indices.dropFirst(4) {
            var value = row.value
            value[index] ^= 1
            let wrong = StoreFile.sealed(value, under: row.key, table: String(parts[0]), version: version)
            try file.put(wrong, under: row.key, in: table)
            let store = try Store.open(at: path)
            #expect(try !store.verify().findings.isEmpty, "byte \(index) of \(table)")
        }
    }

    @Test func `a rebuild mends every table`() async throws {
        let expected = await answers(try Store.open(at: path))
        for table in Self.tables {
            for row in try file.rows(of: table).prefix(2) {
                try file.put(row.value.map { $0 ^ 0x40 }, under: row.key, in: table)
            }
        }
        let store = try Store.open(at: path)
        #expect(try !store.verify().findings.isEmpty)
        try store.rebuild()
        #expect(await answers(store) == expected)
        #expect(try store.verify().findings == [])
    }
}
