import ArgumentParser
import PersonalizationStore

/// `storectl resolve`
struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what a prompt means: expands --p and finds the taste to apply.",
        discussion: """
            A bare --p uses the user's newest taste, minting a code when there is something new. The expanded prompt
            names its codes and means the same for anyone at any later time (docs/prompt.md). Without a code to mint,
            nothing is written and no lock is taken.

            Examples:
              storectl resolve "a harbour at dawn --p" --user ada
              storectl resolve --user ada -- "--p"                         a prompt that begins with a flag
              storectl resolve "a harbour --p 3f7k9m2qx5wzt::2 8h1yd3n6vbc4r --s 400" --user ben --json
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The prompt, quoted as one word.")
    var prompt: String

    @Option(help: "The user who wrote it.")
    var user: String

    @Option(help: "The model when the prompt names none; the store's default if not given.")
    var model: String?

    func run() async throws {
        if try await resolve(.reading) { return }
        _ = try await resolve(.writing)
    }

    /// Resolves and prints; false when a code must be minted, and the store was only opened for reading.
    private func resolve(_ access: StoreOptions.Access) async throws -> Bool {
        try await options.withStore(access) { store in
            let resolution: Resolution
            do { resolution = try await store.resolve(prompt, user: user, model: model) } catch {
                if Failure.isReadOnly(error) { return false }
                throw error
            }
            Output.show(resolution, json: options.json) { resolution.text }
            return true
        }
    }
}

extension Resolution {
    fileprivate var text: TerminalText {
        guard let personalization else { return "\(Output.bold(prompt))\n  no personalization" }
        let parts = personalization.parts.map { $0.weight == 1 ? $0.code.description : "\($0.code) × \($0.weight)" }
        let taste = personalization.taste
        return """
            \(Output.bold(prompt))
              \(parts.joined(separator: " + ")) in \(personalization.space)\(didAppend ? ", minted just now" : "")
              confidence \(Text.percent(Int(taste.confidence))), \
            strength \(Text.decimal(personalization.strength, digits: 2)) at --s \(stylize)
            """
    }
}
