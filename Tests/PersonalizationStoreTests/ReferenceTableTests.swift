import Foundation
import PersonalizationStore
import TestSupport
import Testing

/// The answers in docs/prompt.md, "References", by the store of which they are said.
@Suite struct ReferenceTableTests {
    private static let rows = ConformanceTable.rows(heading: "answer")

    private func answer(_ prompt: String, _ user: String, _ store: Store) async -> String {
        do throws(StoreError) { return try await store.resolve(prompt, user: user).prompt } catch {
            return "error \(error.faultKind)"
        }
    }

    private func expected(_ row: ConformanceTable.Row, _ world: ReferenceWorld) async throws -> String {
        let cell = row.cells[1]
        return try await cell.hasPrefix("error ") ? cell : world.withCodes(row.result)
    }

    @Test func `is what the store answers, whoever asks first`() async throws {
        #expect(Self.rows.count >= 50)
        // Backwards, too: then other profiles are minted by the reference of others.
        for rows in [Self.rows, Self.rows.reversed()] {
            let world = try await ReferenceWorld()
            for row in rows {
                let prompt = try await world.withCodes(row.prompt)
                let found = await answer(prompt, row.cells[0], world.store)
                #expect(found == (try await expected(row, world)), "\(row.place)")
            }
            #expect(try world.store.verify().isClean)
            #expect(try await world.store.audit().isClean)
        }
    }

    @Test func `expands to prompts that mean the same for everybody and expand to themselves`() async throws {
        let world = try await ReferenceWorld()
        for row in Self.rows where !row.cells[1].hasPrefix("error ") {
            let prompt = try await world.withCodes(row.prompt)
            let first = try await world.store.resolve(prompt, user: row.cells[0])
            #expect(!ProfileReferences.areNamed(in: first.prompt), "\(row.place)")
            for user in ["ada", "ben", "nobody"] {
                guard first.personalization != nil else { continue }
                let again = try await world.store.resolve(first.prompt, user: user)
                #expect(again.prompt == first.prompt && !again.didAppend, "\(row.place)")
                #expect(again.personalization == first.personalization, "\(row.place)")
            }
        }
    }

    @Test func `names the references that the generator computes from the names`() async throws {
        let world = try await ReferenceWorld()
        let references = [
            "ada": "uthv15vt96ygbh", "ada/evenings": "u3mf4wbc30wgvr", "ada/attic": "uvn4ggpzn522h8",
            "ada/young": "uwjzch4dkq49mj", "ada/harbours": "udbwbd6hdc13zr", "ada in niji6": "ufs4a1mky39sbr",
            "ben": "u3def7da23z63p", "ben/secret": "uxjjyzr61tdsp4", "ben/open": "ubvxrw518kgvfa",
            "ben/young": "ug0rp2xj6hktab", "ben/old": "u6a7pkct51xcm7", "ben/open in niji6": "u14v52j2pg20sj",
            "cy": "uv565w307vnj6r", "nobody": "uk48w48470gcxm",
        ]
        for (name, reference) in references {
            #expect(world.store.reference(of: ReferenceWorld.profile(name)) == reference)
        }
        for user in ["ada", "ben"] {
            for profile in try world.store.profiles(of: user, includesArchived: true) {
                #expect(references.values.contains(profile.reference), "\(profile.name)")
            }
        }
    }
}

/// Words of 14 characters that begin with `u`.
private enum ProfileReferences {
    static func areNamed(in prompt: String) -> Bool {
        prompt.split(separator: " ").contains { $0.count == 14 && $0.hasPrefix("u") }
    }
}
