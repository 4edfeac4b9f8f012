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
              storectl export --skip-damaged > rest.jsonl            around damaged records (docs/operations.md)
            """)

    @OptionGroup var options: StoreOptions

    @Option(help: ArgumentHelp("The first position.", valueName: "position")) var from = Position.first
    @Option(help: ArgumentHelp("The last position.", valueName: "position")) var to: Position?
    @Option(
        help: ArgumentHelp(
            "Writes the store's secret to this file, a new one, for its owner's eyes only.", valueName: "file"))
    var secretFile: String?

    @Flag(help: "Leaves damaged records out, names each on standard error, and ends with status 1 if there was one.")
    var skipDamaged = false

    func run() async throws {
        if let secretFile {
            try await options.withStore(.reading) { store in try SecretFile.write(store.secret, to: secretFile) }
        }
        var next: Position? = from
        var last: Position?
        var skippedCount = 0
        try await options.withStore(.reading) { store in
            if last == nil {
                // What is appended during the export is not part of it.
                guard let head = try store.head()?.position else { return }
                last = min(head, to ?? head)
            }
            while let start = next, let last, start <= last, Output.isOpen {
                let limit = Int(min(2000, last.number - start.number + 1))
                if skipDamaged {
                    let stretch = try store.eventsAroundDamage(from: start, limit: limit)
                    print(stretch.events)
                    skippedCount += report(stretch.skipped)
                    next = stretch.next
                } else {
                    let events = try wholeEvents(from: start, limit: limit, of: store)
                    print(events)
                    next = events.last?.position.next
                }
            }
        }
        guard skippedCount == 0 else {
            throw Failure(
                status: .no, kind: "skipped",
                message: "\(Text.counted(skippedCount, "event")) left out; everything else was exported")
        }
    }

    private func wholeEvents(from start: Position, limit: Int, of store: Store) throws -> [StoredEvent] {
        do { return try store.events(from: start, limit: limit) } catch StoreError.storage(.record(let damage)) {
            throw Failure(
                status: .failed, kind: "storage",
                message: "\(damage); 'storectl export --skip-damaged' exports everything else")
        }
    }

    private func print(_ events: [StoredEvent]) {
        if !events.isEmpty { Output.json(events.map(\.interchangeJSON).joined(separator: "\n")) }
    }

    private func report(_ skipped: [EventsAroundDamage.Skipped]) -> Int {
        for event in skipped {
            if options.json {
                Output.complainJSON(
                    Output.encode(SkippedReport(position: event.position.number, reason: "\(event.error)")))
            } else {
                Output.complain("storectl: position \(event.position) was left out: \(event.error)")
            }
        }
        return skipped.count
    }

    private struct SkippedReport: Encodable {
        let position: UInt64
        let reason: String
    }
}
