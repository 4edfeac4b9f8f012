import ArgumentParser
import PersonalizationStore

/// `storectl recover`
struct Recover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Opens the store for writing and closes it, so that commands which only read can be used after a crash.",
        discussion: """
            A store whose last process was killed, or whose machine went down, is brought back to its last acknowledged
            event by whatever opens it for writing first. Commands that only read cannot do that, and say so. A store that
            is whole stays as it is.

            Example:
              storectl recover
            """)

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await options.withStore { store in
            let events = Int(try store.head()?.position.number ?? 0)
            Output.show(Report(events: events), json: options.json) {
                "the store is whole, with \(Text.counted(events, "event"))"
            }
        }
    }

    private struct Report: Encodable {
        let events: Int
    }
}
