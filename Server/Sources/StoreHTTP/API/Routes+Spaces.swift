internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// Spaces and their images.
    static let spaces = [
        Route(
            method: .get, path: "/v1/spaces", rule: .reader,
            returns: Documents.object(["spaces": Documents.list(Documents.space)]),
            summary: "The spaces, in the order of definition."
        ) {
            call in
            Answer.json(["spaces": .array(try call.store.spaces().map(document))] as JSONValue)
        },
        Route(
            method: .put, path: "/v1/spaces/{space}", rule: .service,
            returns: [
                "allOf": [
                    Documents.space, Documents.object(["newImages": Documents.whole("Images that were new.")]),
                ]
            ],
            summary: "Defines a space from its catalogue; the same definition again changes nothing.",
            pathParameters: [space],
            body: .json(
                .object([
                    .optional("models", .array(of: .shortName, count: 0...100), "The models that it serves."),
                    .optional("defaultModel", .shortName, "The model of prompts that name none."),
                    .optional("threshold", .whole(1...1_000_000), "Comparisons that --p needs; 40 if left out."),
                    .member(
                        "images",
                        .array(
                            of: .object([
                                .member("id", .name, "The image's id."),
                                .optional("author", .name, "Who made it."),
                                .member(
                                    "embedding", .array(of: .number(-1e30...1e30), count: 1...16384),
                                    "What the embedding model makes of it."),
                            ]), count: 0...100_000), "The catalogue."),
                ])), bodyLimit: 256 << 20, problems: [.conflict, .unprocessableContent], handle: defineSpace),
        Route(
            method: .put, path: "/v1/spaces/{space}/models/{model}", rule: .service,
            returns: Documents.nullable(Documents.receipt),
            summary: "Lets a space serve a model, which leaves the space that served it before.",
            pathParameters: [space, Route.Parameter(name: "model", schema: .shortName, about: "The model.")],
            body: .json(.object([.optional("isDefault", .flag, "Whether prompts that name no model mean this one.")])),
            problems: [.unprocessableContent]
        ) { call in
            let receipt = try await call.writing {
                try await call.store.assignModel(
                    call.path("model"), to: call.path("space"), isDefault: call.body["isDefault"]?.flag ?? false)
            }
            return Answer.json(receipt)
        },
        Route(
            method: .get, path: "/v1/spaces/{space}/images", rule: .reader,
            returns: Documents.object([
                "images": Documents.list(
                    Documents.object(
                        ["id": Documents.string("The image.")],
                        [
                            "author": Documents.string("Who made it."),
                            "embeddingQ14": Documents.list(["type": "integer"]),
                        ])), "total": Documents.whole("How many images there are."),
                "next": Documents.nullable(Documents.whole("What 'after' is for the next page.")),
            ]),
            summary: "A page of a space's images, in the order of their registration.", pathParameters: [space],
            query: [
                Route.Parameter(
                    name: "after", schema: .whole(0...Int(Int32.max)),
                    about: "How many to pass over; 'next' of the page before."),
                limit,
                Route.Parameter(name: "embeddings", schema: .flag, about: "Whether to give the embeddings, in Q14."),
            ], problems: [.notFound]
        ) { call in
            let images = try await call.server.catalogues.images(of: call.path("space"), in: call.store)
            let start = min(call.query("after")?.whole ?? 0, images.count)
            let end = min(start + (call.query("limit")?.whole ?? 100), images.count)
            let withEmbeddings = call.query("embeddings")?.flag ?? false
            let page = images[start..<end].map { image in
                var members: [String: JSONValue] = ["id": .string(image.id)]
                members["author"] = image.author.map { .string($0) }
                if withEmbeddings {
                    members["embeddingQ14"] = .array(image.embedding.components.map { .integer(Int($0)) })
                }
                return JSONValue.object(members)
            }
            return Answer.json(
                [
                    "images": .array(page), "total": .integer(images.count),
                    "next": end < images.count ? .integer(end) : .null,
                ] as JSONValue)
        },
        Route(
            method: .post, path: "/v1/spaces/{space}/nearest", rule: .reader,
            returns: Documents.object([
                "images": Documents.list(
                    Documents.object([
                        "id": Documents.string("The image."), "similarity": Documents.number("The cosine."),
                    ]))
            ]),
            summary: "The catalogue's images nearest to one of them, steered by a taste: what --s does.",
            pathParameters: [space],
            body: .json(
                .object([
                    .member("image", .name, "The image to begin with."),
                    .optional("codes", weightedCodes, "The codes whose blend steers; none for the image alone."),
                    .optional("stylize", .whole(0...1000), "As --s; 100 if left out."),
                    .optional("limit", .whole(1...100), "How many; 12 if left out."),
                ])), problems: [.notFound, .gone, .unprocessableContent], handle: nearest),
    ]

    private static func document(_ space: SpaceSummary) -> JSONValue {
        [
            "name": .string(space.name), "id": .string(space.id), "dimension": .integer(space.dimension),
            "threshold": .integer(space.threshold), "position": .integer(Int(space.position.number)),
        ]
    }

    private static let defineSpace: @Sendable (Call) async throws -> Response = { call in
        var images: [NewImage] = []
        for element in call.body["images"]?.elements ?? [] {
            let id = element["id"]?.text ?? ""
            let components = element["embedding"]?.elements?.compactMap(\.double) ?? []
            do {
                images.append(
                    NewImage(
                        id: id, author: element["author"]?.text, embedding: try Embedding(canonicalizing: components)))
            } catch {
                throw Problem(.unprocessableContent, "space", "the embedding of '\(id)' cannot be used: \(error)")
            }
        }
        let catalogue = images
        let defined = try await call.writing {
            try await call.store.defineSpace(
                call.path("space"), models: call.body["models"]?.elements?.compactMap(\.text) ?? [],
                defaultModel: call.body["defaultModel"]?.text, images: catalogue,
                threshold: call.body["threshold"]?.whole ?? 40)
        }
        var members = document(defined.space).members ?? [:]
        members["newImages"] = .integer(defined.newImageCount)
        return Answer.json(JSONValue.object(members))
    }

    private static let nearest: @Sendable (Call) async throws -> Response = { call in
        let space = call.path("space")
        let images = try await call.server.catalogues.images(of: space, in: call.store)
        let id = call.body["image"]?.text ?? ""
        guard let image = images.first(where: { $0.id.utf8.elementsEqual(id.utf8) }) else {
            throw StoreError.fault(.unknownImage(space: space, id: id))
        }
        var target = image.embedding
        let codes = call.body["codes"]?.elements ?? []
        if !codes.isEmpty {
            let taste = try blend(codes, in: space, call.store)
            do { target = try taste.steer(target, stylize: call.body["stylize"]?.whole ?? 100) } catch {
                throw Problem(.unprocessableContent, "refused", "\(error)")
            }
        }
        let goal = target.components
        let scored = images.map { image in
            // Both are of about unit length in Q14, so this is their cosine.
            let product = zip(goal, image.embedding.components).reduce(0) { $0 + Int($1.0) * Int($1.1) }
            return (id: image.id, similarity: Double(product) / Double(1 << 28))
        }
        let best = scored.sorted { ($1.similarity, $0.id) < ($0.similarity, $1.id) }
            .prefix(call.body["limit"]?.whole ?? 12)
        return Answer.json(
            ["images": .array(best.map { ["id": .string($0.id), "similarity": .number($0.similarity)] })] as JSONValue)
    }

    /// The blended taste of codes of one space.
    private static func blend(_ codes: [JSONValue], in space: String, _ store: Store) throws -> Taste {
        let parts = try codes.map { element in
            let version = try store.version(Call.code(element["code"]?.text))
            guard !version.isRevoked else { throw StoreError.fault(.revoked(version.code)) }
            guard version.space.utf8.elementsEqual(space.utf8) else {
                throw StoreError.fault(
                    .otherSpace(code: version.code.description, space: version.space, expected: space))
            }
            return BlendPart(taste: version.taste, weight: element["weight"]?.whole ?? 1, identity: version.hash)
        }
        do { return try Taste.blend(parts) } catch { throw StoreError.fault(.unblendable("\(error)")) }
    }
}
