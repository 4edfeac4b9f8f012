import Foundation
import Hummingbird
import PersonalizationStore
import StoreHTTP
import Testing

@Suite struct ProvingTests {
    private static func withKey<Result: Sendable>(
        _ body: @escaping @Sendable (TestServer, VerifierKey) async throws -> Result
    ) async throws -> Result {
        let key = try SigningKey.random(forLog: "example.com/taste")
        return try await TestServer.run { configuration in
            try Store.adopt(key, ofStoreAt: configuration.store.path)
        } _: { server in
            try await body(server, key.verifierKey)
        }
    }

    @Test func `the key, a checkpoint and a code's proof convince who has nothing else`() async throws {
        try await Self.withKey { server, key in
            let code = try await server.mint(for: "ada")
            let named = try await server.ask(.get, "/v1/log/key", as: "ben").json
            #expect(named["key"]?.text == key.description)
            #expect(named["origin"]?.text == "example.com/taste")
            let reply = try await server.ask(.get, "/v1/log/checkpoint", as: "ben")
            #expect(reply.headers[.contentType] == "text/plain; charset=utf-8")
            let checkpoint = try SignedCheckpoint(parsing: reply.text, verifiedBy: key)
            #expect(try await server.ask(.get, "/v1/health").json["events"]?.whole == Int(checkpoint.size))
            let text = try await server.ask(.get, "/v1/codes/\(code)/proof", as: "ben").text
            let proof = try EventProof(parsing: text, verifiedBy: key)
            #expect(proof.version?.code.description == code)
            #expect(!text.contains("ada"))
            let stranger = try SigningKey.random(forLog: "example.com/taste").verifierKey
            #expect(throws: ProofError.self) { try EventProof(parsing: text, verifiedBy: stranger) }
            // The beginning of a code finds nothing: it might be somebody else's.
            let part = try await server.ask(.get, "/v1/codes/\(code.prefix(8))/proof", as: "ben")
            #expect(part.status == 400)
            #expect(!part.text.contains(code))
        }
    }

    @Test func `an event is proven to a service, and to whose it is`() async throws {
        try await Self.withKey { server, key in
            let receipts = try await server.ask(.post, "/v1/events", rank(1, by: "ada"), as: "ada").json
            let position = try #require(receipts.elements?.first?["position"]?.whole)
            for (path, user) in [
                ("/v1/events/\(position)/proof", nil), ("/v1/users/ada/spaces/v6/events/\(position)/proof", "ada"),
            ] {
                let proof = try EventProof(
                    parsing: try await server.ask(.get, path, as: user).text, verifiedBy: key)
                #expect(Int(proof.position.number) == position)
                #expect(proof.kind == .rank)
            }
            #expect(try await server.ask(.get, "/v1/events/\(position)/proof", as: "ada").status == 403)
            // Another's event, and one that is not there, look the same.
            try await server.ask(.post, "/v1/events", rank(1, by: "ben"), as: "ben")
            let others = try await server.ask(.get, "/v1/users/ben/spaces/v6/events/\(position)/proof", as: "ben")
            let missing = try await server.ask(.get, "/v1/users/ben/spaces/v6/events/999999/proof", as: "ben")
            #expect(others.status == 404)
            #expect(others.kind == "unknownEvent")
            #expect(others.text.replacing("\(position)", with: "999999") == missing.text)
            #expect(try await server.ask(.get, "/v1/events/999999/proof").kind == "unknownEvent")
        }
    }

    @Test func `what came later extends what was there, and nothing else does`() async throws {
        try await Self.withKey { server, key in
            _ = try await server.mint(for: "ada")
            let text = try await server.ask(.get, "/v1/log/checkpoint", as: "ben").text
            let earlier = try SignedCheckpoint(parsing: text, verifiedBy: key)
            _ = try await server.mint(for: "ben")
            let bySize = try await server.ask(.get, "/v1/log/consistency/\(earlier.size)", as: "ben")
            let byText = try await server.ask(.post, "/v1/log/consistency", text, as: "ben")
            for reply in [bySize, byText] {
                let proof = try ConsistencyProof(parsing: reply.text, verifiedBy: key)
                #expect(proof.proves(from: earlier))
                #expect(proof.checkpoint.size > earlier.size)
            }
            #expect(try await server.ask(.get, "/v1/log/consistency/0", as: "ben").status == 200)
            let ahead = try await server.ask(.get, "/v1/log/consistency/999999", as: "ben")
            #expect(ahead.status == 404)
            #expect(ahead.kind == "unknownEvent")
            let last = try await server.ask(.get, "/v1/log/consistency/\(Int.max)", as: "ben")
            #expect(last.status == 404)
            let changed = try await server.ask(
                .post, "/v1/log/consistency", text.replacing("\n\(earlier.size)\n", with: "\n1\n"), as: "ben")
            #expect(changed.status == 400)
            #expect(changed.kind == "proof")
            for body in ["", "nonsense", String(repeating: "x\n", count: 1000)] {
                #expect(try await server.ask(.post, "/v1/log/consistency", body, as: "ben").kind == "proof")
            }
        }
    }

