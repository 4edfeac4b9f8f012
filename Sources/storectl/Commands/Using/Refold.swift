import ArgumentParser
import PersonalizationStore

/// `storectl refold`
struct Refold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what a user's choices amount to in another space, and has a profile there begin with them.",
        discussion: """
            For a new model generation with other embeddings of the same images: nobody has to start over. Choices of
            images that the space lacks drop out. Nothing is written without --adopt.

            Examples:
              storectl refold ada --from v6 --to v7
              storectl refold ada --from v6 --to v7 --adopt
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The user.") var user: String
    @Option(help: "The space of the choices.") var from: String
    @Option(help: "The space to fold them in.") var to: String
    @Option(help: "The profile's name, in both.") var profile = ProfileName.defaultProfile
    @Flag(help: "Have the profile in the other space begin with the choices.") var adopt = false

    func run() async throws {
        try await options.withStore { store in
            let source = ProfileName(user: user, space: from, profile: profile)
            let refolded = try store.taste(of: source, in: to)
            let receipt =
                adopt
                ? try await store.adopt(source, into: ProfileName(user: user, space: to, profile: profile)) : nil
            let report = Report(refolded, receipt)
            Output.show(report, json: options.json) { report.text }
        }
    }

    private struct Report: Encodable {
        let comparisons: Int
        let rankings: Int
        let likes: Int
        let dropped: Int
        let gain: Int
        let confidence: Int
        let position: UInt64?

        init(_ refolded: RefoldedTaste, _ receipt: Receipt?) {
            comparisons = Int(refolded.taste.comparisonCount)
            rankings = refolded.rankings
            likes = refolded.likes
            dropped = refolded.dropped
            gain = Int(refolded.taste.gain)
            confidence = Int(refolded.taste.confidence)
            position = receipt?.position.number
        }

        var text: TerminalText {
            "\(Text.counted(comparisons, "comparison")) (\(rankings) rankings, \(likes) likes), \(dropped) dropped out; "
                + "confidence \(Text.percent(confidence))" + (position.map { "; adopted at position \($0)" } ?? "")
        }
    }
}
