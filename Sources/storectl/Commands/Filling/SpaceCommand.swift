import ArgumentParser
import Foundation
import PersonalizationStore

/// `storectl space`
struct SpaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "space", abstract: "Defines preference spaces and says which models they serve.",
        subcommands: [SpaceDefine.self, SpaceAssign.self, SpaceList.self])
}

/// `storectl space define`
struct SpaceDefine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "define",
        abstract: "Defines a space from its catalogue of images, and registers them.",
        discussion: """
            The file has one JSON object a line: {"kind":"image","id":"flowers/0","author":"u7","embedding":[0.6,…]}.
            The catalogue's mean and the panel of 64 pairs are computed from it and never change; later images can be
            added with 'storectl import'. Defining the same space again changes nothing.

            Examples:
              storectl space define v6 --models 6,6.1 --images images.jsonl
              storectl space define niji6 --models "niji 6" --images niji.jsonl.gz --threshold 60
            """)

    @OptionGroup var options: StoreOptions

    @OptionGroup var lineOptions: LineOptions

    @Argument(help: "The space's name.")
    var name: String

    @Option(help: "The generator models that the space serves, separated by commas.")
    var models = ""

    @Option(help: "The model of prompts that name none.")
    var defaultModel: String?

    @Option(
        help: ArgumentHelp(
            "The images: JSON Lines, '-' for standard input; may be compressed with gzip or zstd.", valueName: "file"))
    var images: String

    @Option(help: "How many effective comparisons --p needs.")
    var threshold = 40

    func run() async throws {
        try await options.withStore { store in
            let catalogue = try readImages()
            let models = models.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let (space, added) = try await store.defineSpace(
                name, models: models, defaultModel: defaultModel, images: catalogue, threshold: threshold)
            Output.show(SpaceReport(space, newImages: added), json: options.json) {
                "space \(Output.bold(space.name)): dimension \(space.dimension), threshold \(space.threshold), "
                    + "\(Text.counted(added, "new image"))\n  id \(space.id)"
            }
        }
    }

    private func readImages() throws -> [NewImage] {
        let lines = try Lines(path: images, lineOptions)
        var catalogue: [NewImage] = []
        var number = 0
        while let line = try lines.next() {
            number += 1
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
            do throws(InterchangeFault) { catalogue.append(try NewImage(interchangeJSON: line)) } catch {
                throw Failure(status: .no, kind: "line", message: "\(images), line \(number): \(error)")
            }
        }
        return catalogue
    }
}

/// `storectl space assign`
struct SpaceAssign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign",
        abstract: "Lets a space serve a model, which leaves the space that served it before.",
        discussion: """
            Example:
              storectl space assign v6 6.1 --default
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The space.")
    var name: String

    @Argument(help: "The generator model, as prompts name it: 6.1, or 'niji 6'.")
    var model: String

    @Flag(name: .customLong("default"), help: "Prompts that name no model mean this one.")
    var isDefault = false

    func run() async throws {
        try await options.withStore { store in
            let receipt = try await store.assignModel(model, to: name, isDefault: isDefault)
            Output.show(receipt, json: options.json) {
                receipt == nil
                    ? "the space \(name) served model \(model) already" : "the space \(name) serves model \(model)"
            }
        }
    }
}

/// `storectl space list`
struct SpaceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the spaces in the order of their definition.")

    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await options.withStore(.reading) { store in
            let spaces = try store.spaces()
            Output.show(spaces.map { SpaceReport($0) }, json: options.json) {
                spaces.isEmpty
                    ? "no space yet; define one with 'storectl space define'"
                    : Output.table(
                        [["SPACE", "DIMENSION", "THRESHOLD", "ID"]]
                            + spaces.map { [$0.name, "\($0.dimension)", "\($0.threshold)", $0.id] })
            }
        }
    }
}

/// A space as `--json` prints it.
struct SpaceReport: Encodable {
    let name: String
    let id: String
    let dimension: Int
    let threshold: Int
    let position: UInt64
    let newImages: Int?

    init(_ space: SpaceSummary, newImages: Int? = nil) {
        name = space.name
        id = space.id
        dimension = space.dimension
        threshold = space.threshold
        position = space.position.number
        self.newImages = newImages
    }
}
