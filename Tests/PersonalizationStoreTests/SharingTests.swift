import Foundation
import PersonalizationStore
import TestSupport
import Testing

/// What a user learns of others' profiles: of one that is not shared nothing, of one that is shared its newest code.
@Suite struct SharingTests {
    private static let open = ReferenceWorld.profile("ben/open")

    /// What a request gave, with the reference that it named taken out.
    private func outcome(
        _ reference: String, _ body: () async throws -> String
    ) async -> String {
        let text: String
        do { text = try await body() } catch { text = "\(type(of: error)) \(error)" }
        return text.replacingOccurrences(of: reference, with: "REFERENCE")
    }

    /// Everything that takes a text in which a reference could stand, as `ada` would use it.
    private func requests(_ store: Store, _ mine: Code) -> [(String, (String) async throws -> String)] {
        let ada = ReferenceWorld.profile("ada")
        func prompt(_ prompt: String, model: String? = nil) -> (String) async throws -> String {
            { "\(try await store.resolve(prompt.replacing("REF", with: $0), user: "ada", model: model))" }
        }
        return [
            ("alone", prompt("a cat --p REF")), ("weighed", prompt("a cat --p REF::7 --s 3")),
            ("with one's own", prompt("a cat --p uthv15vt96ygbh REF")), ("before it", prompt("--p REF uthv15vt96ygbh")),
            ("with a code", prompt("--p \(mine) REF")), ("with an alias", prompt("--p k3f9x2a REF")),
            ("with an unknown alias", prompt("--p REF yfbxsj7")),
            ("of another space", prompt("a cat --p REF --niji 6")), ("by model", prompt("--p REF", model: "niji 6")),
            ("of no model", prompt("--p REF --v 9")), ("in text", prompt("REF a cat --p")),
            ("upper case", { "\(try await store.resolve("x --p \($0.uppercased())", user: "ada"))" }),
            ("mistyped", { "\(try await store.resolve("x --p \($0.dropLast())*", user: "ada"))" }),
            ("lacking its end", { "\(try await store.resolve("x --p \($0.dropLast())", user: "ada"))" }),
            ("version", { "\(try store.version(Code(named: $0)))" }),
            ("score", { "\(try store.score(["v6/1"], by: [WeightedCode(Code(named: $0))]))" }),
            ("explain", { "\(try store.explain(Code(named: $0)).version)" }),
            ("bundle", { "\(try store.exportBundle(of: Code(named: $0)))" }),
            ("difference", { "\(try store.difference(Code(named: $0), mine).cosine)" }),
            ("label", { "\(try await store.label(Code(named: $0), of: ada, "x"))" }),
            ("revoke", { "\(try await store.revoke(Code(named: $0), of: ada))" }),
            ("revert", { "\(try await store.revert(ada, to: Code(named: $0)))" }),
            ("alias", { "\(try await store.alias("zq82xk7", to: Code(named: $0)))" }),
            ("as an alias", { "\(try await store.alias($0, to: mine))" }),
            ("take down", { "\(try await store.takeDown(Code(named: $0)))" }),
            ("house", { "\(try await store.pinHouse(Code(named: $0), of: "v6"))" }),
            (
                "settings",
                {
                    "\(try await store.setSettings(of: "ada", in: "v6", to: Settings(personalizesAlways: false, profile: "default", pinned: [WeightedCode(Code(named: $0))])))"
                }
            ),
            ("audit", { "\(try await store.audit(AuditScope(code: Code(named: $0))).mintCount)" }),
        ]
    }

    /// Profiles of others: never shared, shared once and no more, without an event, in another space, archived, a board.
    private func hidden(_ store: Store) async throws -> [ProfileName] {
        let archived = ProfileName(user: "ben", space: "v6", profile: "hidden")
        try await store.createProfile(archived, label: "nobody's business")
        try await store.archiveProfile(archived)
        let board = ProfileName(user: "ben", space: "niji6", profile: "board")
        try await store.createBoard(board, images: ["niji6/3"])
        return [
            ReferenceWorld.profile("ben"), ReferenceWorld.profile("ben/secret"), ReferenceWorld.profile("cy"), archived,
            board,
        ]
    }

