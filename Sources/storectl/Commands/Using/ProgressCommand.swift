import ArgumentParser
import PersonalizationStore

/// `storectl progress`
struct ProgressCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "progress",
        abstract: "Says how far a user is on the way to a first code.",
        discussion: """
            Confidence says how sure the taste is, stability how settled (docs/fold.md). Exit status 1 while --p does not work yet.

            Example:
              storectl progress ada --space v6
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions

    @Argument(help: "The user.") var user: String

    func run() async throws {
        let progress = try await options.withStore(.reading) { store in
            try store.progress(of: try profile.name(of: user, options, in: store))
        }
        Output.show(progress, json: options.json) { progress.text }
        if !progress.isReady { throw ExitCode(Failure.Status.no.rawValue) }
    }
}

extension ComparisonProgress {
    fileprivate var text: TerminalText {
        let filled = need == 0 ? 24 : min(24, have * 24 / need)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        let remedy = isReady ? "ready for --p" : "rank \(need - have) more pairs"
        let settled =
            stability.map {
                "; stability \(Text.percent($0)): a quarter more would change about \((1000 - $0 + 5) / 10) of 100 choices"
            } ?? ""
        return "\(bar) \(have) of \(need) comparisons (\(rankings) rankings, \(likes) likes); \(remedy)\(settled)"
    }
}