    /// The key signs in the log's name what never was; only a log that was rewritten would disagree like this.
    @Test func `a checkpoint of another history is refused as what it is`() async throws {
        let key = try SigningKey.random(forLog: "example.com/taste")
        try await TestServer.run {
            try Store.adopt(key, ofStoreAt: $0.store.path)
        } _: { server in
            let forged = SignedCheckpoint(size: 3, root: SHA256Digest(hashing: [1, 2, 3]), signedBy: key)
            let reply = try await server.ask(.post, "/v1/log/consistency", forged.description, as: "ben")
            #expect(reply.status == 409)
            #expect(reply.kind == "rewritten")
            let long = SignedCheckpoint(size: 1 << 40, root: forged.root, signedBy: key)
            #expect(try await server.ask(.post, "/v1/log/consistency", long.description, as: "ben").kind == "rewritten")
            let other = SignedCheckpoint(
                size: 3, root: forged.root, signedBy: try SigningKey.random(forLog: "example.com/other"))
            #expect(try await server.ask(.post, "/v1/log/consistency", other.description, as: "ben").kind == "proof")
        }
    }

    @Test func `a key in a file of the operator's signs as well, and without any nothing is proven`() async throws {
        let key = try SigningKey.random(forLog: "example.com/apart")
        try await TestServer.run { configuration in
            let file = configuration.keyFile + ".signing"
            try SigningKeyFile.write(key, to: file)
            configuration.signingKey = file
        } _: { server in
            let text = try await server.ask(.get, "/v1/log/checkpoint", as: "ben").text
            _ = try SignedCheckpoint(parsing: text, verifiedBy: key.verifierKey)
        }
        try await TestServer.run { server in
            let code = try await server.mint(for: "ada")
            for path in ["log/key", "log/checkpoint", "log/consistency/1", "codes/\(code)/proof", "events/1/proof"] {
                let reply = try await server.ask(.get, "/v1/\(path)")
                #expect(reply.status == 404)
                #expect(reply.kind == "key")
                #expect(!reply.text.contains(server.folder.path))
            }
        }
    }

    @Test func `a store that the server makes has a key`() async throws {
        try await TestServer.run { configuration in
            configuration.store.path += "-new"
            configuration.store.createsWhenMissing = true
        } _: { server in
            let key = try VerifierKey(text: try #require(try await server.ask(.get, "/v1/log/key").json["key"]?.text))
            let text = try await server.ask(.get, "/v1/log/checkpoint").text
            #expect(try SignedCheckpoint(parsing: text, verifiedBy: key).size == 0)
        }
    }

    @Test func `an imported version is taken down and put back, and an own one is its owner's`() async throws {
        try await TestServer.run { server in
            let other = try Store.create(at: server.folder.appending(path: "other").path)
            try await other.defineSpace(
                "v6", models: ["6.1"], defaultModel: "6.1", images: try catalogue(), threshold: 3)
            let zoe = ProfileName(user: "zoe", space: "v6")
            for index in 1..<6 {
                _ = try await other.append(.rank(zoe, winner: imageNames[index], loser: imageNames[0]))
            }
            let code = try await other.currentVersion(of: zoe).code
            let bundle = try other.exportBundle(of: code)
            await other.close()
            let imported = try await server.client.execute(
                uri: "/v1/bundles", method: .post,
                headers: [.authorization: "Bearer \(TestServer.serviceToken)"], body: ByteBuffer(bytes: bundle))
            #expect(imported.status == .ok)
            let prompt = #"{"prompt":"x --p \#(code)","user":"ben"}"#
            #expect(try await server.ask(.post, "/v1/resolve", prompt, as: "ben").status == 200)
            #expect(try await server.ask(.post, "/v1/codes/\(code)/take-down", as: "ben").status == 403)
            #expect(try await server.ask(.post, "/v1/codes/\(code)/take-down").status == 200)
            #expect(try await server.ask(.post, "/v1/resolve", prompt, as: "ben").kind == "revokedCode")
            #expect(try await server.ask(.post, "/v1/codes/\(code)/put-back").status == 200)
            #expect(try await server.ask(.post, "/v1/resolve", prompt, as: "ben").status == 200)
            let own = try await server.mint(for: "ada")
            let refused = try await server.ask(.post, "/v1/codes/\(own)/take-down")
            #expect(refused.status == 422)
            #expect(refused.kind == "notImported")
            #expect(try await server.ask(.post, "/v1/codes/none/take-down").kind == "mistypedCode")
        }
    }
}
