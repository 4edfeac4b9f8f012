import ArgumentParser
import PersonalizationStore

/// `storectl show`
struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what a code stands for.",
        discussion: """
            CODE is a code, a full hash, or six or more characters that begin only one of them.

            Examples:
              storectl show 3f7k9m2qx5wzt
              storectl show 3f7k9m --json
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The code.") var code: String

    func run() async throws {
        try await options.withStore(.reading) { store in
            let version = try store.version(beginningWith: code)
            Output.show(version, json: options.json) { version.text }
        }
    }
}
