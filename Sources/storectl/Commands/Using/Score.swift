import ArgumentParser
import PersonalizationStore

/// `storectl score`
struct Score: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ranks images by a code or a blend, or says which of two images is preferred.",
        discussion: """
            Examples:
              storectl score --code 3f7k9m2qx5wzt flowers/1 flowers/2 flowers/3
              storectl score --code 3f7k9m2qx5wzt::2 --code 8h1yd3n6vbc4r flowers/1 flowers/2
              storectl score --code 3f7k9m2qx5wzt --prefer flowers/1 flowers/2     how likely is 1 preferred to 2?
            """)

    @OptionGroup var options: StoreOptions

    @Option(help: "A code, or code::weight; repeat it to blend.")
    var code: [String]

    @Flag(help: "Give the probability that the first of two images is preferred.")
    var prefer = false

    @Argument(help: "The images.")
    var images: [String]

    func validate() throws {
        if code.isEmpty { throw ValidationError("give at least one --code") }
        if prefer, images.count != 2 { throw ValidationError("--prefer takes two images") }
    }

    func run() async throws {
        try await options.withStore(.reading) { store in
            let codes = try code.map(CodeArgument.parse)
            if prefer {
                let probability = try store.preference(images[0], over: images[1], by: codes)
                Output.show(Preference(probability: probability), json: options.json) {
                    "\(images[0]) is preferred to \(images[1]) with \(Text.percent(Int((probability * 1000).rounded())))"
                }
            } else {
                let scores = try store.score(images, by: codes)
                Output.show(scores, json: options.json) {
                    Output.table(scores.map { [Text.decimal($0.score, digits: 3), $0.id] })
                }
            }
        }
    }

    private struct Preference: Encodable {
        let probability: Double
    }
}
