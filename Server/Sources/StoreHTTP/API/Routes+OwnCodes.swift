internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// A user's own codes.
    static let ownCodes = [
        Route(
            method: .get, path: "/v1/users/{user}/spaces/{space}/codes", rule: .userOfPath,
            returns: Documents.object(
                [
                    "codes": Documents.list(Documents.codeEntry)
                ], ["next": Documents.whole("What 'before' is for the next page.")]),
            summary: "A page of the user's codes, newest first.", pathParameters: ofUser,
            query: [
                profile, limit,
                Route.Parameter(
                    name: "before", schema: .whole(1...Int.max), about: "A position; 'next' of the page before."),
            ], problems: [.notFound]
        ) { call in
            let limit = call.query("limit")?.whole ?? 50
            let before = try call.query("before")?.whole.map { try call.position($0) }
            let codes = try call.store.codes(of: call.profile(), before: before, limit: limit)
            let next = codes.count == limit ? codes.last.map { Int($0.position.number) } : nil
            return Answer.json(CodePage(codes: codes, next: next))
        },
        Route(
            method: .post, path: "/v1/users/{user}/spaces/{space}/codes", rule: .userOfPath, returns: Documents.version,
            summary: "The code of the user's taste as it is now; mints it when there is none yet.",
            pathParameters: ofUser, query: [profile], problems: [.notFound, .conflict, .unprocessableContent]
        ) { call in
            let profile = try call.profile()
            return Answer.json(try await call.writing { try await call.store.currentVersion(of: profile) })
        },
        Route(
            method: .put, path: ofCode + "label", rule: .userOfPath, returns: Documents.receipt,
            summary: "Names one of the user's codes; an empty label takes the name away.",
            pathParameters: ofUser + [code], query: [profile],
            body: .json(.object([.member("label", .text(0...255), "The label.")])),
            problems: [.notFound, .unprocessableContent]
        ) { call in
            try await receipt(call) { try await call.store.label($0, of: $1, call.body["label"]?.text ?? "") }
        },
        Route(
            method: .post, path: ofCode + "revoke", rule: .userOfPath, returns: Documents.receipt,
            summary: "Takes one of the user's codes out of use.", pathParameters: ofUser + [code], query: [profile],
            problems: [.notFound]
        ) { call in try await receipt(call) { try await call.store.revoke($0, of: $1) } },
        Route(
            method: .post, path: ofCode + "restore", rule: .userOfPath, returns: Documents.receipt,
            summary: "Puts a revoked code into use again.", pathParameters: ofUser + [code], query: [profile],
            problems: [.notFound]
        ) { call in try await receipt(call) { try await call.store.restore($0, of: $1) } },
        Route(
            method: .post, path: ofCode + "revert", rule: .userOfPath, returns: Documents.receipt,
            summary: "Goes back to one of the user's codes: the taste goes on from what it was then.",
            pathParameters: ofUser + [code], query: [profile],
            problems: [.notFound, .unprocessableContent]
        ) { call in try await receipt(call) { try await call.store.revert($1, to: $0) } },
    ]

    private static let ofCode = "/v1/users/{user}/spaces/{space}/codes/{code}/"

    private struct CodePage: Encodable {
        let codes: [CodeListEntry]
        let next: Int?
    }

    private static func receipt(
        _ call: Call, _ body: (_ code: Code, _ profile: ProfileName) async throws -> Receipt
    ) async throws -> Response {
        let profile = try call.profile()
        let code = try call.version().code
        return Answer.json(try await call.writing { try await body(code, profile) })
    }
}
