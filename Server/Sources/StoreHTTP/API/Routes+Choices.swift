internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// A user's choices and what they come to.
    static let choices = [
        Route(
            method: .get, path: ofSpace + "progress", rule: .userOfPath, returns: Documents.progress,
            summary: "How far it is to the first code.",
            pathParameters: ofUser, query: [profile], problems: [.notFound]
        ) { call in Answer.json(try call.store.progress(of: call.profile())) },
        Route(
            method: .get, path: ofSpace + "events", rule: .userOfPath,
            summary: "The user's events as lines of the interchange format, newest first.", pathParameters: ofUser,
            query: [
                profile, limit,
                Route.Parameter(
                    name: "fromVersion", schema: .whole(1...Int(UInt32.max)), about: "The revision to begin with."
                ),
            ], answers: "application/x-ndjson", problems: [.notFound]
        ) { call in
            let version = call.query("fromVersion")?.whole.flatMap { UInt32(exactly: $0) }
            return lines(
                of: try call.store.eventsBackward(
                    of: call.profile(), from: version, limit: call.query("limit")?.whole ?? 50))
        },
        Route(
            method: .post, path: ofSpace + "events/{position}/retract", rule: .userOfPath, returns: Documents.receipt,
            summary: "Takes a choice back: it counts no more.",
            pathParameters: ofUser + [
                Route.Parameter(
                    name: "position", schema: .whole(1...Int.max), about: "The choice's position in the log.")
            ], query: [profile],
            body: .json(.object([repeatID])),
            problems: [.notFound, .conflict, .unprocessableContent]
        ) { call in
            let position = try call.position(Int(call.path("position")) ?? 0)
            let profile = try call.profile()
            let id = try call.eventID()
            return Answer.json(
                try await call.writing { try await call.store.retract(position, of: profile, eventID: id) })
        },
        Route(
            method: .post, path: ofSpace + "reset", rule: .userOfPath, returns: Documents.receipt,
            summary: "Starts over: what was said before counts no more, and codes that were minted go on working.",
            pathParameters: ofUser, query: [profile], body: .json(.object([repeatID])),
            problems: [.notFound, .conflict, .unprocessableContent]
        ) { call in
            let profile = try call.profile()
            let id = try call.eventID()
            return Answer.json(try await call.writing { try await call.store.reset(profile, eventID: id) })
        },
        Route(
            method: .post, path: ofSpace + "adopt", rule: .userOfPath, returns: Documents.receipt,
            summary: "Begins with what the user's choices in another space amount to, so that nobody has to start over "
                + "with a new generation of models.",
            pathParameters: ofUser, query: [profile],
            body: .json(
                .object([
                    .member("fromSpace", .shortName, "The other space."),
                    .optional("fromProfile", .shortName, "The profile there; 'default' if left out."), repeatID,
                ])), problems: [.notFound, .conflict, .unprocessableContent]
        ) { call in
            let profile = try call.profile()
            let source = ProfileName(
                user: call.path("user"), space: call.body["fromSpace"]?.text ?? "",
                profile: call.body["fromProfile"]?.text ?? ProfileName.defaultProfile)
            let id = try call.eventID()
            return Answer.json(
                try await call.writing { try await call.store.adopt(source, into: profile, eventID: id) })
        },
        Route(
            method: .get, path: ofSpace + "pairs", rule: .userOfPath,
            returns: Documents.object([
                "pairs": Documents.list(
                    Documents.object([
                        "first": Documents.string("The image to show first."),
                        "second": Documents.string("The image to show second."),
                    ]))
            ]),
            summary:
                "The pairs of images whose answers would tell most, and every fourth one a random one; never one that "
                + "was ranked or skipped. Fewer than asked for when there are no more.",
            pathParameters: ofUser,
            query: [
                profile,
                Route.Parameter(
                    name: "count", schema: .whole(1...Store.pairLimit), about: "How many; 1 if left out."),
                Route.Parameter(
                    name: "from", schema: .array(of: .name, count: 1...64),
                    about: "The images to ask about, once each; the whole catalogue if left out."),
                Route.Parameter(
                    name: "seed", schema: .whole(0...Int.max),
                    about: "What candidates are drawn by: the same state and seed give the same pairs. 0 if left out."),
            ], problems: [.notFound]
        ) { call in
            let images = call.query("from")?.elements?.compactMap(\.text)
            let pairs = try call.store.pairs(
                for: call.profile(), count: call.query("count")?.whole ?? 1, from: images,
                seed: UInt64(call.query("seed")?.whole ?? 0))
            return Answer.json(["pairs": pairs])
        },
        Route(
            method: .get, path: ofSpace + "as-of", rule: .userOfPath,
            returns: Documents.object(
                [
                    "position": Documents.whole("Where in the log."),
                    "revision": Documents.whole("Where in the stream."),
                    "hash": Documents.string("The hash of its bytes."), "fold": Documents.string("The fold."),
                    "comparisons": Documents.whole("Comparisons."), "rankings": Documents.whole("Rankings."),
                    "likes": Documents.whole("Likes."), "gain": Documents.whole("Times 256."),
                    "confidence": Documents.whole("In thousandths."), "direction": Documents.list(["type": "integer"]),
                ], ["code": Documents.string("The code, when it was minted.")]),
            summary: "The user's taste as it was at a position, a time or a version of the stream.",
            pathParameters: ofUser,
            query: [
                profile,
                Route.Parameter(name: "position", schema: .whole(1...Int.max), about: "A position of the log."),
                Route.Parameter(name: "time", schema: .text(1...64), about: "A time in RFC 3339."),
                Route.Parameter(
                    name: "revision", schema: .whole(1...Int(UInt32.max)), about: "A version of the stream."),
            ], problems: [.notFound, .unprocessableContent], handle: asOf),
    ]

    static let repeatID = Schema.Member.optional(
        "eventID", .text(36...36), "A UUID that makes repeating it harmless.")

    static let ofSpace = "/v1/users/{user}/spaces/{space}/"

    private static let asOf: @Sendable (Call) async throws -> Response = { call in
        var moments: [PointInTime] = []
        if let number = call.query("position")?.whole { moments.append(.position(try call.position(number))) }
        if let number = call.query("revision")?.whole { moments.append(.revision(UInt32(clamping: number))) }
        if let text = call.query("time")?.text {
            guard let time = Timestamp(rfc3339: text) else {
                throw Problem.usage("'time' is not an RFC 3339 time, such as 2026-05-01T12:00:00Z; correct it")
            }
            moments.append(.time(time))
        }
        guard let moment = moments.first, moments.count == 1 else {
            throw Problem.usage("give one of 'position', 'time' and 'revision'")
        }
        let past = try call.store.taste(of: call.profile(), asOf: moment)
        var document: [String: JSONValue] = [
            "position": .integer(Int(past.position.number)), "revision": .integer(Int(past.revision)),
            "hash": .string(past.hash.description), "fold": .string(past.taste.foldID.description),
            "comparisons": .integer(Int(past.taste.comparisonCount)), "rankings": .integer(past.rankings),
            "likes": .integer(past.likes), "gain": .integer(Int(past.taste.gain)),
            "confidence": .integer(Int(past.taste.confidence)),
            "direction": .array(past.taste.direction.map { .integer(Int($0)) }),
        ]
        document["code"] = past.code.map { .string($0.description) }
        return Answer.json(JSONValue.object(document))
    }
}
