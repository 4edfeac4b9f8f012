import Foundation
import PersonalizationStore
import TestSupport
import Testing

/// The store of the second table in docs/prompt.md, "References": who has which profiles there.
struct ReferenceWorld {
    let folder: TemporaryFolder
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        let secret = try #require(StoreSecret(bytes: (0..<32).map { UInt8($0) }))
        store = try Store.create(at: folder.file("store"), secret: secret, options: .small)
        for (name, models, standard) in [("v6", ["6", "6.1"], "6.1"), ("niji6", ["niji 6"], nil as String?)] {
            let space = try SyntheticSpace(name, seed: name == "v6" ? 1 : 2)
            try await store.defineSpace(
                name, models: models, defaultModel: standard, images: space.images, threshold: space.threshold)
        }
        try await addPeople()
    }

    private func addPeople() async throws {
        for (number, text) in [
            "ada", "ada/evenings", "ada/attic", "ada in niji6", "ben", "ben/secret", "ben/open", "ben/old",
            "ben/open in niji6", "cy", "dora", "dora/old", "emil", "emil/attic", "fay", "gus", "gus/evenings", "hal",
        ].enumerated() {
            try await rank(Self.profile(text), 6, from: number)
        }
        for (number, text) in ["ada/young", "ben/young"].enumerated() {
            try await rank(Self.profile(text), 2, from: number)
        }
        try await store.createBoard(Self.profile("ada/harbours"), images: ["v6/1", "v6/4", "v6/9"])
        try await store.createBoard(Self.profile("hal/board"), images: ["v6/7"])
        for text in ["ada/attic", "ben/old", "emil/attic"] {
            _ = try await store.currentVersion(of: Self.profile(text))
            try await store.archiveProfile(Self.profile(text))
        }
        for text in ["ben/secret", "ben/open", "ben/young", "ben/old", "ben/open in niji6"] {
            try await store.shareProfile(Self.profile(text))
        }
        try await store.unshareProfile(Self.profile("ben/secret"))
        let cys = try await store.currentVersion(of: Self.profile("cy")).code
        try await store.alias("k3f9x2a", to: cys)
        try await set("ben", [("open", 2), ("default", 1)])
        try await set("dora", [("default", 3), ("old", 1)], always: true)
        try await set("emil", [("default", 1), ("attic", 1)])
        try await set("fay", [("default", 1), ("mornings", 1)])
        try await set("gus", [("default", 1), ("evenings", 1)], pinned: [WeightedCode(cys, weight: 5)])
        try await set("hal", [("board", 2), ("default", 1)])
    }

    private func rank(_ profile: ProfileName, _ count: Int, from number: Int) async throws {
        let space = profile.space
        _ = try await store.append(
            (0..<count).map { index in
                let one = (number * 2 + index * 5) % 48
                return .rank(profile, winner: "\(space)/\(one)", loser: "\(space)/\((one + 1 + number) % 48)")
            })
    }

    private func set(
        _ user: String, _ profiles: [(String, Int)], always: Bool = false, pinned: [WeightedCode] = []
    ) async throws {
        let settings = Settings(
            personalizesAlways: always, profiles: profiles.map { WeightedProfile(profile: $0.0, weight: $0.1) },
            pinned: pinned)
        try await store.setSettings(of: user, in: "v6", to: settings)
    }

    /// The profile that a text such as `ada/evenings in niji6` names.
    static func profile(_ text: String) -> ProfileName {
        let parts = text.components(separatedBy: " in ")
        let names = parts[0].components(separatedBy: "/")
        return ProfileName(
            user: names[0], space: parts.count > 1 ? parts[1] : "v6", profile: names.count > 1 ? names[1] : "default")
    }

    /// A text of the table with the newest codes of the profiles that it names in braces.
    func withCodes(_ text: String) async throws -> String {
        var result = ""
        for (index, part) in text.components(separatedBy: "{").enumerated() {
            guard index > 0, let end = part.firstIndex(of: "}") else {
                result += part
                continue
            }
            let profile = Self.profile(String(part[..<end]))
            result += try await store.currentVersion(of: profile).code.description + part[part.index(after: end)...]
        }
        return result
    }
}

extension StoreError {
    /// The kind of the fault, as docs/prompt.md writes it.
    var faultKind: String {
        switch self {
        case .fault(let fault): Self.name(of: fault)
        case .prompt(let error, _): "\(error.kind)"
        case .event, .expectation, .storage, .cancelled: "\(kind) \(self)"
        }
    }

    private static func name(of fault: CodeFault) -> String {
        switch fault {
        case .unknown: "unknown"
        case .archived: "archived"
        case .notReady: "notReady"
        case .otherSpace: "otherSpace"
        case .notEnoughData: "notEnoughData"
        case .revoked: "revoked"
        default: fault.description
        }
    }
}
