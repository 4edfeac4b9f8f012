import ArgumentParser
import PersonalizationStore

/// `storectl codes`
struct Codes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists a user's codes, newest first.",
        discussion: """
            Examples:
              storectl codes ada --space v6
              storectl codes ada --space v6 --limit 20 --before 81234      the next page
              storectl codes ada --space v6 --as-of 50000                  as it was right after that event
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions

    @Argument(help: "The user.") var user: String

    @Option(help: "How many at most.") var limit = 50

    @Option(help: ArgumentHelp("Only entries before this position.", valueName: "position"))
    var before: Position?

    @Option(help: ArgumentHelp("The list as it was right after this position.", valueName: "position"))
    var asOf: Position?

    func run() async throws {
        try await options.withStore(.reading) { store in
            let name = try profile.name(of: user, options, in: store)
            let entries =
                if let asOf {
                    try store.codes(of: name, asOf: asOf, limit: limit)
                } else {
                    try store.codes(of: name, before: before, limit: limit)
                }
            Output.show(entries, json: options.json) { entries.text }
        }
    }
}

extension [CodeListEntry] {
    fileprivate var text: TerminalText {
        if isEmpty { return "no code yet; 'storectl resolve' with --p mints one" }
        let rows = map { entry in
            var notes: [String] = []
            if let label = entry.version.label { notes.append("“\(label)”") }
            if entry.version.isRevoked { notes.append("revoked") }
            if entry.isRecall { notes.append("came back to it") }
            return [
                entry.version.code.description, Text.minute(entry.recordedAt), "\(entry.position)",
                "\(entry.version.taste.comparisonCount)", Text.percent(Int(entry.version.taste.confidence)),
                notes.joined(separator: ", "),
            ]
        }
        return Output.table([["CODE", "TIME", "POSITION", "COMPARISONS", "CONFIDENCE", ""]] + rows)
    }
}
