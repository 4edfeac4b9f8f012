import ArgumentParser
import PersonalizationStore
import TasteCharts

/// `storectl map`
struct TasteMapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Draws codes among the images of their space, in two dimensions.",
        discussion: """
            The projection is fixed by the codes and images given: the same picture every time. Codes come from --codes,
            or are all those of --user.

            Examples:
              storectl map --codes 9mr0p3gmx21n8,hzvwrhcmsq3h8 --svg map.svg
              storectl map --user ada --space v6 --svg ada.svg
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions

    @Option(help: "Codes of one space, separated by commas.") var codes = ""
    @Option(help: "Draw this user's codes.") var user: String?
    @Option(help: ArgumentHelp("The picture to write, a new file.", valueName: "file")) var svg: String

    func validate() throws {
        if codes.isEmpty == (user == nil) { throw ValidationError("give either --codes or --user") }
    }

    func run() async throws {
        try await options.withStore(.reading) { store in
            let versions = try versions(in: store)
            guard let space = versions.first?.space else {
                throw Failure(status: .no, kind: "unknownCode", message: "there is no code to draw")
            }
            if let other = versions.first(where: { $0.space != space }) {
                throw StoreError.fault(.otherSpace(code: other.code.description, space: other.space, expected: space))
            }
            let images = try store.images(of: space)
            let map = TasteMap(
                title: "Tastes in \(space)",
                codes: versions.map {
                    TasteMap.Code(code: $0.code.description, label: $0.label, direction: $0.taste.direction)
                },
                images: images.map { TasteMap.Image(id: $0.id, embedding: $0.embedding.components) })
            try PictureFile.write(map.svg, to: svg)
            Output.show(Report(file: svg, codes: versions.count, images: images.count), json: options.json) {
                "\(Text.counted(versions.count, "code")) among \(Text.counted(images.count, "image")) drawn in \(svg)"
            }
        }
    }

    /// Newest first, each once.
    private func versions(in store: Store) throws -> [Version] {
        guard let user else {
            return try codes.split(separator: ",").map { try store.version(beginningWith: String($0)) }
        }
        let name = try profile.name(of: user, options, in: store)
        var seen: Set<Code> = []
        return try store.codes(of: name, limit: 500).map(\.version).filter { seen.insert($0.code).inserted }
    }

    private struct Report: Encodable {
        let file: String
        let codes: Int
        let images: Int
    }
}

/// Writes pictures.
enum PictureFile {
    static func write(_ svg: String, to path: String) throws {
        try OutputFile.write(Array(svg.utf8), to: path)
    }
}
