import PersonalizationStore
import TestSupport
import Testing

/// What is known of a user.
@Suite struct UserReportTests {
    @Test func `counts what was said, and tells what it amounts to`() async throws {
        let world = try await ImportWorld(options: .small)
        let store = world.store
        try await world.rank()
        let other = ProfileName(user: "ada", space: "v6", profile: "other")
        _ = try await store.append([
            .like(other, image: "v6/1"), .like(other, image: "v6/2"), .unlike(other, image: "v6/1"),
            .pick(other, chosen: ["v6/5"], shown: ["v6/5", "v6/6", "v6/7"]), .skip(other, shown: ["v6/8", "v6/9"]),
            .skip(other, shown: ["v6/8", "v6/10"]), .like(ProfileName(user: "ben", space: "v6"), image: "v6/1"),
        ])
        try await store.shareProfile(other)
        let settings = Settings(personalizesAlways: true, profile: "other", pinned: [])
        try await store.setSettings(of: "ada", in: "v6", to: settings)
        try await store.createBoard(ProfileName(user: "ada", space: "v6", profile: "board"), images: ["v6/3"])
        try await store.archiveProfile(world.ada)
        let report = try store.report(of: "ada")
        #expect(report.profiles.map(\.summary.name.profile) == ["default", "other", "board"])
        #expect(
            report.profiles.map(\.counts.rankings) == [6, 0, 0] && report.profiles.map(\.counts.likes) == [0, 2, 1])
        #expect(report.profiles.map(\.counts.unlikes) == [0, 1, 0])
        #expect(report.profiles.map(\.counts.picks) == [0, 1, 0] && report.profiles.map(\.counts.skips) == [0, 2, 0])
        #expect(report.profiles.map(\.codes.count) == [1, 0, 0])
        #expect(
            report.profiles.map(\.progress) == (try report.profiles.map { try store.progress(of: $0.summary.name) }))
        #expect(report.profiles.map(\.summary.isArchived) == [true, false, false], "also what was put away")
        #expect(report.settings.map(\.space) == ["v6"] && report.settings.map(\.settings) == [settings])
        #expect(report.sharedReferences == [store.reference(of: other)])
        #expect(!report.isEmpty)
    }

    @Test func `is empty for somebody of whom nothing is known`() async throws {
        let world = try await ImportWorld(options: .small)
        #expect(try world.store.report(of: "nobody").isEmpty)
        #expect(try world.store.report(of: "").isEmpty)
        let settings = Settings(personalizesAlways: true, profile: "default", pinned: [])
        try await world.store.setSettings(of: "cy", in: "v6", to: settings)
        let report = try world.store.report(of: "cy")
        #expect(report.profiles.isEmpty && report.settings.map(\.settings) == [settings] && !report.isEmpty)
    }
}
