import ArgumentParser
import PersonalizationStore

/// `storectl alias`
struct Alias: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes another service's code mean a version, in prompts of the version's space.",
        discussion: """
            Prompts that people copy carry codes of other services: six to eleven letters and digits. Without an alias
            --p refuses them. An alias is read in any case; what the prompt is expanded to names the version's own code.

            Examples:
              storectl alias yfbxsj7 3f7k9m2qx5wzt
              storectl alias --remove yfbxsj7 --space v6
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The other service's code.") var alias: String?
    @Argument(help: "The version's code.") var code: String?

    @Option(help: ArgumentHelp("Take this alias away.", valueName: "alias")) var remove: String?
    @Option(help: "With --remove: the space; the only one if there is one.") var space: String?

    func validate() throws {
        guard (remove == nil) == (code != nil), (alias == nil) == (code == nil) else {
            throw ValidationError("give another service's code and the code that it means, or --remove and an alias")
        }
        if space != nil, remove == nil { throw ValidationError("--space goes with --remove; a code is of one space") }
    }

    func run() async throws {
        try await options.withStore { store in
            let receipt: Receipt
            if let remove {
                receipt = try await store.removeAlias(remove, in: try options.space(space, in: store))
            } else {
                receipt = try await store.alias(alias ?? "", to: try store.version(beginningWith: code ?? "").code)
            }
            Output.show(receipt, json: options.json) { receipt.text }
        }
    }
}

/// `storectl aliases`
struct Aliases: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists what codes of other services mean.",
        discussion: """
            Examples:
              storectl aliases
              storectl aliases --space v6 --as-of 50000                    as they were right after that event
            """)

    @OptionGroup var options: StoreOptions

    @Option(help: "Only those of this space.") var space: String?

    @Option(help: ArgumentHelp("The list as it was right after this position.", valueName: "position"))
    var asOf: Position?

    func run() async throws {
        try await options.withStore { store in
            let aliases = try store.aliases(in: space, asOf: asOf)
            Output.show(aliases, json: options.json) { aliases.text }
        }
    }
}

extension [CodeAlias] {
    fileprivate var text: TerminalText {
        if isEmpty { return "no alias; 'storectl alias' makes one" }
        let rows = map { entry in
            var notes: [String] = []
            if let label = entry.version.label { notes.append("“\(label)”") }
            if entry.version.isRevoked { notes.append("revoked") }
            return [
                entry.alias, entry.space, entry.version.code.description, Text.minute(entry.recordedAt),
                "\(entry.position)",
                notes.joined(separator: ", "),
            ]
        }
        return Output.table([["ALIAS", "SPACE", "CODE", "SINCE", "POSITION", ""]] + rows)
    }
}
