import ArgumentParser
import PersonalizationStore

/// The options of a single event.
struct EventOptions: ParsableArguments {
    @Option(help: "An id (a UUID) that makes repeating the command harmless.")
    var eventId: EventID?

    @Option(
        help: ArgumentHelp("When the user did it (\(TimeArgument.help)).", valueName: "time"),
        transform: TimeArgument.parse)
    var at: Timestamp?

    @Option(help: ArgumentHelp("Refuse unless the profile's stream has this many events.", valueName: "version"))
    var expectRevision: UInt32?

    /// Appends one event with these options and prints its receipt.
    func append(
        _ action: (ProfileName) -> NewEvent.Action, of user: String, _ profile: ProfileOptions, _ options: StoreOptions
    ) async throws {
        try await options.withStore { store in
            let name = try profile.name(of: user, options, in: store)
            let event = NewEvent(action(name), occurredAt: at?.milliseconds, eventID: eventId)
            let expectation = expectRevision.map { AppendCondition.revision(name, $0) }
            let receipt = try await store.append([event], expecting: expectation)[0]
            Output.show(receipt, json: options.json) { receipt.text }
        }
    }
}

/// `storectl rank`
struct Rank: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records that a user prefers one image to another.",
        discussion: """
            Ranking the same pair the other way replaces the earlier choice.

            Example:
              storectl rank ada flowers/1 flowers/2 --space v6
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions
    @OptionGroup var event: EventOptions

    @Argument(help: "The user.") var user: String
    @Argument(help: "The preferred image.") var winner: String
    @Argument(help: "The other image.") var loser: String

    func run() async throws {
        try await event.append({ .rank($0, winner: winner, loser: loser) }, of: user, profile, options)
    }
}

/// `storectl like`
struct Like: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records that a user likes an image; a like of one's own image never counts.",
        discussion: """
            Example:
              storectl like ada flowers/1 --space v6
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions
    @OptionGroup var event: EventOptions

    @Argument(help: "The user.") var user: String
    @Argument(help: "The image.") var image: String

    func run() async throws {
        try await event.append({ .like($0, image: image) }, of: user, profile, options)
    }
}

/// `storectl unlike`
struct Unlike: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes a like back.",
        discussion: """
            Example:
              storectl unlike ada flowers/1 --space v6
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions
    @OptionGroup var event: EventOptions

    @Argument(help: "The user.") var user: String
    @Argument(help: "The image.") var image: String

    func run() async throws {
        try await event.append({ .unlike($0, image: image) }, of: user, profile, options)
    }
}
