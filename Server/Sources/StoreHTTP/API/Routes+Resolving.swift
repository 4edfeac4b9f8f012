internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// Prompts, and what tastes make of images.
    static let resolving = [
        Route(
            method: .post, path: "/v1/resolve", rule: .userOfBody, returns: Documents.resolution,
            summary:
                "Expands a prompt with --p, codes and references of profiles, and gives the taste to steer by; mints codes "
                + "when tastes have moved. A reference of somebody who does not share it is unknown.",
            body: .json(
                .object([
                    .member("prompt", prompt, "The prompt as it was typed."), .member("user", .name, "Who typed it."),
                    .optional("model", .shortName, "The model of a prompt that names none."),
                ])), problems: [.notFound, .conflict, .gone, .unprocessableContent]
        ) { call in
            let user = call.body["user"]?.text ?? ""
            try call.requireUser(user)
            let resolution = try await call.writing {
                try await call.server.store.resolve(
                    call.body["prompt"]?.text ?? "", user: user, model: call.body["model"]?.text)
            }
            return Answer.json(resolution)
        },
        Route(
            method: .post, path: "/v1/resolve/many", rule: .userOfBody,
            returns: Documents.object([
                "results": Documents.list(
                    Documents.object([:], ["resolution": Documents.resolution, "problem": Documents.problem]))
            ]),
            summary: "Resolves prompts of one user in order; each has its resolution or its problem.",
            body: .json(
                .object([
                    .member("prompts", .array(of: prompt, count: 1...100), "The prompts."),
                    .member("user", .name, "Who typed them."),
                    .optional("model", .shortName, "The model of prompts that name none."),
                ])), bodyLimit: 8 << 20
        ) { call in
            let user = call.body["user"]?.text ?? ""
            try call.requireUser(user)
            var results: [ResolvedPrompt] = []
            for prompt in call.body["prompts"]?.elements?.compactMap(\.text) ?? [] {
                do {
                    let resolution = try await call.writing {
                        try await call.server.store.resolve(prompt, user: user, model: call.body["model"]?.text)
                    }
                    results.append(ResolvedPrompt(resolution: resolution))
                } catch {
                    results.append(ResolvedPrompt(problem: Problem(error).document))
                }
            }
            return Answer.json(["results": results])
        },
        Route(
            method: .post, path: "/v1/score", rule: .reader,
            returns: Documents.object(["images": Documents.list(Documents.scoredImage)]),
            summary: "How much the blend of some codes likes images of their space.",
            body: .json(
                .object([
                    .member("codes", weightedCodes, "The codes."),
                    .member("images", .array(of: .name, count: 1...1000), "The images."),
                ])), problems: [.notFound, .gone, .unprocessableContent]
        ) { call in
            let images = call.body["images"]?.elements?.compactMap(\.text) ?? []
            let scores = try call.store.score(images, by: codes(of: call))
            return Answer.json(["images": .array(scores.map(document))] as JSONValue)
        },
        Route(
            method: .post, path: "/v1/prefer", rule: .reader,
            returns: Documents.object(["probability": Documents.number("0 to 1.")]),
            summary: "The probability that the blend of some codes prefers an image to another.",
            body: .json(
                .object([
                    .member("codes", weightedCodes, "The codes."), .member("image", .name, "The image."),
                    .member("over", .name, "The other image."),
                ])), problems: [.notFound, .gone, .unprocessableContent]
        ) { call in
            let probability = try call.store.preference(
                call.body["image"]?.text ?? "", over: call.body["over"]?.text ?? "", by: codes(of: call))
            return Answer.json(["probability": .number(probability)] as JSONValue)
        },
    ]

    private static let prompt = Schema.text(0...65536, allowsNUL: true)

    private struct ResolvedPrompt: Encodable {
        var resolution: Resolution?
        var problem: JSONValue?
    }

    private static func codes(of call: Call) throws -> [WeightedCode] {
        let codes = call.body["codes"]?.elements ?? []
        guard !codes.isEmpty else { throw Problem.usage("'codes' is empty; give a code") }
        return try codes.map { WeightedCode(try Call.code($0["code"]?.text), weight: $0["weight"]?.whole ?? 1) }
    }

    /// An image and its score, as `storectl --json` prints them.
    static func document(_ image: ScoredImage) -> JSONValue {
        ["id": .string(image.id), "score": .number(image.score)]
    }
}
