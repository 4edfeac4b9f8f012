import ArgumentParser
import Foundation
import PersonalizationStore

/// `storectl export`
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the whole log as JSON Lines, which 'storectl import' reads.",
        discussion: """
            A new store with the same secret that imports the lines gives the same codes. The secret is not in the
            export; --secret-file writes it.

            Examples:
              storectl export > taste.jsonl
              storectl export --secret-file taste.secret | gzip > taste.jsonl.gz
            """)

    @OptionGroup var options: StoreOptions

    @Option(help: ArgumentHelp("The first position.", valueName: "position")) var from = Position.first
    @Option(help: ArgumentHelp("The last position.", valueName: "position")) var to: Position?
    @Option(
        help: ArgumentHelp(
            "Writes the store's secret to this file, a new one, for its owner's eyes only.", valueName: "file"))
    var secretFile: String?

    func run() async throws {
        try await options.withStore { store in
            if let secretFile { try SecretFile.write(store.secret, to: secretFile) }
            guard let head = try store.head()?.position else { return }
            let last = min(head, to ?? head)
            var next = from
            while next <= last, Output.isOpen {
                let count = min(2000, last.number - next.number + 1)
                let events = try store.events(from: next, limit: Int(count))
                guard let end = events.last?.position else { return }
                Output.json(events.map(\.interchangeJSON).joined(separator: "\n"))
                next = end.next
            }
        }
    }
}
