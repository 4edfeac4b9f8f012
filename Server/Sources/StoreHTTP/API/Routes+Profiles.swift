internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// A user's profiles: which there are, what they are called, who may use them.
    static let profiles = [
        Route(
            method: .get, path: "/v1/users/{user}/profiles", rule: .userOfPath,
            returns: Documents.object(["profiles": Documents.list(Documents.profile)]),
            summary: "The user's profiles and boards, in the order of their opening.", pathParameters: [user],
            query: [
                Route.Parameter(name: "space", schema: .shortName, about: "Only those of this space."),
                Route.Parameter(
                    name: "archived", schema: .flag, about: "Whether to list those that were put away too."),
                Route.Parameter(
                    name: "asOf", schema: .whole(1...Int.max),
                    about: "A position of the log: the list as it was right after that event."),
            ], problems: [.notFound]
        ) { call in
            let position = try call.query("asOf")?.whole.map { try call.position($0) }
            let profiles = try call.store.profiles(
                of: call.path("user"), in: call.query("space")?.text,
                includesArchived: call.query("archived")?.flag ?? false, asOf: position)
            return Answer.json(["profiles": profiles])
        },
        Route(
            method: .post, path: ofSpace + "profiles", rule: .userOfPath, returns: Documents.profileChange,
            summary: "Opens a profile. The first choice that names a profile opens it, too.", pathParameters: ofUser,
            body: .json(
                .object([
                    .member("profile", .shortName, "The new profile's name."),
                    .optional("label", .text(0...255), "What to call it; nothing if left out."), repeatID,
                ])), problems: [.notFound, .unprocessableContent]
        ) { call in
            let profile = ProfileName(
                user: call.path("user"), space: try call.profile().space, profile: call.body["profile"]?.text ?? "")
            return try await change(profile, call) {
                try await call.store.createProfile(profile, label: call.body["label"]?.text ?? "", eventID: $0)
            }
        },
        Route(
            method: .get, path: ofProfile, rule: .userOfPath, returns: Documents.profile, summary: "One profile.",
            pathParameters: ofUser + [profileOfPath], problems: [.notFound]
        ) { call in Answer.json(try existing(call.profileOfPath(), in: call.store)) },
        Route(
            method: .put, path: ofProfile + "/label", rule: .userOfPath, returns: Documents.profileChange,
            summary: "Gives a profile another label; an empty one takes it away. Name, reference and codes stay.",
            pathParameters: ofUser + [profileOfPath],
            body: .json(.object([.member("label", .text(0...255), "The label."), repeatID])),
            problems: [.notFound, .unprocessableContent]
        ) { call in
            let profile = try call.profileOfPath()
            return try await change(profile, call) {
                try await call.store.labelProfile(profile, call.body["label"]?.text ?? "", eventID: $0)
            }
        },
        action(
            "archive",
            "Puts a profile away: it takes no events, leaves the lists, and its reference is refused. Its codes go on working."
        ) { try await $0.archiveProfile($1, eventID: $2) },
        action("restore", "Takes an archived profile out again, as it was.") {
            try await $0.restoreProfile($1, eventID: $2)
        },
        action(
            "share",
            "Lets a profile's reference work for everybody, who learns the newest code at each moment and nothing else."
        ) { try await $0.shareProfile($1, eventID: $2) },
        action(
            "unshare",
            "Lets a profile's reference work for its owner only: to others it is unknown again, as if there were no such "
                + "profile. Codes that it was expanded to go on working."
        ) { try await $0.unshareProfile($1, eventID: $2) },
    ]

    private static let ofProfile = ofSpace + "profiles/{profile}"
    private static let profileOfPath = Route.Parameter(name: "profile", schema: .shortName, about: "The profile.")

    private static func action(
        _ name: String, _ summary: String,
        _ act: @escaping @Sendable (Store, ProfileName, EventID?) async throws -> Receipt
    ) -> Route {
        Route(
            method: .post, path: ofProfile + "/\(name)", rule: .userOfPath, returns: Documents.profileChange,
            summary: summary, pathParameters: ofUser + [profileOfPath], body: .json(.object([repeatID])),
            problems: [.notFound, .unprocessableContent]
        ) { call in
            let profile = try call.profileOfPath()
            return try await change(profile, call) { try await act(call.store, profile, $0) }
        }
    }

    /// Changes a profile, and answers what it is then.
    private static func change(
        _ profile: ProfileName, _ call: Call, _ act: (EventID?) async throws -> Receipt
    ) async throws -> Response {
        let id = try call.eventID()
        let receipt = try await call.writing { try await act(id) }
        return Answer.json(ProfileChangeReport(receipt, try existing(profile, in: call.store)))
    }

    static func existing(_ profile: ProfileName, in store: Store) throws -> ProfileSummary {
        guard let summary = try store.profile(profile) else { throw StoreError.fault(.unknownProfile(profile)) }
        return summary
    }
}

/// What a change of a profile came to, as `storectl profile --json` prints it.
private struct ProfileChangeReport: Encodable {
    let position: UInt64
    let `repeat`: Bool
    let profile: ProfileSummary

    init(_ receipt: Receipt, _ summary: ProfileSummary) {
        position = receipt.position.number
        `repeat` = receipt.isRepeat
        profile = summary
    }
}
