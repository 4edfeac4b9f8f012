import ArgumentParser
import PersonalizationStore

/// What `pairs` and `ask` share: which pairs to ask about.
struct PairOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("The images to ask about; the whole catalogue if not given.", valueName: "image"))
    var from: [String] = []

    @Option(help: "The number that candidates are drawn by; another one, other pairs.") var seed: UInt64 = 0

    /// The pairs to ask a profile about.
    func pairs(for profile: ProfileName, count: Int, in store: Store) throws -> [ImagePair] {
        try store.pairs(for: profile, count: count, from: from.isEmpty ? nil : from, seed: seed)
    }
}

/// `storectl pairs`
struct Pairs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says which pairs of images to ask a user about next.",
        discussion: """
            Those whose answers would tell most about the choices between all pairs that may be asked. Never a pair that was
            ranked or skipped before.

            Examples:
              storectl pairs ada --space v6
              storectl pairs ada --count 8 --from flowers/1 flowers/2 flowers/3 flowers/4 flowers/5
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions
    @OptionGroup var pairs: PairOptions

    @Option(help: "How many pairs, 1 to 64.") var count = 4

    @Argument(help: "The user.") var user: String

    func run() async throws {
        let found = try await options.withStore { store in
            try pairs.pairs(for: try profile.name(of: user, options, in: store), count: count, in: store)
        }
        Output.show(found, json: options.json) {
            found.isEmpty ? "no pair is left to ask" : Output.table(found.map { [$0.first, $0.second] })
        }
    }
}
