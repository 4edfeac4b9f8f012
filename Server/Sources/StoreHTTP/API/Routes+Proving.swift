internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// What the store signs, so that others can check that history was not changed. Texts are kept byte for byte.
    static let proving = [
        Route(
            method: .get, path: "/v1/log/key", rule: .reader,
            returns: Documents.object([
                "key": Documents.string("The verifier key."), "origin": Documents.string("The log's name."),
            ]),
            summary: "The verifier key of what the log signs. Get it from somebody you trust, not with a proof.",
            problems: [.notFound]
        ) { call in
            let key = try call.signingKey().verifierKey
            return Answer.json(["key": .string(key.description), "origin": .string(key.name)] as JSONValue)
        },
        Route(
            method: .get, path: "/v1/log/checkpoint", rule: .reader,
            summary: "A signed checkpoint (C2SP's tlog-checkpoint): how large the log is, and a hash over all of it.",
            answers: text, problems: [.notFound]
        ) { call in answer(try call.store.signedCheckpoint(signedBy: call.signingKey())) },
        Route(
            method: .get, path: "/v1/log/consistency/{size}", rule: .reader,
            summary: "A proof that the log begins with what it was at an earlier size, for whoever has kept the signed "
                + "checkpoint of that size.",
            pathParameters: [
                Route.Parameter(name: "size", schema: .whole(0...Int.max), about: "The earlier number of events.")
            ], answers: text, problems: [.notFound, .conflict]
        ) { call in
            let key = try call.signingKey()
            let head = try call.store.treeHead(size: UInt64(call.path("size")) ?? 0)
            let earlier = SignedCheckpoint(size: head.size, root: head.root, signedBy: key)
            return answer(try call.store.consistencyProof(from: earlier, signedBy: key))
        },
        Route(
            method: .post, path: "/v1/log/consistency", rule: .reader,
            summary:
                "A proof that the log still begins with all that a signed checkpoint is of, in the form that C2SP's "
                + "witnesses take; refused when it does not.",
            body: .bytes(["text/plain"], ["type": "string"]), bodyLimit: 1 << 16, answers: text,
            problems: [.notFound, .conflict]
        ) { call in
            let key = try call.signingKey()
            let earlier = try SignedCheckpoint(
                parsing: String(decoding: call.bytes, as: UTF8.self), verifiedBy: key.verifierKey)
            return answer(try call.store.consistencyProof(from: earlier, signedBy: key))
        },
        Route(
            method: .get, path: "/v1/codes/{code}/proof", rule: .reader,
            summary:
                "A proof that a code's version stands in the log (C2SP's tlog-proof). It shows the version and the "
                + "position of its profile, not whose it is.",
            pathParameters: [code], answers: text, problems: [.notFound]
        ) { call in
            // The whole code is needed: its beginning would find codes of others.
            let position = try call.version().mint.position
            return answer(try call.store.proof(ofEventAt: position, signedBy: call.signingKey()))
        },
        Route(
            method: .get, path: "/v1/events/{position}/proof", rule: .service,
            summary:
                "A proof that an event stands in the log. It shows all that was recorded of it, names as positions.",
            pathParameters: [position], answers: text, problems: [.notFound]
        ) { call in
            let position = try call.position(Int(call.path("position")) ?? 0)
            return answer(try call.store.proof(ofEventAt: position, signedBy: call.signingKey()))
        },
        Route(
            method: .get, path: ofSpace + "events/{position}/proof", rule: .userOfPath,
            summary: "A proof that one of the user's events stands in the log. It shows all that was recorded of it.",
            pathParameters: ofUser + [position], query: [profile], answers: text, problems: [.notFound]
        ) { call in
            let position = try call.position(Int(call.path("position")) ?? 0)
            let profile = try call.profile()
            // Another's event is told apart from none at all by nothing.
            guard let event = try call.store.events(from: position, limit: 1).first, event.position == position,
                event.profile == profile
            else {
                throw Problem(
                    .notFound, "unknownEvent",
                    "\(profile) has no event at position \(position); look it up in its events")
            }
            return answer(try call.store.proof(ofEventAt: position, signedBy: call.signingKey()))
        },
    ]

    private static let text = "text/plain"
    private static let position = Route.Parameter(
        name: "position", schema: .whole(1...Int.max), about: "The event's position in the log.")

    private static func answer(_ document: some CustomStringConvertible) -> Response {
        Answer.text(Array(document.description.utf8), text + "; charset=utf-8")
    }
}

extension Call {
    /// The key that signs checkpoints and proofs: of the file that the operator names, or the store's own.
    fileprivate func signingKey() throws -> SigningKey {
        if let file = server.configuration.signingKey { return try SigningKeyFile.read(at: file) }
        return try store.signingKey()
    }
}
