import ArgumentParser
import PersonalizationStore

/// `storectl progress`
struct ProgressCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "progress",
        abstract: "Says how far a user is on the way to a first code.",
        discussion: """
            Exit status 1 while --p does not work yet.

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
        Output.show(Report(progress), json: options.json) { progress.text }
        if !progress.isReady { throw ExitCode(Failure.Status.no.rawValue) }
    }

    private struct Report: Encodable {
        let have: Int
        let need: Int
        let rankings: Int
        let likes: Int
        let ready: Bool

        init(_ progress: Progress) {
            have = progress.have
            need = progress.need
            rankings = progress.rankings
            likes = progress.likes
            ready = progress.isReady
        }
    }
}

extension Progress {
    fileprivate var text: TerminalText {
        let filled = need == 0 ? 24 : min(24, have * 24 / need)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        let remedy = isReady ? "ready for --p" : "rank \(need - have) more pairs"
        return "\(bar) \(have) of \(need) comparisons (\(rankings) rankings, \(likes) likes); \(remedy)"
    }
}
