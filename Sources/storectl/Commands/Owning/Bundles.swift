import ArgumentParser
import PersonalizationStore

/// `storectl export-code`
struct ExportCode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-code",
        abstract: "Writes a code as a bundle that another store of the same space can import.",
        discussion: """
            A bundle verifies itself, and names neither events nor the user.

            Example:
              storectl export-code 3f7k9m2qx5wzt --output warm.taste
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The code.") var code: String

    @Option(help: ArgumentHelp("The file to write, a new one; standard output if not given.", valueName: "file"))
    var output: String?

    func run() async throws {
        try await options.withStore(.reading) { store in
            let bundle = try store.exportBundle(of: try store.version(beginningWith: code).code)
            guard let output else { return Output.bytes(bundle) }
            try OutputFile.write(bundle, to: output)
            Output.show(["file": output], json: options.json) { "\(bundle.count) bytes written to \(output)" }
        }
    }
}

/// `storectl import-code`
struct ImportCode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-code",
        abstract: "Adds a code from a bundle.",
        discussion: """
            The hash is computed anew: a bundle with a changed byte, or of a space that this store does not have, is
            refused.

            Example:
              storectl import-code warm.taste
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The bundle's file; '-' for standard input.") var file: String

    func run() async throws {
        // The largest space's direction is an eighth of this.
        let bundle = try InputFile.read(file, limit: 1 << 20)
        try await options.withStore { store in
            let version = try await store.importBundle(bundle)
            Output.show(version, json: options.json) { version.text }
        }
    }
}
