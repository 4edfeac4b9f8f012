import ArgumentParser
import PersonalizationStore

/// `storectl board`
struct BoardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "board",
        abstract: "Makes mood boards: profiles of images alone.",
        discussion: """
            Every image on a board counts as a like does, whoever made it, and one is enough for a code. A board is listed,
            shared and archived with 'storectl profile', and its reference works as every profile's does.

            Examples:
              storectl board create ada harbours --images harbour/1 harbour/7 --space v6
              storectl board add ada harbours harbour/9 --space v6
              storectl board show ada harbours --space v6
            """,
        subcommands: [Create.self, Add.self, Remove.self, Show.self])

    /// The board that a command is about.
    struct Target: ParsableArguments {
        @Argument(help: "The user.") var user: String
        @Argument(help: "The board's name.") var name: String

        @Option(help: "The space; the only one if there is one.") var space: String?

        func board(_ options: StoreOptions, in store: Store) throws -> ProfileName {
            ProfileName(user: user, space: try options.space(space, in: store), profile: name)
        }

        /// Prints the board as it is.
        func show(_ board: ProfileName, _ options: StoreOptions, in store: Store) throws {
            guard let summary = try store.profile(board) else { throw StoreError.fault(.unknownProfile(board)) }
            let images = try store.images(on: board)
            Output.show(BoardReport(board: summary, images: images), json: options.json) {
                "\(summary.text)\n\(Text.counted(images.count, "image"))"
                    + (images.isEmpty ? "" : ": \(images.joined(separator: ", "))")
            }
        }
    }

    /// `storectl board create`
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a board of some images.",
            discussion: """
                Example:
                  storectl board create ada harbours --images harbour/1 harbour/7 --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target

        @Option(parsing: .upToNextOption, help: ArgumentHelp("The images.", valueName: "image"))
        var images: [String] = []
        @Option(help: "What to call it, up to 255 bytes.") var label = ""
        @Option(help: "An id (a UUID) that makes repeating the command harmless.") var eventId: EventID?

        func run() async throws {
            try await options.withStore { store in
                let board = try target.board(options, in: store)
                try await store.createBoard(board, images: images, label: label, eventID: eventId)
                try target.show(board, options, in: store)
            }
        }
    }

    /// `storectl board add`
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts images on a board; one that is on it already is on it once.",
            discussion: """
                Example:
                  storectl board add ada harbours harbour/9 --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target
        @Argument(help: "The images.") var images: [String]

        func run() async throws {
            try await options.withStore { store in
                let board = try target.board(options, in: store)
                try await store.put(images, on: board)
                try target.show(board, options, in: store)
            }
        }
    }

    /// `storectl board remove`
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes images off a board; its former code comes back.",
            discussion: """
                Example:
                  storectl board remove ada harbours harbour/9 --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target
        @Argument(help: "The images.") var images: [String]

        func run() async throws {
            try await options.withStore { store in
                let board = try target.board(options, in: store)
                try await store.take(images, off: board)
                try target.show(board, options, in: store)
            }
        }
    }

    /// `storectl board show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the images on a board.",
            discussion: """
                Example:
                  storectl board show ada harbours --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var target: Target

        func run() async throws {
            try await options.withStore(.reading) { store in
                try target.show(try target.board(options, in: store), options, in: store)
            }
        }
    }
}

/// A board as `--json` prints it.
private struct BoardReport: Encodable {
    let board: ProfileSummary
    let images: [String]
}
