internal import Hummingbird
internal import NIOCore
internal import PersonalizationStore

extension Routes {
    /// Events in and out.
    static func events(_ configuration: ServerConfiguration) -> [Route] {
        [
            Route(
                method: .post, path: "/v1/events", rule: .usersOfEvents, returns: Documents.receipts,
                summary: "Appends an event, an array of events, or JSON Lines: all of them or none. An event with an "
                    + "eventID that is in the log already is not written again.",
                query: [
                    Route.Parameter(name: "space", schema: .shortName, about: "The space of events that name none.")
                ],
                body: .bytes(["application/json", "application/x-ndjson", "application/jsonl"], eventsSchema),
                bodyLimit: configuration.limits.bodyByteCount, problems: [.conflict, .unprocessableContent]
            ) { call in
                let events = try NewEvent.list(
                    interchangeJSON: asListOrLines(call.bytes), defaultSpace: call.query("space")?.text)
                if events.isEmpty { throw Problem.usage("the body has no events; send some") }
                try requireOwn(events, call)
                return Answer.json(try await call.append(events))
            },
            Route(
                method: .post, path: "/v1/events/lines", rule: .service,
                summary:
                    "Appends events as their lines come, and answers a receipt a line as they become durable. At a "
                    + "bad line it stops with a problem as the last line; what has a receipt is stored.",
                query: [
                    Route.Parameter(name: "space", schema: .shortName, about: "The space of events that name none.")
                ],
                body: .stream("application/x-ndjson"), answers: "application/x-ndjson", isStream: true
            ) { call in
                let lines = LineAppender(call: call, longestLine: configuration.limits.bodyByteCount)
                return Response(
                    status: .ok, headers: [.contentType: "application/x-ndjson"],
                    body: ResponseBody { writer in
                        try await lines.run { try await writer.write($0) }
                        try await writer.finish(nil)
                    })
            },
            Route(
                method: .get, path: "/v1/events", rule: .service,
                summary: "Events of the whole log as lines of the interchange format, oldest first.",
                query: [
                    Route.Parameter(
                        name: "from", schema: .whole(1...Int.max), about: "The first position; 1 if left out."),
                    limit,
                ], answers: "application/x-ndjson"
            ) { call in
                let from = try call.position(call.query("from")?.whole ?? 1)
                let events = try call.store.events(from: from, limit: call.query("limit")?.whole ?? 100)
                return lines(of: events)
            },
        ]
    }

    /// One event written over several lines is an array of one; everything else is as it should be.
    private static func asListOrLines(_ bytes: [UInt8]) -> [UInt8] {
        let newline = UInt8(ascii: "\n")
        guard bytes.first(where: { !$0.isSpace }) == UInt8(ascii: "{"),
            bytes.drop(while: \.isSpace).contains(newline), (try? JSONParser.parse(bytes)) != nil
        else { return bytes }
        return [UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")]
    }

    /// Users may only make choices, and only their own; images and the like are a service's.
    static func requireOwn(_ events: [NewEvent], _ call: Call) throws {
        for event in events {
            guard let user = event.profile?.user else {
                if case .service = call.caller { continue }
                throw Problem(.forbidden, "forbidden", "only a service can register images; use a service token")
            }
            try call.requireUser(user)
        }
    }

    /// Events as lines.
    static func lines(of events: [StoredEvent]) -> Response {
        Answer.text(Array(events.map { $0.interchangeJSON + "\n" }.joined().utf8), "application/x-ndjson")
    }

    private static let eventsSchema: JSONValue = {
        let name: JSONValue = ["type": "string", "minLength": 1, "maxLength": 255]
        let shortName: JSONValue = ["type": "string", "minLength": 1, "maxLength": 128]
        func names(_ count: ClosedRange<Int>) -> JSONValue {
            [
                "type": "array", "items": name, "minItems": .integer(count.lowerBound),
                "maxItems": .integer(count.upperBound), "uniqueItems": true,
            ]
        }
        func event(_ kinds: [JSONValue], _ more: [String: JSONValue], _ required: [JSONValue]) -> JSONValue {
            var properties: [String: JSONValue] = [
                "kind": ["enum": .array(kinds)], "space": shortName, "profile": shortName, "user": name,
                "eventID": ["type": "string", "format": "uuid"],
                "at": ["oneOf": [["type": "string", "format": "date-time"], ["type": "integer"]]],
            ]
            properties.merge(more) { $1 }
            return ["type": "object", "properties": .object(properties), "required": .array(["kind"] + required)]
        }
        let one: JSONValue = [
            "oneOf": [
                event(["rank"], ["winner": name, "loser": name], ["user", "winner", "loser"]),
                event(["like", "unlike"], ["image": name], ["user", "image"]),
                event(["pick"], ["chosen": names(1...15), "shown": names(2...16)], ["user", "chosen", "shown"]),
                event(["skip"], ["shown": names(2...16)], ["user", "shown"]),
                event(
                    ["image"],
                    [
                        "id": name, "author": name,
                        "embedding": ["type": "array", "items": ["type": "number"], "minItems": 1],
                    ], ["id", "embedding"]),
            ]
        ]
        return ["oneOf": [one, ["type": "array", "items": one, "minItems": 1]]]
    }()
}

/// Appends lines as they come.
private struct LineAppender: Sendable {
    let call: Call
    let longestLine: Int

    /// Reads to the body's end or to the first bad line, and writes what became of it.
    func run(_ write: (ByteBuffer) async throws -> Void) async throws {
        var pending: [UInt8] = []
        var lineCount = 0
        do {
            for try await buffer in call.request.body {
                pending.append(contentsOf: buffer.readableBytesView)
                if let end = pending.lastIndex(of: UInt8(ascii: "\n")) {
                    let whole = Array(pending[...end])
                    pending.removeSubrange(...end)
                    try await write(try await append(whole, after: &lineCount))
                }
                guard pending.count <= longestLine else {
                    throw Problem(
                        .contentTooLarge, "tooLarge", "line \(lineCount + 1) is longer than \(longestLine) bytes")
                }
            }
            // After a shutdown the rest may be the beginning of a line only.
            try Task.checkCancellation()
            if !pending.isEmpty { try await write(try await append(pending, after: &lineCount)) }
        } catch {
            try await write(Self.line(Problem(error).document))
        }
    }

    private func append(_ lines: [UInt8], after lineCount: inout Int) async throws -> ByteBuffer {
        let events: [NewEvent]
        do {
            events = try NewEvent.list(interchangeJSON: lines, defaultSpace: call.query("space")?.text)
        } catch {
            throw Problem(error.fault, line: lineCount + error.line)
        }
        lineCount += lines.count { $0 == UInt8(ascii: "\n") }
        var answer = ByteBuffer()
        for receipt in events.isEmpty ? [] : try await call.append(events) {
            answer.writeImmutableBuffer(Self.line(receipt))
        }
        return answer
    }

    private static func line(_ document: some Encodable) -> ByteBuffer {
        var line = ByteBuffer()
        if let data = try? Answer.encode(document) { line.writeBytes(data) }
        line.writeInteger(UInt8(ascii: "\n"))
        return line
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
