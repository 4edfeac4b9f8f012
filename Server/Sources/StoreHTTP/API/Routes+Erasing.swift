internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// Forgetting people: now, or after a time in which it can be taken back.
    static let erasing = [
        Route(
            method: .get, path: ofErasure, rule: .userOfPath,
            returns: Documents.object(
                ["user": Documents.string("The user."), "graceSeconds": grace], ["due": Documents.time]),
            summary: "When the user is to be erased; no 'due' when nobody asked for it.", pathParameters: [user]
        ) { call in
            let user = call.path("user")
            let entry = try call.store.scheduledErasures().first { $0.user.utf8.elementsEqual(user.utf8) }
            return Answer.json(ErasurePlan(user: user, graceSeconds: call.graceSeconds, due: entry?.due))
        },
        Route(
            method: .put, path: ofErasure, rule: .userOfPath,
            returns: Documents.object(
                ["user": Documents.string("The user."), "graceSeconds": grace, "due": Documents.time],
                ["report": Documents.erasureReport]),
            summary:
                "Has the user erased after a time; until then they take no part, and it can be taken back. After no time at "
                + "all it is done at once, and the answer has a report.",
            pathParameters: [user],
            body: .json(
                .object([
                    .optional(
                        "after", .whole(0...3_153_600_000),
                        "In so many seconds: a user has 'graceSeconds' at least, which it is if left out.")
                ])), problems: [.notFound]
        ) { call in
            let user = call.path("user")
            let delay = call.body["after"]?.whole ?? call.graceSeconds
            if case .user = call.caller, delay < call.graceSeconds {
                throw Problem(
                    .forbidden, "forbidden",
                    "users are erased after \(call.graceSeconds) s at the earliest; leave out 'after', or use a service token"
                )
            }
            let due = Timestamp(microseconds: Timestamp.systemNow().microseconds + Int64(delay) * 1_000_000)
            var plan = ErasurePlan(user: user, graceSeconds: call.graceSeconds, due: due)
            if delay == 0 {
                plan.report = try await call.writing { try await call.server.eraser.erase(user) }
            } else {
                _ = try await call.writing { try await call.server.eraser.schedule(user, at: due) }
            }
            return Answer.json(plan)
        },
        Route(
            method: .delete, path: ofErasure, rule: .userOfPath, returns: Documents.receipt,
            summary: "Takes back that the user is to be erased: everything is as it was.", pathParameters: [user],
            problems: [.notFound]
        ) { call in Answer.json(try await call.writing { try await call.store.cancelErasure(of: call.path("user")) }) },
        Route(
            method: .post, path: "/v1/users/{user}/erase", rule: .service, returns: Documents.erasureReport,
            summary:
                "Erases the user now, for ever: profiles, codes, settings, events, labels. Nothing brings it back.",
            pathParameters: [user], problems: [.notFound]
        ) { call in Answer.json(try await call.writing { try await call.server.eraser.erase(call.path("user")) }) },
        Route(
            method: .get, path: "/v1/erasures", rule: .service,
            returns: Documents.object([
                "scheduled": Documents.list(
                    Documents.object(["user": Documents.string("The user."), "due": Documents.time])),
                "erased": Documents.list(
                    Documents.object([
                        "position": Documents.whole("The event."), "recordedAt": Documents.time,
                        "person": Documents.hash,
                        "streams": Documents.whole("The person's streams."),
                        "otherRecords": Documents.whole("Other records of which a part was the person's."),
                        "finished": Documents.flag("Whether everything was overwritten."),
                    ])),
            ]),
            summary:
                "Who is to be erased, and the ledger of who was, without names: what 'storectl erase --ledger' reads."
        ) { call in
            Answer.json(ErasureList(scheduled: try call.store.scheduledErasures(), erased: try call.store.erasures()))
        },
        Route(
            method: .post, path: "/v1/erasures/due", rule: .service, returns: Documents.erasureReport,
            summary: "Erases everybody whose time has come, and goes on with erasures that were not finished."
        ) { call in Answer.json(try await call.writing { try await call.server.eraser.eraseDue() }) },
    ]

    private static let ofErasure = "/v1/users/{user}/erasure"
    private static let grace = Documents.whole("How long a user can take it back, in seconds; 0 for not at all.")
}

extension Call {
    fileprivate var graceSeconds: Int { server.configuration.erasureGraceDays * 86_400 }
}

/// What is planned with a user.
private struct ErasurePlan: Encodable {
    let user: String
    let graceSeconds: Int
    let due: Timestamp?
    var report: ErasureReport?

    private enum Field: CodingKey { case user, graceSeconds, due, report }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(user, forKey: .user)
        try object.encode(graceSeconds, forKey: .graceSeconds)
        try object.encodeIfPresent(due?.rfc3339, forKey: .due)
        try object.encodeIfPresent(report, forKey: .report)
    }
}

private struct ErasureList: Encodable {
    let scheduled: [ScheduledErasure]
    let erased: [ErasureEntry]
}
