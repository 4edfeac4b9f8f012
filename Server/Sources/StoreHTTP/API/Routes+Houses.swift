internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// What a space's people have in common, and what codes of other services mean.
    static let houses = [
        Route(
            method: .get, path: "/v1/spaces/{space}/houses", rule: .reader,
            returns: Documents.object(
                [
                    "threshold": Documents.whole("Comparisons that --p needs."),
                    "minted": Documents.list(Documents.house),
                ], ["pinned": Documents.string("The code of the house that new codes start from.")]),
            summary: "Which house new codes of the space start from, and the houses there are, newest first.",
            pathParameters: [space], problems: [.notFound]
        ) { call in Answer.json(try call.store.houses(of: call.path("space"))) },
        Route(
            method: .post, path: "/v1/spaces/{space}/houses", rule: .service, returns: Documents.house,
            summary: "Makes and mints the house of the space; it changes nothing until it is pinned. Folds everybody's "
                + "choices.",
            pathParameters: [space], problems: [.notFound, .unprocessableContent]
        ) { call in
            Answer.json(try await call.writing { try await call.store.mintHouse(of: call.path("space")) })
        },
        Route(
            method: .put, path: "/v1/spaces/{space}/house", rule: .service, returns: Documents.receipt,
            summary:
                "Has new codes of the space start from a house, or, without a code, from people's own choices only.",
            pathParameters: [space],
            body: .json(
                .object([
                    .optional("code", code.schema, "The code of a house."),
                    .optional(
                        "threshold", .whole(1...1_000_000),
                        "How many comparisons --p then needs, with a code only; as many as before if left out."),
                ])), problems: [.notFound, .unprocessableContent]
        ) { call in
            let code = try call.body["code"]?.text.map { try Call.code($0) }
            let threshold = call.body["threshold"]?.whole
            return Answer.json(
                try await call.writing {
                    try await call.store.pinHouse(code, of: call.path("space"), threshold: threshold)
                })
        },
        Route(
            method: .get, path: "/v1/spaces/{space}/aliases", rule: .reader,
            returns: Documents.object(["aliases": Documents.list(Documents.alias)]),
            summary: "The codes of other services that prompts of the space may name, and what they mean.",
            pathParameters: [space], problems: [.notFound]
        ) { call in Answer.json(["aliases": try call.store.aliases(in: call.path("space"))]) },
        Route(
            method: .put, path: ofAlias, rule: .service, returns: Documents.receipt,
            summary: "Makes a code of another service mean one of the space's codes in prompts, from now on.",
            pathParameters: [space, alias], body: .json(.object([.member("code", code.schema, "The code.")])),
            problems: [.notFound, .unprocessableContent]
        ) { call in
            let version = try call.store.version(Call.code(call.body["code"]?.text))
            guard version.space.utf8.elementsEqual(call.path("space").utf8) else {
                throw StoreError.fault(
                    .otherSpace(code: version.code.description, space: version.space, expected: call.path("space")))
            }
            return Answer.json(
                try await call.writing { try await call.store.alias(call.path("alias"), to: version.code) })
        },
        Route(
            method: .delete, path: ofAlias, rule: .service, returns: Documents.receipt,
            summary: "Makes a code of another service mean nothing any more.", pathParameters: [space, alias],
            problems: [.notFound, .unprocessableContent]
        ) { call in
            Answer.json(
                try await call.writing { try await call.store.removeAlias(call.path("alias"), in: call.path("space")) })
        },
    ]

    private static let ofAlias = "/v1/spaces/{space}/aliases/{alias}"
    private static let alias = Route.Parameter(
        name: "alias", schema: .text(1...128), about: "The other service's code.")
}
