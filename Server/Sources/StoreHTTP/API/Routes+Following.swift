internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PersonalizationStore
internal import ServiceLifecycle

extension Routes {
    /// Following the log as it grows.
    static let following = [
        Route(
            method: .get, path: "/v1/follow", rule: .service,
            summary: "The log as server-sent events, and what is appended to it as it is. Each event's id is its "
                + "position; with Last-Event-ID, or after, it goes on behind that one.",
            query: [
                Route.Parameter(
                    name: "after", schema: .whole(0...Int.max), about: "The position to go on behind; 0 if left out.")
            ], answers: "text/event-stream", isStream: true
        ) { call in
            var after = call.query("after")?.whole ?? 0
            if let name = HTTPField.Name("Last-Event-ID"), let text = call.request.headers[name] {
                guard let number = Int(text), number >= 0 else {
                    throw Problem.usage("'Last-Event-ID' is not a position; send the id of an event, or leave it out")
                }
                after = number
            }
            guard after < Int.max else {
                throw Problem.usage("there is nothing behind this position; send a smaller one")
            }
            let start = try call.position(after + 1)
            let store = call.store
            return Response(
                status: .ok, headers: [.contentType: "text/event-stream"],
                body: ResponseBody { writer in
                    do {
                        var follower = Follower(store: store, next: start)
                        try await follower.run { try await writer.write($0) }
                    } catch is StoreError {
                        // The response has begun, so all that can be said is that it ends; the client asks again.
                    }
                    try await writer.finish(nil)
                })
        }
    ]
}

/// Sends a log's events, then new ones as they come.
private struct Follower {
    let store: Store
    var next: Position

    /// Ends at a graceful shutdown, or with the writer's failure when the client has gone.
    mutating func run(_ write: (ByteBuffer) async throws -> Void) async throws {
        var quiet = Duration.zero
        // Says at once that the stream is there, before any event.
        try await write(ByteBuffer(string: ": following\n\n"))
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let events = try store.events(from: next, limit: 256)
            if let last = events.last {
                next = last.position.next
                quiet = .zero
                let text = events.map { "id: \($0.position)\nevent: log\ndata: \($0.interchangeJSON)\n\n" }.joined()
                try await write(ByteBuffer(string: text))
            } else {
                try await Task.sleep(for: .milliseconds(20))
                quiet += .milliseconds(20)
                // Proxies close connections that say nothing.
                if quiet >= .seconds(15) {
                    quiet = .zero
                    try await write(ByteBuffer(string: ": alive\n\n"))
                }
            }
        }
    }
}