    @Test func `an unshared profile answers every request as none does`() async throws {
        let world = try await ReferenceWorld()
        let store = world.store
        let hidden = try await hidden(store)
        let mine = try await store.currentVersion(of: ReferenceWorld.profile("ada")).code
        _ = try await store.resolve("x --p k3f9x2a", user: "ada")
        let head = try store.head()?.position
        for (name, request) in requests(store, mine) {
            let nothing = store.reference(of: ReferenceWorld.profile("nobody"))
            let expected = await outcome(nothing) { try await request(nothing) }
            for profile in hidden {
                let reference = store.reference(of: profile)
                let found = await outcome(reference) { try await request(reference) }
                let upper = expected.replacingOccurrences(of: nothing.uppercased(), with: reference.uppercased())
                #expect(
                    same(found, upper, reference, nothing), "\(name) of \(profile): \(found) instead of \(expected)")
            }
        }
        #expect(try store.head()?.position == head, "nothing of it is written down")
    }

    /// Compares two outcomes with what is left of the references taken out.
    private func same(_ one: String, _ other: String, _ first: String, _ second: String) -> Bool {
        func bare(_ text: String, _ reference: String) -> String {
            text.replacingOccurrences(of: reference.uppercased(), with: "REFERENCE")
                .replacingOccurrences(of: String(reference.dropLast()), with: "BEGINNING")
        }
        return bare(one, first) == bare(bare(other, first), second)
    }

    @Test func `what is shared gives its newest code to everybody, and nothing else of it is said`() async throws {
        let world = try await ReferenceWorld()
        let store = world.store
        let reference = store.reference(of: Self.open)
        let first = try await store.resolve("a cat --p \(reference)", user: "ada")
        let code = try await store.currentVersion(of: Self.open).code
        #expect(first.prompt == "a cat --p \(code)" && first.didAppend)
        #expect(first.personalization?.parts.map(\.code) == [code])
        _ = try await store.append(.like(Self.open, image: "v6/40"))
        let second = try await store.resolve("a cat --p \(reference)", user: "ada")
        #expect(second.prompt != first.prompt && second.didAppend, "a reference floats")
        #expect(
            try await store.resolve(first.prompt, user: "ada").prompt == first.prompt,
            "what it was expanded to does not")
        try await store.unshareProfile(Self.open)
        await expectFault("unknown") { try await store.resolve("a cat --p \(reference)", user: "ada") }
        #expect(try await store.resolve("a cat --p \(reference)", user: "ben").prompt == second.prompt)
        #expect(try await store.resolve(second.prompt, user: "ada").prompt == second.prompt)
        try await store.shareProfile(Self.open)
        #expect(try await store.resolve("a cat --p \(reference)", user: "ada").prompt == second.prompt)
    }

    @Test func `errors of a shared profile name neither its owner nor its counts`() async throws {
        let world = try await ReferenceWorld()
        for name in ["ben/young", "ben/old"] {
            let reference = world.store.reference(of: ReferenceWorld.profile(name))
            do throws(StoreError) {
                _ = try await world.store.resolve("x --p \(reference)", user: "ada")
                Issue.record("\(name) answers")
            } catch {
                let text = "\(error)"
                for word in ["ben", "young", "old", "comparisons", " 2 "] { #expect(!text.contains(word), "\(text)") }
                #expect(text.contains(reference))
            }
        }
        let young = world.store.reference(of: ReferenceWorld.profile("ben/young"))
        await expectFault("notEnoughData") { try await world.store.resolve("x --p \(young)", user: "ben") }
    }

    @Test func `a revoked newest code is no answer for anybody`() async throws {
        let world = try await ReferenceWorld()
        let reference = world.store.reference(of: Self.open)
        let code = try await world.store.currentVersion(of: Self.open).code
        try await world.store.revoke(code, of: Self.open)
        for user in ["ada", "ben"] {
            await expectFault("revoked") { try await world.store.resolve("x --p \(reference)", user: user) }
        }
    }

    @Test func `a mistyped reference is corrected by one's own alone`() async throws {
        let world = try await ReferenceWorld()
        for (typed, suggested) in [
            ("uthv15vt96ygbj", ["uthv15vt96ygbh"]), ("ubvxrw518kgvfb", []), ("u3def7da23z63q", []),
        ] {
            do throws(StoreError) {
                _ = try await world.store.resolve("x --p \(typed)", user: "ada")
                Issue.record("\(typed) is read")
            } catch {
                guard case .prompt(let mistake, let suggestions) = error else { throw error }
                #expect(mistake.kind == .mistypedCode && suggestions == suggested)
            }
        }
    }

    @Test func `sharing survives reopening, rebuilding, and reading only`() async throws {
        let world = try await ReferenceWorld()
        let reference = world.store.reference(of: Self.open)
        let secret = world.store.reference(of: ReferenceWorld.profile("ben/secret"))
        let prompt = try await world.store.resolve("x --p \(reference)", user: "ada").prompt
        try world.store.rebuild()
        #expect(try await world.store.resolve("x --p \(reference)", user: "ada").prompt == prompt)
        await world.store.close()
        for store in [
            try Store.open(at: world.folder.file("store"), options: .small),
            try Store.openReadOnly(at: world.folder.file("store")),
        ] {
            #expect(try await store.resolve("x --p \(reference)", user: "ada").prompt == prompt)
            await expectFault("unknown") { try await store.resolve("x --p \(secret)", user: "ada") }
            #expect(try store.verify().findings == [])
            await store.close()
        }
    }

    @Test func `several profiles are minted for one prompt, or none is`() async throws {
        let world = try await ReferenceWorld()
        let store = world.store
        let head = try store.head()?.position
        let young = store.reference(of: ReferenceWorld.profile("ada/young"))
        await expectFault("notEnoughData") {
            try await store.resolve("x --p uthv15vt96ygbh u3mf4wbc30wgvr \(young)", user: "ada")
        }
        #expect(try store.head()?.position == head)
        let resolution = try await store.resolve("x --p uthv15vt96ygbh u3mf4wbc30wgvr", user: "ada")
        #expect(resolution.didAppend && resolution.personalization?.parts.count == 2)
        #expect(try store.head()?.position.number == (head?.number ?? 0) + 2)
        #expect(try await !store.resolve("x --p u3mf4wbc30wgvr uthv15vt96ygbh", user: "ada").didAppend)
    }
}

/// Expects a refusal of a kind.
func expectFault(_ kind: String, _ body: () async throws -> Resolution) async {
    do {
        let resolution = try await body()
        Issue.record("answered with \(resolution.prompt)")
    } catch {
        #expect((error as? StoreError)?.faultKind == kind)
    }
}
