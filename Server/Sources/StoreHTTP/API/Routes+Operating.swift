internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// What operators ask.
    static let operating = [
        Route(
            method: .get, path: "/v1/health", rule: .open,
            returns: Documents.object(["status": ["const": "ok"], "events": Documents.whole("Events in the log.")]),
            summary: "Whether the store can be read, and whether the last write went well.",
            problems: [.serviceUnavailable]
        ) { call in
            let head = try call.store.head()
            if let complaint = call.server.health.complaint {
                throw Problem(
                    .serviceUnavailable, "storage",
                    "the store refuses to write: \(complaint); start the server again when the cause is mended")
            }
            return Answer.json(["status": "ok", "events": .integer(Int(head?.position.number ?? 0))] as JSONValue)
        },
        Route(
            method: .get, path: "/v1/metrics", rule: .service,
            summary: "The figures of server and store for Prometheus.",
            answers: "text/plain"
        ) { call in
            Answer.text(Array(call.server.metrics.text().utf8), "text/plain; version=0.0.4; charset=utf-8")
        },
        Route(
            method: .get, path: "/v1/me", rule: .signedIn,
            returns: Documents.object([
                "kind": ["enum": ["user", "service"]], "name": Documents.string("Whose it is."),
            ]), summary: "Who the token is of."
        ) { call in
            switch call.caller {
            case .user(let name): Answer.json(["kind": "user", "name": .string(name)] as JSONValue)
            case .service(let name): Answer.json(["kind": "service", "name": .string(name)] as JSONValue)
            case .nobody: throw Keyring.refusal("there is no token")
            }
        },
    ]
}
