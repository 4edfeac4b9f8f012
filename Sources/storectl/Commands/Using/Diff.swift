import ArgumentParser
import PersonalizationStore

/// `storectl diff`
struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares two versions of one space.",
        discussion: """
            Gives the cosine of the angle between the tastes, the change of gain and confidence, the events between
            them when both are of one profile, and the images whose score moved most.

            Example:
              storectl diff 3f7k9m2qx5wzt 8h1yd3n6vbc4r
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The first code.") var first: String
    @Argument(help: "The second code.") var second: String
    @Option(help: "How many images to list.") var images = 5
    @Option(help: "How many events between the two to list.") var events = 10

    func run() async throws {
        try await options.withStore(.reading) { store in
            let one = try store.version(beginningWith: first)
            let other = try store.version(beginningWith: second)
            let difference = try store.difference(one.code, other.code, imageCount: images)
            Output.show(Report(difference, events), json: options.json) { text(difference) }
        }
    }

    private func text(_ difference: VersionDifference) -> TerminalText {
        var sections: [TerminalText] = [
            Output.table([
                ["from", difference.first.code.description],
                ["to", difference.second.code.description],
                ["cosine", Text.decimal(difference.cosine, digits: 3)],
                ["gain", Self.signed(difference.gainChange, digits: 2)],
                ["confidence", Self.signed(Double(difference.confidenceChange) / 10, digits: 1) + " %"],
            ])
        ]
        if !difference.events.isEmpty {
            let listed = difference.events.prefix(events).map { "  \($0.text)" as TerminalText }
            let rest = difference.events.count - listed.count
            sections.append(
                "\(Text.counted(difference.events.count, "event")) between them, newest first:\n"
                    + listed.joined(separator: "\n") + (rest > 0 ? "\n  and \(Text.count(rest)) more" : ""))
        }
        sections.append(
            "Images whose score moved most:\n"
                + Output.table(difference.moved.map { ["  " + Self.signed($0.score, digits: 2), $0.id] }))
        return sections.joined(separator: "\n\n")
    }

    private static func signed(_ value: Double, digits: Int) -> String {
        (value < 0 ? "−" : "+") + Text.decimal(abs(value), digits: digits)
    }

    private struct Report: Encodable {
        let first: Code
        let second: Code
        let cosine: Double
        let gainChange: Double
        let confidenceChange: Int
        let eventCount: Int
        let events: [UInt64]
        let moved: [ScoredImage]

        init(_ difference: VersionDifference, _ limit: Int) {
            first = difference.first.code
            second = difference.second.code
            cosine = difference.cosine
            gainChange = difference.gainChange
            confidenceChange = difference.confidenceChange
            eventCount = difference.events.count
            events = difference.events.prefix(limit).map(\.position.number)
            moved = difference.moved
        }
    }
}
