internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// What a user has set.
    static let settings = [
        Route(
            method: .get, path: path, rule: .userOfPath, summary: "The user's settings.", pathParameters: ofUser,
            problems: [.notFound]
        ) { call in
            Answer.json(document(try call.store.settings(of: call.path("user"), in: call.path("space"))))
        },
        Route(
            method: .put, path: path, rule: .userOfPath, summary: "Sets all of the user's settings.",
            pathParameters: ofUser,
            body: .json(
                .object([
                    .member("always", .flag, "Whether every prompt is personalized, as if it had --p."),
                    .member("profile", .shortName, "The profile that --p means."),
                    .member(
                        "pinned",
                        .array(
                            of: .object([
                                .member("code", .code, "The code."),
                                .optional("weight", .whole(1...1000), "Its weight; 1 if left out."),
                            ]), count: 0...255), "The codes that a bare --p means instead of the newest."),
                ])), problems: [.notFound, .gone, .unprocessableContent]
        ) { call in
            let settings = Settings(
                personalizesAlways: call.body["always"]?.flag ?? false, profile: call.body["profile"]?.text ?? "",
                pinned: (call.body["pinned"]?.elements ?? []).map {
                    WeightedCodeName(code: $0["code"]?.text ?? "", weight: $0["weight"]?.whole ?? 1)
                })
            return Answer.json(
                try await call.writing {
                    try await call.store.setSettings(of: call.path("user"), in: call.path("space"), to: settings)
                })
        },
    ]

    private static let path = "/v1/users/{user}/spaces/{space}/settings"

    /// As `storectl settings --json` prints them.
    private static func document(_ settings: Settings) -> JSONValue {
        [
            "always": .bool(settings.personalizesAlways), "profile": .string(settings.profile),
            "pinned": .array(settings.pinned.map { ["code": .string($0.code), "weight": .integer($0.weight)] }),
        ]
    }
}
