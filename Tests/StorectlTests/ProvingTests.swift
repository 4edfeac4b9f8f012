import Foundation
import Testing

/// Signed checkpoints and proofs at the command line.
@Suite struct ProvingTests {
    private let storectl: Storectl
    private let code: String
    private let key: String

    init() throws {
        storectl = try Storectl.withSpaces()
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        code = try storectl.code(user: "ada")
        key = try storectl.run("key").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func path(_ name: String) -> String { storectl.folder.appending(path: name).path }

    @Test func `a proof of a code is checked without the store`() throws {
        try storectl.run("prove", code, "--output", path("code.proof"))
        try FileManager.default.removeItem(atPath: storectl.store)
        let checked = try storectl.json("check-proof", path("code.proof"), "--key", key, "--code", code)
        #expect(checked["code"].text == code && checked["kind"].text == "versionMinted")
        #expect(try storectl.refused("check-proof", path("code.proof"), "--key", key, "--code", "x").contains(code))
    }

    @Test func `one changed byte makes a proof worthless`() throws {
        let proof = Array(try storectl.run("prove", code).utf8)
        for index in stride(from: 0, to: proof.count, by: 37) {
            var changed = proof
            changed[index] ^= 1
            let file = try storectl.file("changed", Data(changed))
            let outcome = try storectl.run(["check-proof", file, "--key", key])
            #expect(outcome.status == 1, "byte \(index)")
        }
    }

    @Test func `a proof of an event shows it alone`() throws {
        let head = try storectl.json("stats")["events"].number
        for position in [1, 2, Int(head)] {
            let file = path("event-\(position)")
            try storectl.run("prove", "--event", "\(position)", "--output", file)
            #expect(try storectl.json("check-proof", file, "--key", key)["position"].number == Double(position))
        }
        #expect(try storectl.refused("prove", "--event", "\(Int(head) + 1)").contains("no event"))
        let text = try storectl.run("prove", code)
        #expect(!text.contains("ada") && !text.contains(Data("ada".utf8).base64EncodedString()))
    }

    @Test func `appending is no rewriting, and is proven to be none`() throws {
        try storectl.run("checkpoint", "--output", path("before"))
        try storectl.importLines(SmallWorld.rankings(of: "ben", liking: 3, pairs: 0..<30))
        try storectl.run("prove", "--from", path("before"), "--output", path("since"))
        try storectl.run("check-proof", path("since"), "--key", key, "--from", path("before"))
        try storectl.run("verify", "--since", path("before"))
        try storectl.run("verify", "--since", path("before"), "--verifier-key", key)
        // Backwards it proves nothing.
        try storectl.run("checkpoint", "--output", path("after"))
        try storectl.refused("check-proof", path("since"), "--key", key, "--from", path("after"))
    }

    @Test func `another history with the same key is found`() throws {
        try storectl.run("checkpoint", "--output", path("before"))
        let other = try Storectl.withSpaces()
        try other.importLines(SmallWorld.rankings(of: "ada", liking: 1, pairs: 0..<60))
        let own = other.store + "/signing.key"
        try FileManager.default.removeItem(atPath: own)
        try other.run("key", "--import", storectl.store + "/signing.key")
        try other.run("verify")
        let outcome = try other.run(["verify", "--since", path("before"), "--json"])
        #expect(outcome.status == 1)
        #expect(try JSON(parsing: outcome.output)["findings"][0].text.contains("history was rewritten"))
        #expect(try other.refused("prove", "--from", path("before")).contains("history was rewritten"))
    }

    @Test func `a key can be kept outside, and is nobody else's to read`() throws {
        let outside = path("outside.key")
        let store = path("second")
        let made = try storectl.json("init", "--store", store, "--key", outside, "--origin", "example.com/taste")
        #expect(made["verifierKey"].text.hasPrefix("example.com/taste+"))
        #expect(!FileManager.default.fileExists(atPath: store + "/signing.key"))
        for file in [outside, storectl.store + "/signing.key"] {
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(try storectl.refused("checkpoint", "--store", store).contains("no signing key"))
        let text = try storectl.run("checkpoint", "--store", store, "--key", outside)
        #expect(text.hasPrefix("example.com/taste\n0\n"))
        #expect(try storectl.refused("key", "--make", status: 3).contains("never replaced"))
        #expect(try storectl.refused("key", "--key", path("nothing"), status: 3).contains("there is none"))
    }

    @Test func `what is no checkpoint or proof is refused with a reason`() throws {
        for text in ["", "x", "c2sp.org/tlog-proof@v1\nindex 0\n\n"] {
            let file = try storectl.file("bad", text)
            try storectl.refused("check-proof", file, "--key", key)
            try storectl.refused("prove", "--from", file)
        }
        try storectl.refused("check-proof", try storectl.file("bad", "x"), "--key", "none", status: 2)
    }
}
