import ArgumentParser
import PersonalizationStore

/// `storectl pick`
struct Pick: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records which of several images shown together a user chose.",
        discussion: """
            Each chosen image is preferred to each that was shown and not chosen. 2 to 16 images, one or more chosen.

            Example:
              storectl pick ada flowers/1 --shown flowers/1 flowers/2 flowers/3 flowers/4
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions
    @OptionGroup var event: EventOptions

    @Argument(help: "The user.") var user: String
    @Argument(help: "The chosen images.") var chosen: [String]

    @Option(parsing: .upToNextOption, help: ArgumentHelp("All images that were shown.", valueName: "image"))
    var shown: [String]

    func run() async throws {
        try await event.append({ .pick($0, chosen: chosen, shown: shown) }, of: user, profile, options)
    }
}

/// `storectl skip`
struct Skip: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records that a user chose none of several images shown together.",
        discussion: """
            Counts nothing; 'storectl pairs' does not ask for two of the images again.

            Example:
              storectl skip ada flowers/1 flowers/2
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions
    @OptionGroup var event: EventOptions

    @Argument(help: "The user.") var user: String
    @Argument(help: "The images that were shown, 2 to 16.") var shown: [String]

    func run() async throws {
        try await event.append({ .skip($0, shown: shown) }, of: user, profile, options)
    }
}
