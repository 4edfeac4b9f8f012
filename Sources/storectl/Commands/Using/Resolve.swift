import ArgumentParser
import PersonalizationStore

/// `storectl resolve`
struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what a prompt means: expands --p and finds the taste to apply.",
        discussion: """
            A bare --p uses the user's newest taste, minting a code when there is something new. The expanded prompt
            names its codes and means the same for anyone at any later time (docs/prompt.md).

            Examples:
              storectl resolve "a harbour at dawn --p" --user ada
              storectl resolve --user ada -- "--p"                         a prompt that begins with a flag
              storectl resolve "a harbour --p 3f7k9m2qx5wzt::2 8h1yd3n6vbc4r --s 400" --user ben --json
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The prompt, quoted as one word.")
    var prompt: String

    @Option(help: "The user who wrote it.")
    var user: String

    @Option(help: "The model when the prompt names none; the store's default if not given.")
    var model: String?

    func run() async throws {
        try await options.withStore { store in
            let resolution = try await store.resolve(prompt, user: user, model: model)
            Output.show(ResolutionReport(resolution), json: options.json) { resolution.text }
        }
    }
}

private struct ResolutionReport: Encodable {
    struct Part: Encodable {
        let code: String
        let weight: Int
        let hash: String
    }

    let prompt: String
    let model: String?
    let stylize: Int
    let minted: Bool
    let space: String?
    let codes: [Part]
    let comparisons: Int?
    let gain: Int?
    let confidence: Int?
    let strength: Double?
    let direction: [Int16]?

    init(_ resolution: Resolution) {
        prompt = resolution.prompt
        model = resolution.model
        stylize = resolution.stylize
        minted = resolution.didMint
        let personalization = resolution.personalization
        space = personalization?.space
        codes =
            personalization?.parts.map {
                Part(code: $0.code, weight: $0.weight, hash: $0.hash.description)
            } ?? []
        let taste = personalization?.taste
        comparisons = taste.map { Int($0.comparisonCount) }
        gain = taste.map { Int($0.gain) }
        confidence = taste.map { Int($0.confidence) }
        strength = personalization?.strength
        direction = taste?.direction
    }
}

extension Resolution {
    fileprivate var text: String {
        guard let personalization else { return "\(Output.bold(prompt))\n  no personalization" }
        let parts = personalization.parts.map { $0.weight == 1 ? $0.code : "\($0.code) × \($0.weight)" }
        let taste = personalization.taste
        return """
            \(Output.bold(prompt))
              \(parts.joined(separator: " + ")) in \(personalization.space)\(didMint ? ", minted just now" : "")
              confidence \(Text.percent(Int(taste.confidence))), \
            strength \(Text.decimal(personalization.strength, digits: 2)) at --s \(stylize)
            """
    }
}
