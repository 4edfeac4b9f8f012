import ArgumentParser
import PersonalizationStore

/// `storectl settings`
struct SettingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Shows or changes a user's settings in a space.",
        discussion: """
            Without a change it shows them.

            Examples:
              storectl settings ada --space v6
              storectl settings ada --space v6 --always on
              storectl settings ada --space v6 --pin 3f7k9m2qx5wzt::2 --pin 8h1yd3n6vbc4r
              storectl settings ada --space v6 --unpin --use evenings
              storectl settings ada --space v6 --use default::3 --use evenings
            """)

    enum Switch: String, ExpressibleByArgument, CaseIterable {
        case on, off
    }

    @OptionGroup var options: StoreOptions

    @Argument(help: "The user.") var user: String

    @Option(help: "The space; the only one if there is one.") var space: String?

    @Option(help: "Whether prompts without --p get one.") var always: Switch?

    @Option(help: "Whether new codes start from the user's own choices only, whatever house is pinned.")
    var ownChoicesOnly: Switch?

    @Option(
        help: ArgumentHelp(
            "The profile that --p means, or profile::weight; repeat it to blend several.", valueName: "profile"))
    var use: [WeightedProfile] = []

    @Option(help: "A code, or code::weight, that --p means instead of the newest; repeat it to blend.")
    var pin: [String] = []

    @Flag(help: "Let --p mean the newest code again.") var unpin = false

    @Option(help: "An id (a UUID) that makes repeating the change harmless.") var eventId: EventID?

    func validate() throws {
        if unpin, !pin.isEmpty { throw ValidationError("--pin and --unpin exclude each other") }
    }

    func run() async throws {
        let isChange = always != nil || ownChoicesOnly != nil || !use.isEmpty || unpin || !pin.isEmpty
        try await options.withStore(isChange ? .writing : .reading) { store in
            let space = try options.space(space, in: store)
            var settings = try store.settings(of: user, in: space)
            if let always { settings.personalizesAlways = always == .on }
            if let ownChoicesOnly { settings.refusesHouse = ownChoicesOnly == .on }
            if !use.isEmpty { settings.profiles = use }
            if unpin { settings.pinned = [] }
            if !pin.isEmpty { settings.pinned = try pin.map(CodeArgument.parse) }
            if isChange {
                try await store.setSettings(of: user, in: space, to: settings, eventID: eventId)
            }
            Output.show(settings, json: options.json) { settings.text }
        }
    }
}

extension Settings {
    /// The settings for people.
    var text: TerminalText {
        let codes = pinned.map(\.description)
        return Output.table([
            ["prompts without --p", personalizesAlways ? "get one" : "stay as they are"],
            ["new codes start from", refusesHouse ? "own choices only" : "the house, if one is pinned"],
            ["--p means", codes.isEmpty ? "the newest of \(profilesText)" : codes.joined(separator: " ")],
        ])
    }

    /// The profiles that `--p` means.
    var profilesText: String {
        profiles.map { $0.weight == 1 ? "'\($0.profile)'" : "'\($0.profile)' × \($0.weight)" }.joined(separator: " + ")
    }
}
