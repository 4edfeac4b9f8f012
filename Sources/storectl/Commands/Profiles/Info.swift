import ArgumentParser
import PersonalizationStore

/// `storectl info`
struct Info: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what is known of a user: profiles, counts, codes, settings, shared references.",
        discussion: """
            The events themselves are in 'storectl log --user'.

            Examples:
              storectl info ada
              storectl info ada --json > ada.json
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The user.") var user: String

    func run() async throws {
        try await options.withStore(.reading) { store in
            let report = try store.report(of: user)
            Output.show(report, json: options.json) { report.text }
        }
    }
}

extension UserReport {
    fileprivate var text: TerminalText {
        if isEmpty { return "nothing is known of \(user)" }
        var sections = profiles.map(\.text)
        for entry in settings { sections.append("settings in \(entry.space)\n" + entry.settings.text) }
        sections.append(
            sharedReferences.isEmpty
                ? "no reference is shared" : "shared references: \(sharedReferences.joined(separator: ", "))")
        return sections.joined(separator: "\n\n")
    }
}

extension ProfileReport {
    fileprivate var text: TerminalText {
        var rows = [
            [
                "said",
                "\(Text.counted(counts.rankings, "ranking")), \(Text.counted(counts.likes, "like")), "
                    + "\(Text.counted(counts.unlikes, "unlike")), \(Text.counted(counts.picks, "pick")), "
                    + Text.counted(counts.skips, "skip"),
            ]
        ]
        if let progress {
            rows.append([
                "amounts to",
                "\(Text.counted(progress.have, "comparison")) of \(progress.need), confidence "
                    + Text.percent(progress.confidence)
                    + (progress.stability.map { ", stability \(Text.percent($0))" } ?? ""),
            ])
        }
        rows.append(["codes", codes.isEmpty ? "none" : codes.map(\.version.code.description).joined(separator: ", ")])
        return summary.text + "\n" + Output.table(rows.map { ["  \($0[0])", $0[1]] })
    }
}
