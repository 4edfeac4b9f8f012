internal import Hummingbird
internal import PersonalizationStore
internal import TasteCharts

extension Routes {
    /// A user's choices and what they come to.
    static let profiles = [
        Route(
            method: .get, path: ofSpace + "progress", rule: .userOfPath, summary: "How far it is to the first code.",
            pathParameters: ofUser, query: [profile], problems: [.notFound]
        ) { call in
            let progress = try call.store.progress(of: call.profile())
            return Answer.json(
                [
                    "have": .integer(progress.have), "need": .integer(progress.need),
                    "rankings": .integer(progress.rankings), "likes": .integer(progress.likes),
                    "ready": .bool(progress.isReady),
                ] as JSONValue)
        },
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
            method: .post, path: ofSpace + "events/{position}/retract", rule: .userOfPath,
            summary: "Takes a choice back: it counts no more.",
            pathParameters: ofUser + [
                Route.Parameter(
                    name: "position", schema: .whole(1...Int.max), about: "The choice's position in the log.")
            ], query: [profile],
            body: .json(.object([.optional("eventID", .text(36...36), "A UUID that makes repeating it harmless.")])),
            problems: [.notFound, .conflict, .unprocessableContent]
        ) { call in
            let position = try call.position(Int(call.path("position")) ?? 0)
            let profile = try call.profile()
            let id = try call.eventID()
            return Answer.json(
                try await call.writing { try await call.store.retract(position, of: profile, eventID: id) })
        },
        Route(
            method: .get, path: ofSpace + "pairs", rule: .userOfPath,
            summary: "Pairs of images to rank: drawn at random among those that the user has not ranked yet.",
            pathParameters: ofUser,
            query: [
                profile, Route.Parameter(name: "count", schema: .whole(1...50), about: "How many; 1 if left out."),
            ], problems: [.notFound], handle: pairs),
        Route(
            method: .get, path: ofSpace + "as-of", rule: .userOfPath,
            summary: "The user's taste as it was at a position, a time or a version of the stream.",
            pathParameters: ofUser,
            query: [
                profile,
                Route.Parameter(name: "position", schema: .whole(1...Int.max), about: "A position of the log."),
                Route.Parameter(name: "time", schema: .text(1...64), about: "A time in RFC 3339."),
                Route.Parameter(
                    name: "revision", schema: .whole(1...Int(UInt32.max)), about: "A version of the stream."),
            ], problems: [.notFound, .unprocessableContent], handle: asOf),
        Route(
            method: .get, path: ofSpace + "timeline.svg", rule: .userOfPath,
            summary: "A picture of how the user's taste moved.", pathParameters: ofUser, query: [profile],
            answers: "image/svg+xml", problems: [.notFound]
        ) { call in
            let name = try call.profile()
            let listed = Array(try call.store.codes(of: name, limit: 500).reversed())
            let entries = listed.indices.map { index in
                entry(listed[index], first: listed[0], previous: index > 0 ? listed[index - 1] : nil)
            }
            return picture(TimelineChart(title: "The taste of \(name)", entries: entries).svg)
        },
        Route(
            method: .get, path: ofSpace + "map.svg", rule: .userOfPath,
            summary: "A picture of the user's codes among the images of the space.", pathParameters: ofUser,
            query: [profile], answers: "image/svg+xml", problems: [.notFound]
        ) { call in
            var seen: Set<String> = []
            let versions = try call.store.codes(of: call.profile(), limit: 500).map(\.version)
                .filter { seen.insert($0.code).inserted }
            let images = try await call.server.catalogues.images(of: call.path("space"), in: call.store)
            return picture(
                TasteMap(
                    title: "Tastes in \(call.path("space"))",
                    codes: versions.map {
                        TasteMap.Code(code: $0.code, label: $0.label, direction: $0.taste.direction)
                    },
                    images: images.map { TasteMap.Image(id: $0.id, embedding: $0.embedding.components) }
                ).svg)
        },
    ]

    private static let ofSpace = "/v1/users/{user}/spaces/{space}/"

    private static func picture(_ svg: String) -> Response {
        var response = Answer.text(Array(svg.utf8), "image/svg+xml")
        // A chart has its style in it and nothing else.
        for field in SecurityHeaders.policyOfPictures { response.headers[field.name] = field.value }
        return response
    }

    private static let pairs: @Sendable (Call) async throws -> Response = { call in
        let name = try call.profile()
        let images = try await call.server.catalogues.images(of: name.space, in: call.store)
            .filter { $0.author.map { !$0.utf8.elementsEqual(name.user.utf8) } ?? true }
        var seen: Set<Set<String>> = []
        for event in try call.store.eventsBackward(of: name, limit: 10_000) {
            if case .rank(_, let winner, let loser) = event.content { seen.insert([winner, loser]) }
        }
        var pairs: [JSONValue] = []
        let wanted = call.query("count")?.whole ?? 1
        // Random draws find what is left quickly until hardly anything is; then fewer pairs than asked for are given.
        for _ in 0..<(100 * wanted) where pairs.count < wanted && images.count > 1 {
            let first = images[Int.random(in: images.indices)].id
            let second = images[Int.random(in: images.indices)].id
            guard first != second, seen.insert([first, second]).inserted else { continue }
            pairs.append([.string(first), .string(second)])
        }
        return Answer.json(["pairs": .array(pairs)] as JSONValue)
    }

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
        document["code"] = past.code.map { .string($0) }
        return Answer.json(JSONValue.object(document))
    }

    private static func entry(
        _ listed: CodeListEntry, first: CodeListEntry, previous: CodeListEntry?
    ) -> TimelineChart.Entry {
        let taste = listed.version.taste
        let time = listed.recordedAt.rfc3339
        return TimelineChart.Entry(
            code: listed.version.code, label: listed.version.label, microseconds: listed.recordedAt.microseconds,
            timeText: time.prefix(10) + " " + time.dropFirst(11).prefix(8) + " UTC",
            comparisons: Int(taste.comparisonCount), confidence: Int(taste.confidence),
            cosineToFirst: taste.cosine(to: first.version.taste),
            cosineToPrevious: previous.map { taste.cosine(to: $0.version.taste) },
            isRevoked: listed.version.isRevoked)
    }
}
