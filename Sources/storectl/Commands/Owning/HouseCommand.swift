import ArgumentParser
import PersonalizationStore

/// `storectl house`
struct HouseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "house",
        abstract: "Makes what a space's people have in common the start of new codes.",
        discussion: """
            A house is the mean of the tastes of everybody with 20 comparisons or more, at least 20 people. Pinned, it is
            what new codes start from, so that --p works after fewer comparisons; codes minted before stay as they are.
            A house has a code like any other, which can be labelled, revoked and restored; not revoked while it is pinned.

            Examples:
              storectl house mint --space v6
              storectl house pin 3f7k9m2qx5wzt --threshold 10
              storectl house show
              storectl label 3f7k9m2qx5wzt "spring"
              storectl revoke 3f7k9m2qx5wzt
            """,
        subcommands: [Mint.self, Pin.self, Show.self])

    /// The options that name a space.
    struct SpaceOption: ParsableArguments {
        @Option(help: "The space; the only one if there is one.") var space: String?
    }

    /// `storectl house mint`
    struct Mint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes and mints the house of a space.",
            discussion: """
                Changes nothing until it is pinned.

                Example:
                  storectl house mint --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var space: SpaceOption

        @Option(help: "Take people's tastes after the event at this position instead of the last one.")
        var asOf: Position?

        func run() async throws {
            try await options.withStore { store in
                let house = try await store.mintHouse(
                    of: try options.space(space.space, in: store), asOf: asOf)
                Output.show(house, json: options.json) { house.text }
            }
        }
    }

    /// `storectl house pin`
    struct Pin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has new codes of a space start from a house, or from nothing again.",
            discussion: """
                Examples:
                  storectl house pin 3f7k9m2qx5wzt --threshold 10
                  storectl house pin --none --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var space: SpaceOption

        @Argument(help: "The code of a house.") var code: String?
        @Flag(help: "Start from people's own choices only again.") var none = false
        @Option(help: "How many comparisons --p then needs; as many as before if not given.") var threshold: Int?

        func validate() throws {
            if (code == nil) != none { throw ValidationError("give either the code of a house or --none") }
        }

        func run() async throws {
            try await options.withStore { store in
                let version = try code.map { try store.version(beginningWith: $0) }
                let name = try version?.space ?? options.space(space.space, in: store)
                let receipt = try await store.pinHouse(version?.code, of: name, threshold: threshold)
                Output.show(receipt, json: options.json) { receipt.text }
            }
        }
    }

    /// `storectl house show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows which house a space's new codes start from, and the houses there are.",
            discussion: """
                Example:
                  storectl house show --space v6
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var space: SpaceOption

        func run() async throws {
            try await options.withStore { store in
                let name = try options.space(space.space, in: store)
                let status = try store.houses(of: name)
                Output.show(StatusReport(name, status), json: options.json) { status.text }
            }
        }
    }
}

private struct StatusReport: Encodable {
    let space: String
    let status: HouseStatus

    private enum Field: String, CodingKey { case space }

    init(_ space: String, _ status: HouseStatus) {
        self.space = space
        self.status = status
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(space, forKey: .space)
        try status.encode(to: encoder)
    }
}

extension MintedHouse {
    fileprivate var text: TerminalText {
        var notes: TerminalText = ""
        if let label = version.label { notes = ", “\(label)”" }
        if version.isRevoked { notes = notes + ", revoked" }
        return "\(version.code)  of \(Text.counted(contributorCount, "profile")) with "
            + "\(Text.counted(Int(version.taste.comparisonCount), "comparison")) up to position \(asOf), "
            + "confidence \(Text.percent(Int(version.taste.confidence)))" + notes
    }
}

extension HouseStatus {
    fileprivate var text: TerminalText {
        let first: TerminalText =
            (pinned.map { "new codes start from \($0.code)" } ?? "new codes start from people's own choices only")
            + "; --p needs \(Text.counted(threshold, "comparison"))"
        return ([first] + minted.map(\.text)).joined(separator: "\n")
    }
}
