import PersonalizationStore
import TestSupport
import Testing

/// Codes of other services that operators have given a meaning.
@Suite struct AliasTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let eve = ProfileName(user: "eve", space: "v6")

    init() async throws {
        folder = try TemporaryFolder()
        let secret = try #require(StoreSecret(bytes: [UInt8](repeating: 5, count: 32)))
        store = try Store.create(at: folder.file("store"), secret: secret)
        try await SyntheticSpace("v6").define(in: store, isDefault: true)
        try await SyntheticSpace("niji", seed: 2).define(in: store)
        try await rank(eve)
    }

    private func rank(_ profile: ProfileName) async throws {
        let space = profile.space
        _ = try await store.append(
            (0..<6).map { .rank(profile, winner: "\(space)/\($0 * 2)", loser: "\(space)/\($0 * 2 + 1)") })
    }

    private func resolve(_ prompt: String, user: String = "ben", model: String? = nil) async throws -> String {
        try await store.resolve(prompt, user: user, model: model).prompt
    }

    /// The kind of mistake that a prompt is refused for; nil when it is not.
    private func mistake(_ prompt: String, model: String? = nil) async throws -> PromptError.Kind? {
        do throws(StoreError) {
            _ = try await store.resolve(prompt, user: "ben", model: model)
            return nil
        } catch {
            guard case .prompt(let mistake, _) = error else { throw error }
            return mistake.kind
        }
    }

    @Test func `a prompt with an alias resolves to its version and names its code`() async throws {
        let code = try await store.currentVersion(of: eve).code
        #expect(try await mistake("a cat --personalize yfbxsj7") == .foreignCode)
        try await store.alias("YfbXsj7", to: code)
        #expect(try await resolve("a cat --p yfbxsj7 --ar 1:1") == "a cat --p \(code) --ar 1:1")
        #expect(try await resolve("a cat --p YFBXSJ7::3 \(code)") == "a cat --p \(code)::3 \(code)")
        let own = try await store.resolve("a cat --p \(code)", user: "ben").personalization
        #expect(try await store.resolve("a cat --p yfbxsj7", user: "ben").personalization == own)
        #expect(try await mistake("a cat --p yfbxsj8") == .foreignCode)
        #expect(try store.verify().isClean)
    }

    @Test func `an alias is of its version's space alone`() async throws {
        let nijis = ProfileName(user: "eve", space: "niji")
        try await rank(nijis)
        let code = try await store.currentVersion(of: eve).code
        let niji = try await store.currentVersion(of: nijis).code
        try await store.alias("yfbxsj7", to: code)
        #expect(try await mistake("a cat --p yfbxsj7", model: "model-niji") == .foreignCode)
        try await store.alias("yfbxsj7", to: niji)
        #expect(try await resolve("a cat --p yfbxsj7") == "a cat --p \(code)")
        #expect(try await resolve("a cat --p yfbxsj7", model: "model-niji") == "a cat --p \(niji)")
        #expect(try store.aliases().map(\.version.code) == [code, niji])
        #expect(try store.aliases(in: "niji").map(\.space) == ["niji"])
    }

    @Test func `the version's revocation applies, and its restoration`() async throws {
        let code = try await store.currentVersion(of: eve).code
        try await store.alias("yfbxsj7", to: code)
        try await store.revoke(code, of: eve)
        await #expect {
            try await store.resolve("a cat --p yfbxsj7", user: "ben")
        } throws: { error in
            guard case .fault(.revoked(code)) = error as? StoreError else { return false }
            return true
        }
        #expect(try store.aliases().map(\.version.isRevoked) == [true])
        try await store.restore(code, of: eve)
        #expect(try await resolve("a cat --p yfbxsj7") == "a cat --p \(code)")
    }

    @Test func `an alias can be changed and removed, and what it was can be asked for`() async throws {
        let first = try await store.currentVersion(of: eve).code
        let made = try await store.alias("yfbxsj7", to: first)
        _ = try await store.append(.like(eve, image: "v6/31"))
        let second = try await store.currentVersion(of: eve).code
        #expect(first != second)
        let again = try await store.alias("yfbxsj7", to: first)
        #expect(again.isRepeat && again.position == made.position)
        let changed = try await store.alias("yfbxsj7", to: second)
        #expect(try await resolve("a cat --p yfbxsj7") == "a cat --p \(second)")
        let removed = try await store.removeAlias("YFBXSJ7", in: "v6")
        #expect(try await mistake("a cat --p yfbxsj7") == .foreignCode)
        #expect(try await store.removeAlias("yfbxsj7", in: "v6").isRepeat)
        await #expect {
            try await store.removeAlias("zzzzzz9", in: "v6")
        } throws: { error in
            guard case .event(_, .unknownAlias("zzzzzz9", space: "v6")) = error as? StoreError else {
                return false
            }
            return true
        }
        func codes(_ position: Position?) throws -> [Code] {
            try store.aliases(in: "v6", asOf: position).map(\.version.code)
        }
        #expect(try codes(made.position.previous) == [])
        #expect(try codes(made.position) == [first])
        #expect(try codes(changed.position.previous) == [first])
        #expect(try codes(changed.position) == [second])
        #expect(try codes(removed.position) == [])
        #expect(try codes(nil) == [])
        #expect(try store.verify().isClean)
    }

    @Test(arguments: [
        "", "abc", "yfbx sj7", "yfbxsj", "1234567", "1920x1080", "35mm", "yfbxsj7,", "m7302931020123456789",
    ])
    func `what no prompt could name is no alias`(alias: String) async throws {
        let code = try await store.currentVersion(of: eve).code
        let head = try store.head()?.position
        await #expect {
            try await store.alias(alias, to: code)
        } throws: { error in
            guard case .fault(.notForeignCode(alias)) = error as? StoreError else { return false }
            return true
        }
        #expect(try store.head()?.position == head)
    }

    @Test func `no code of the store's own is an alias`() async throws {
        let version = try await store.currentVersion(of: eve)
        for alias in [
            version.code.description, version.code.description.uppercased(), version.hash.description, "0000000000012",
        ] {
            await #expect {
                try await store.alias(alias, to: version.code)
            } throws: { error in
                guard case .fault(.aliasIsCode(alias)) = error as? StoreError else { return false }
                return true
            }
        }
        await #expect(throws: StoreError.self, "an alias means a version that there is") {
            try await store.alias("yfbxsj7", to: "0000000000012")
        }
    }

    @Test func `aliases survive reopening and a rebuild`() async throws {
        let code = try await store.currentVersion(of: eve).code
        try await store.alias("yfbxsj7", to: code)
        try store.rebuild()
        #expect(try await resolve("a cat --p yfbxsj7") == "a cat --p \(code)")
        await store.close()
        let reopened = try Store.open(at: folder.file("store"))
        #expect(try await reopened.resolve("a cat --p yfbxsj7", user: "ben").prompt == "a cat --p \(code)")
        #expect(try reopened.verify().isClean)
    }

    @Test func `an export takes aliases along, and imported again it says the same`() async throws {
        let first = try await store.currentVersion(of: eve).code
        try await store.alias("yfbxsj7", to: first)
        _ = try await store.append(.like(eve, image: "v6/31"))
        let second = try await store.currentVersion(of: eve).code
        try await store.alias("k3f9x2a", to: second)
        try await store.removeAlias("yfbxsj7", in: "v6")
        try await store.alias("yfbxsj7", to: second)
        let lines = try store.events(limit: .max).map(\.interchangeJSON)
        #expect(lines.count { $0.contains(#""kind":"alias""#) } == 3)
        #expect(lines.count { $0.contains(#""kind":"unalias""#) } == 1)
        let copy = try Store.create(at: folder.file("copy"), secret: store.secret)
        let options = {
            var options = ImportOptions()
            options.trustsTimes = true
            return options
        }()
        var importer = Importer(into: copy, options: options)
        for line in lines { try await importer.add(Array(line.utf8)) }
        try await importer.finish()
        #expect(try copy.events(limit: .max).map(\.interchangeJSON) == lines)
        #expect(try await copy.resolve("a cat --p yfbxsj7", user: "ben").prompt == "a cat --p \(second)")
    }

    @Test(arguments: [
        (#"{"kind":"alias","space":"v6","code":"CODE"}"#, "alias"),
        (#"{"kind":"alias","space":"v6","alias":"yfbxsj7"}"#, "code"),
        (#"{"kind":"alias","space":"niji","alias":"yfbxsj7","code":"CODE"}"#, "niji"),
        (#"{"kind":"alias","alias":"CODE","code":"CODE"}"#, "no alias may hide"),
        (#"{"kind":"unalias","alias":"yfbxsj7"}"#, "space"),
    ])
    func `a bad line changes nothing`(line: String, says: String) async throws {
        let code = try await store.currentVersion(of: eve).code
        let head = try store.head()?.position
        var importer = Importer(into: store)
        try await importer.add(Array(line.replacing("CODE", with: code.description).utf8))
        do throws(InterchangeError) {
            try await importer.finish()
            Issue.record("the line was taken")
        } catch {
            #expect(error.description.hasPrefix("line 1: ") && error.description.contains(says), "\(error)")
        }
        #expect(try store.head()?.position == head)
    }

    @Test func `an alias of an imported version follows it to its owner`() async throws {
        let version = try await store.currentVersion(of: eve)
        let copy = try Store.create(at: folder.file("copy"), secret: store.secret)
        try await SyntheticSpace("v6").define(in: copy, isDefault: true)
        _ = try await copy.importBundle(try store.exportBundle(of: version.code))
        try await copy.alias("yfbxsj7", to: version.code)
        _ = try await copy.append(
            (0..<6).map { .rank(eve, winner: "v6/\($0 * 2)", loser: "v6/\($0 * 2 + 1)") })
        #expect(try await copy.currentVersion(of: eve).hash == version.hash)
        try await copy.revoke(version.code, of: eve)
        #expect(try copy.aliases().map(\.version.isRevoked) == [true])
        await #expect(throws: StoreError.self) { try await copy.resolve("a cat --p yfbxsj7", user: "ben") }
    }
}
