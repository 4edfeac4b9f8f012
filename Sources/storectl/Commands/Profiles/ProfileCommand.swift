import ArgumentParser
import PersonalizationStore

/// `storectl profile`
struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Lists, opens, renames, shares and archives a user's profiles.",
        discussion: """
            A profile is one taste of a user in a space; 'default' is there from the first ranking on. Each has a permanent
            reference, u and 13 characters: --p and the reference mean the profile's newest taste at that moment. It works for
            the profile's owner, and for others while the profile is shared.

            Examples:
              storectl profile create ada evenings --label "Warm evenings" --space v6
              storectl profile list ada
              storectl profile share ada evenings --space v6
            """,
        subcommands: [
            List.self, Create.self, RenameLabel.self, Archive.self, Restore.self, Share.self, Unshare.self,
        ])

    /// The profile that a command is about.
    struct Target: ParsableArguments {
        @Argument(help: "The user.") var user: String
        @Argument(help: "The profile's name.") var name: String

        @Option(help: "The space; the only one if there is one.") var space: String?

        @Option(help: "An id (a UUID) that makes repeating the command harmless.") var eventId: EventID?

        func profile(_ options: StoreOptions, in store: Store) throws -> ProfileName {
            ProfileName(user: user, space: try options.space(space, in: store), profile: name)
        }

        /// Changes the profile and prints what it is then.
        func change(
            _ options: StoreOptions, _ act: (Store, ProfileName, EventID?) async throws -> Receipt
        ) async throws {
            try await options.withStore { store in
                let profile = try profile(options, in: store)
                let receipt = try await act(store, profile, eventId)
                guard let summary = try store.profile(profile) else { throw StoreError.fault(.unknownProfile(profile)) }
                Output.show(ChangeReport(receipt, summary), json: options.json) {
                    "\(summary.text)\n\(receipt.text)"
                }
            }
        }
    }

    /// `storectl profile list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists a user's profiles and boards.",
            discussion: """
                Examples:
                  storectl profile list ada
                  storectl profile list ada --space v6 --archived
                  storectl profile list ada --as-of 50000                  as it was right after that event
                """)

        @OptionGroup var options: StoreOptions

        @Argument(help: "The user.") var user: String
        @Option(help: "Only those of this space.") var space: String?
        @Flag(help: "Also those that were put away.") var archived = false
        @Option(help: ArgumentHelp("The list as it was right after this position.", valueName: "position"))
        var asOf: Position?

        func run() async throws {
            try await options.withStore(.reading) { store in
                let profiles = try store.profiles(of: user, in: space, includesArchived: archived, asOf: asOf)
                Output.show(profiles, json: options.json) { profiles.text }
            }
        }
    }

    /// `storectl profile create`
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens a profile.",
            discussion: """
                A profile is also opened by the first ranking or like that names it.

                Example:
                  storectl profile create ada evenings --label "Warm evenings" --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target
        @Option(help: "What to call it, up to 255 bytes.") var label = ""

        func run() async throws {
            try await target.change(options) { try await $0.createProfile($1, label: label, eventID: $2) }
        }
    }

    /// `storectl profile rename-label`
    struct RenameLabel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a profile another label; an empty one takes it away.",
            discussion: """
                The profile's name, reference and codes stay as they are.

                Example:
                  storectl profile rename-label ada evenings "Cool mornings" --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target
        @Argument(help: "The label, up to 255 bytes.") var label: String

        func run() async throws {
            try await target.change(options) { try await $0.labelProfile($1, label, eventID: $2) }
        }
    }

    /// `storectl profile archive`
    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a profile away: it takes no events and leaves the lists.",
            discussion: """
                Its codes go on working; its reference does not until it is restored.

                Example:
                  storectl profile archive ada evenings --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target

        func run() async throws {
            try await target.change(options) { try await $0.archiveProfile($1, eventID: $2) }
        }
    }

    /// `storectl profile restore`
    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes an archived profile out again, as it was.",
            discussion: """
                Example:
                  storectl profile restore ada evenings --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target

        func run() async throws {
            try await target.change(options) { try await $0.restoreProfile($1, eventID: $2) }
        }
    }

    /// `storectl profile share`
    struct Share: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a profile's reference work for everybody.",
            discussion: """
                Whoever uses the reference gets the newest code at that moment, and learns nothing else.

                Example:
                  storectl profile share ada evenings --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target

        func run() async throws {
            try await target.change(options) { try await $0.shareProfile($1, eventID: $2) }
        }
    }

    /// `storectl profile unshare`
    struct Unshare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a profile's reference work for its owner only.",
            discussion: """
                To others it is unknown again, as if there were no such profile. Codes that it was expanded to go on working.

                Example:
                  storectl profile unshare ada evenings --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target

        func run() async throws {
            try await target.change(options) { try await $0.unshareProfile($1, eventID: $2) }
        }
    }
}

/// What a change of a profile came to.
struct ChangeReport: Encodable {
    let position: UInt64
    let `repeat`: Bool
    let profile: ProfileSummary

    init(_ receipt: Receipt, _ summary: ProfileSummary) {
        position = receipt.position.number
        `repeat` = receipt.isRepeat
        profile = summary
    }
}
