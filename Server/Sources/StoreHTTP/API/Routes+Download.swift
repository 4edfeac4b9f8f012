internal import Hummingbird
internal import NIOCore
internal import PersonalizationStore

extension Routes {
    /// What the store knows about somebody, for that person.
    static let download = [
        Route(
            method: .get, path: "/v1/users/{user}/download", rule: .userOfPath,
            returns: Documents.object(
                [
                    "user": Documents.string("The user."),
                    "spaces": Documents.list(
                        Documents.object(
                            [
                                "space": Documents.string("The space."), "profile": Documents.string("The profile."),
                                "settings": Documents.settings, "progress": Documents.progress,
                                "codes": Documents.list(Documents.codeEntry),
                                "events": Documents.list(["type": "object"]),
                            ])),
                ]),
            summary:
                "Everything that is known about the user: in each space the settings, the progress, the codes and all "
                + "events of the interchange format, newest first.",
            pathParameters: [user], query: [profile]
        ) { call in
            let download = Download(call: call, profile: call.query("profile")?.text ?? ProfileName.defaultProfile)
            // What goes wrong with the first space still has a status of its own.
            let spaces = try call.store.spaces().map(\.name)
            let heads = try spaces.map { try download.head(of: $0) }
            var response = Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody { writer in
                    try await download.write(heads) { try await writer.write($0) }
                    try await writer.finish(nil)
                })
            response.headers[.contentDisposition] = "attachment; filename=\"taste.json\""
            return response
        }
    ]
}

/// Writes a user's document piece by piece: their events may be more than should be held at once.
private struct Download: Sendable {
    /// What stands before the events of a space.
    struct Head: Sendable {
        let profile: ProfileName
        let members: String
    }

    let call: Call
    let profile: String

    private var user: String { call.path("user") }

    func head(of space: String) throws -> Head {
        let name = ProfileName(user: user, space: space, profile: profile)
        let members = [
            "\"space\":" + (try Self.json(space)), "\"profile\":" + (try Self.json(profile)),
            "\"settings\":" + (try Self.json(Routes.document(call.store.settings(of: user, in: space)))),
            "\"progress\":" + (try Self.json(call.store.progress(of: name))),
            "\"codes\":" + (try Self.json(call.store.codes(of: name, limit: .max))),
        ]
        return Head(profile: name, members: members.joined(separator: ","))
    }

    func write(_ heads: [Head], _ write: (ByteBuffer) async throws -> Void) async throws {
        try await write(ByteBuffer(string: "{\"user\":\(try Self.json(user)),\"spaces\":["))
        for (index, head) in heads.enumerated() {
            try await write(ByteBuffer(string: (index > 0 ? ",{" : "{") + head.members + ",\"events\":["))
            var next: UInt32? = nil
            var isFirst = true
            while true {
                let events = try call.store.eventsBackward(of: head.profile, from: next, limit: 256)
                let text = events.map(\.interchangeJSON).joined(separator: ",")
                if !events.isEmpty { try await write(ByteBuffer(string: (isFirst ? "" : ",") + text)) }
                isFirst = false
                // Revisions are counted from 1, which opened the stream.
                guard events.count == 256, let last = events.last, last.revision > 1 else { break }
                next = last.revision - 1
            }
            try await write(ByteBuffer(string: "]}"))
        }
        try await write(ByteBuffer(string: "]}"))
    }

    private static func json(_ document: some Encodable) throws -> String {
        String(decoding: try Answer.encode(document), as: UTF8.self)
    }
}
