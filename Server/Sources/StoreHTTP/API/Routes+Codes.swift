internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// Codes as whoever was given one sees them, and what only their owner sees.
    static let codes = [
        Route(
            method: .get, path: "/v1/codes/{code}", rule: .reader, returns: Documents.version,
            summary: "The version that a code stands for.",
            pathParameters: [code], problems: [.notFound]
        ) { call in Answer.json(try call.version()) },
        Route(
            method: .get, path: "/v1/codes/{code}/pictures", rule: .reader,
            returns: Documents.object([
                "code": Documents.string("The code."), "space": Documents.string("The space."),
                "confidenceInWords": Documents.string("The confidence in words."),
                "most": Documents.list(Documents.scoredImage), "least": Documents.list(Documents.scoredImage),
            ]),
            summary: "The catalogue's images that a code likes most and least.", pathParameters: [code],
            query: [imageCount], problems: [.notFound]
        ) { call in
            let explanation = try call.store.explain(
                call.version().code, imageCount: call.query("images")?.whole ?? 6)
            return Answer.json(
                [
                    "code": .string(explanation.version.code.description), "space": .string(explanation.version.space),
                    "confidenceInWords": .string(explanation.confidenceInWords),
                    "most": .array(explanation.nearest.map(document)),
                    "least": .array(explanation.farthest.map(document)),
                ] as JSONValue)
        },
        Route(
            method: .get, path: "/v1/codes/{code}/explain", rule: .ownerOfCode, returns: Documents.explanation,
            summary: "Why a code is as it is: the choices that carry it, and those that it contradicts.",
            pathParameters: [code], query: [imageCount, limit], problems: [.notFound, .unprocessableContent]
        ) { call in
            let explanation = try call.store.explain(
                call.version().code, imageCount: call.query("images")?.whole ?? 6)
            return Answer.json(explanation.limited(toChoices: call.query("limit")?.whole ?? 10))
        },
        Route(
            method: .get, path: "/v1/codes/{code}/stability", rule: .ownerOfCode,
            returns: Documents.object([:], ["stability": Documents.whole("In thousandths.")]),
            summary:
                "How settled a code was when it was minted: on how many of 1,000 choices a quarter more ranking would "
                + "not change it. Missing below 5 comparisons, and of an imported code.",
            pathParameters: [code], problems: [.notFound, .unprocessableContent]
        ) { call in
            var document: [String: JSONValue] = [:]
            document["stability"] = try call.store.stability(of: call.version()).map { .integer($0) }
            return Answer.json(JSONValue.object(document))
        },
        Route(
            method: .get, path: "/v1/codes/{code}/diff/{other}", rule: .reader,
            returns: Documents.object(
                [
                    "first": Documents.string("The code compared from."),
                    "second": Documents.string("The code compared to."),
                    "cosine": Documents.number("Of the angle between them: 1 the same, 0 unrelated."),
                    "gainChange": Documents.number("In logits per unit cosine."),
                    "confidenceChange": ["type": "integer"], "moved": Documents.list(Documents.scoredImage),
                ],
                [
                    "eventCount": Documents.whole("Events between the two."),
                    "events": Documents.list(["type": "integer"]),
                ]),
            summary: "How two codes of one space differ. The events between them are shown to their owner only.",
            pathParameters: [code, Route.Parameter(name: "other", schema: .code, about: "The code compared to.")],
            query: [imageCount], problems: [.notFound, .unprocessableContent]
        ) { call in
            let first = try call.version()
            let difference = try call.store.difference(
                first.code, Call.code(call.path("other")), imageCount: call.query("images")?.whole ?? 6)
            var document: [String: JSONValue] = [
                "first": .string(difference.first.code.description),
                "second": .string(difference.second.code.description),
                "cosine": .number(difference.cosine), "gainChange": .number(difference.gainChange),
                "confidenceChange": .integer(difference.confidenceChange),
                "moved": .array(difference.moved.map { Routes.document($0) }),
            ]
            let owner = try call.store.owner(of: first)?.user
            if let owner, call.caller.mayAct(for: owner) {
                document["eventCount"] = .integer(difference.events.count)
                document["events"] = .array(difference.events.prefix(100).map { .integer(Int($0.position.number)) })
            }
            return Answer.json(JSONValue.object(document))
        },
        Route(
            method: .get, path: "/v1/codes/{code}/bundle", rule: .reader, returns: Documents.bytes,
            summary: "The code as a file that another store can import.", pathParameters: [code],
            answers: "application/octet-stream", problems: [.notFound, .gone]
        ) { call in
            Answer.text(try call.store.exportBundle(of: call.version().code), "application/octet-stream")
        },
        Route(
            method: .post, path: "/v1/bundles", rule: .service, returns: Documents.version,
            summary: "Imports a code from a bundle, which says itself whether it is whole.",
            body: .bytes(["application/octet-stream"], ["type": "string", "format": "binary"]),
            problems: [.unprocessableContent]
        ) { call in
            let bytes = call.bytes
            return Answer.json(try await call.writing { try await call.store.importBundle(bytes) })
        },
        Route(
            method: .post, path: "/v1/codes/{code}/take-down", rule: .service, returns: Documents.receipt,
            summary:
                "Makes an imported version unusable in prompts, for everybody, from now on. Owners revoke their own.",
            pathParameters: [code], problems: [.notFound, .unprocessableContent]
        ) { call in Answer.json(try await call.writing { try await call.store.takeDown(call.code()) }) },
        Route(
            method: .post, path: "/v1/codes/{code}/put-back", rule: .service, returns: Documents.receipt,
            summary: "Makes a version that was taken down usable again.",
            pathParameters: [code], problems: [.notFound, .unprocessableContent]
        ) { call in Answer.json(try await call.writing { try await call.store.putBack(call.code()) }) },
    ]
}
