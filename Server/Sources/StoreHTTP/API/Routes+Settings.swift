internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// What a user has set.
    static let settings = [
        Route(
            method: .get, path: path, rule: .userOfPath, returns: Documents.settings, summary: "The user's settings.",
            pathParameters: ofUser,
            problems: [.notFound]
        ) { call in
            Answer.json(try call.store.settings(of: call.path("user"), in: call.path("space")))
        },
        Route(
            method: .put, path: path, rule: .userOfPath, returns: Documents.receipt,
            summary: "Sets all of the user's settings.",
            pathParameters: ofUser,
            body: .json(
                .object([
                    .member("always", .flag, "Whether every prompt is personalized, as if it had --p."),
                    .optional(
                        "ownChoicesOnly", .flag,
                        "Whether new codes start from the user's own choices only, whatever house is pinned; false if left "
                            + "out."),
                    .member(
                        "profiles",
                        .array(
                            of: .object([
                                .member("profile", .shortName, "The profile's name."),
                                .optional("weight", .whole(1...1000), "Its weight; 1 if left out."),
                            ]), count: 1...255),
                        "The profiles that --p means: of several, the newest codes of all are blended."),
                    .member(
                        "pinned",
                        .array(
                            of: .object([
                                .member("code", .code, "The code."),
                                .optional("weight", .whole(1...1000), "Its weight; 1 if left out."),
                            ]), count: 0...255), "The codes that a bare --p means instead of the profiles' newest."),
                ])), problems: [.notFound, .gone, .unprocessableContent]
        ) { call in
            let settings = Settings(
                personalizesAlways: call.body["always"]?.flag ?? false,
                refusesHouse: call.body["ownChoicesOnly"]?.flag ?? false,
                profiles: (call.body["profiles"]?.elements ?? []).map {
                    WeightedProfile(profile: $0["profile"]?.text ?? "", weight: $0["weight"]?.whole ?? 1)
                },
                pinned: try (call.body["pinned"]?.elements ?? []).map {
                    WeightedCode(try Call.code($0["code"]?.text), weight: $0["weight"]?.whole ?? 1)
                })
            return Answer.json(
                try await call.writing {
                    try await call.store.setSettings(of: call.path("user"), in: call.path("space"), to: settings)
                })
        },
    ]

    private static let path = "/v1/users/{user}/spaces/{space}/settings"
}
