import ArgumentParser
import PersonalizationStore

/// `storectl explain`
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explains a version: the choices that carry it, and the images it likes most and least.",
        discussion: """
            A choice's share is what it contributes to the version's direction, in per cent; the shares of all choices sum
            to 100 %, those of contradicted ones being negative. AGREES is the probability that the version gives to the
            choice as it was made.

            Example:
              storectl explain 3f7k9m2qx5wzt --choices 20
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The code.") var code: String
    @Option(help: "How many choices of either list to print.") var choices = 10
    @Option(help: "How many of the nearest and of the farthest images to list.") var images = 5

    func run() async throws {
        try await options.withStore(.reading) { store in
            let version = try store.version(beginningWith: code)
            let explanation = try store.explain(version.code, imageCount: images)
            Output.show(explanation.limited(toChoices: choices), json: options.json) { text(explanation) }
        }
    }

    private func text(_ explanation: Explanation) -> TerminalText {
        let version = explanation.version
        var sections: [TerminalText] = [
            "\(Output.bold(version.code.description)) in \(version.space): \(explanation.confidenceInWords)\n"
                + "from \(version.rankings) rankings and \(version.likes) likes"
        ]
        if !explanation.choices.isEmpty {
            sections.append("Choices that carry it most:\n" + Self.table(explanation.choices.prefix(choices)))
        }
        let contradicted = explanation.contradicted
        if !contradicted.isEmpty {
            sections.append(
                "\(Text.counted(contradicted.count, "choice")) it contradicts:\n"
                    + Self.table(contradicted.prefix(choices)))
        }
        sections.append("Nearest images:\n" + Self.images(explanation.nearest))
        sections.append("Farthest images:\n" + Self.images(explanation.farthest))
        return sections.joined(separator: "\n\n")
    }

    private static func table(_ choices: some Sequence<ExplainedChoice>) -> TerminalText {
        Output.table(
            [["  POSITION", "SHARE", "AGREES", "CHOICE"]]
                + choices.map { choice in
                    [
                        "  \(choice.position)", Text.decimal(choice.share * 100, digits: 2) + " %",
                        Text.percent(Int((choice.probability * 1000).rounded())),
                        choice.loser.map { "\(choice.winner) over \($0)" } ?? "likes \(choice.winner)",
                    ]
                })
    }

    private static func images(_ images: [ScoredImage]) -> TerminalText {
        Output.table(images.map { ["  " + Text.decimal($0.score, digits: 2), $0.id] })
    }
}
