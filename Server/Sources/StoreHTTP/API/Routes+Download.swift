internal import Hummingbird
internal import NIOCore
internal import PersonalizationStore

extension Routes {
    /// What the store knows about somebody, for that person.
    static let download = [
        Route(
            method: .get, path: "/v1/users/{user}/info", rule: .userOfPath, returns: Documents.userReport,
            summary:
                "What is known of the user, but for the events: profiles, what was said in them and what it amounts to, "
                + "codes, settings, shared references.",
            pathParameters: [user]
        ) { call in Answer.json(try call.store.report(of: call.path("user"))) },
        Route(
            method: .get, path: "/v1/users/{user}/download", rule: .userOfPath,
            returns: Documents.object(
                [
                    "user": Documents.string("The user."),
                    "profiles": Documents.list(
                        Documents.object(
                            Documents.reportedProfile.merging(["events": Documents.list(["type": "object"])]) { $1 },
                            ["progress": Documents.progress])),
                    "settings": Documents.list(Documents.spaceSettings),
                    "sharedReferences": Documents.list(Documents.string("A reference that works for others.")),
                    "images": Documents.list(
                        Documents.object([
                            "space": Documents.string("The space."),
                            "image": Documents.string("An image that the user made."),
                        ])),
                ], ["erasureDue": Documents.time]),
            summary:
                "Everything that is known about the user: the report, for each profile all events of the interchange format, "
                + "newest first, and the images that the user made.",
            pathParameters: [user]
        ) { call in
            // What goes wrong before the first byte still has a status of its own.
            let download = try await Download(of: call.path("user"), call)
            var response = Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody { writer in
                    try await download.write { try await writer.write($0) }
                    try await writer.finish(nil)
                })
            response.headers[.contentDisposition] = "attachment; filename=\"taste.json\""
            return response
        },
    ]
}

/// Writes a user's document piece by piece: their events may be more than should be held at once.
private struct Download: Sendable {
    private let store: Store
    private let report: UserReport
    private let images: [JSONValue]
    private let erasureDue: Timestamp?

    init(of user: String, _ call: Call) async throws {
        store = call.store
        report = try store.report(of: user)
        var images: [JSONValue] = []
        for space in try store.spaces() {
            for image in try await call.server.catalogues.images(of: space.name, in: store)
            where image.author.map({ $0.utf8.elementsEqual(user.utf8) }) ?? false {
                images.append(["space": .string(space.name), "image": .string(image.id)])
            }
        }
        self.images = images
        erasureDue = try store.scheduledErasures().first { $0.user.utf8.elementsEqual(user.utf8) }?.due
    }

    func write(_ write: (ByteBuffer) async throws -> Void) async throws {
        try await write(ByteBuffer(string: "{\"user\":\(try Self.json(report.user)),\"profiles\":["))
        for (index, profile) in report.profiles.enumerated() {
            // The profile's document stays open, for its events.
            try await write(ByteBuffer(string: (index > 0 ? "," : "") + (try Self.json(profile).dropLast())))
            try await write(ByteBuffer(string: ",\"events\":["))
            try await writeEvents(of: profile.summary.name, write)
            try await write(ByteBuffer(string: "]}"))
        }
        let due = try erasureDue.map { ",\"erasureDue\":" + (try Self.json($0.rfc3339)) } ?? ""
        let rest = [
            "\"settings\":" + (try Self.json(report.settings)),
            "\"sharedReferences\":" + (try Self.json(report.sharedReferences)),
            "\"images\":" + (try Self.json(images)),
        ]
        try await write(ByteBuffer(string: "]," + rest.joined(separator: ",") + due + "}"))
    }

    private func writeEvents(of profile: ProfileName, _ write: (ByteBuffer) async throws -> Void) async throws {
        var next: UInt32? = nil
        while true {
            let events = try store.eventsBackward(of: profile, from: next, limit: 256)
            let text = events.map(\.interchangeJSON).joined(separator: ",")
            if !events.isEmpty { try await write(ByteBuffer(string: (next == nil ? "" : ",") + text)) }
            // Revisions are counted from 1, which opened the stream.
            guard events.count == 256, let last = events.last, last.revision > 1 else { return }
            next = last.revision - 1
        }
    }

    private static func json(_ document: some Encodable) throws -> String {
        String(decoding: try Answer.encode(document), as: UTF8.self)
    }
}
