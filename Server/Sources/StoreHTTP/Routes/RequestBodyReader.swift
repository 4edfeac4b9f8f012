internal import Hummingbird
internal import NIOCore

/// Reads bodies within a route's limits of size and time.
enum RequestBodyReader {
    /// The whole body.
    ///
    /// - Throws: A ``Problem`` of status 413 when it is too large, 408 when it does not come in time, 415 when it says
    ///   that it is of a media type that the route does not take.
    static func bytes(of request: Request, _ route: Route, _ state: ServerState) async throws -> [UInt8] {
        try checkType(request, route)
        if let length = request.headers[.contentLength].flatMap(Int.init), length > route.bodyLimit {
            throw tooLarge(route.bodyLimit)
        }
        let reading = Task {
            do { return try await request.body.collect(upTo: route.bodyLimit) } catch is NIOTooManyBytesError {
                throw tooLarge(route.bodyLimit)
            }
        }
        let deadline = state.deadlines.add(after: state.configuration.limits.bodyTime) { reading.cancel() }
        let result = await withTaskCancellationHandler {
            await reading.result
        } onCancel: {
            reading.cancel()
        }
        guard state.deadlines.callOff(deadline) else {
            throw Problem(
                .requestTimeout, "tooSlow", "the body did not come in time; send it again",
                headers: [.connection: "close"])
        }
        // A body that is broken off looks like one that has ended; of a batch, its first lines must not pass for all.
        try Task.checkCancellation()
        let buffer = try result.get()
        if let length = request.headers[.contentLength].flatMap(Int.init), length != buffer.readableBytes {
            throw Problem.usage("the body ended after \(buffer.readableBytes) of \(length) bytes; send it again")
        }
        return Array(buffer.readableBytesView)
    }

    private static func tooLarge(_ limit: Int) -> Problem {
        Problem(
            .contentTooLarge, "tooLarge", "the body is larger than \(limit) bytes; send smaller batches",
            headers: [.connection: "close"])
    }

    /// A body without a type is taken for what the route wants, and so is what curl says of every body.
    private static func checkType(_ request: Request, _ route: Route) throws {
        guard let header = request.headers[.contentType] else { return }
        let type = (header.split(separator: ";").first ?? "").lowercased().filter { $0 != " " }
        let taken: [String] =
            switch route.body {
            case .json: ["application/json"]
            case .bytes(let types, _): types
            case .none, .stream: [type]
            }
        guard taken.contains(type) || type == "application/x-www-form-urlencoded" else {
            throw Problem(
                .unsupportedMediaType, "usage", "the body is '\(type)'; send \(taken.joined(separator: " or "))")
        }
    }
}
