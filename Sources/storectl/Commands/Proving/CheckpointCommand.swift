import ArgumentParser
import PersonalizationStore

/// `storectl checkpoint`
struct CheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Prints a signed checkpoint: how large the log is, and a hash over all of it.",
        discussion: """
            Whoever keeps one can later have it proven that nothing before was changed, removed or put in between. Publish
            one every so often, where you cannot take it back. The text is C2SP's tlog-checkpoint.

            Examples:
              storectl checkpoint
              storectl checkpoint --key /media/safe/taste.key --output taste.checkpoint
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var signing: SigningKeyOption

    @Option(help: ArgumentHelp("The file to write, a new one; standard output if not given.", valueName: "file"))
    var output: String?

    func run() async throws {
        try await options.withStore(.reading) { store in
            let checkpoint = try store.signedCheckpoint(signedBy: try signing.given())
            try ProofOutput.show(
                checkpoint.description, as: Report(checkpoint, file: output), to: output, json: options.json)
        }
    }

    private struct Report: Encodable {
        let origin: String
        let size: UInt64
        let root: String
        let checkpoint: String
        let file: String?

        init(_ checkpoint: SignedCheckpoint, file: String?) {
            origin = checkpoint.origin
            size = checkpoint.size
            root = checkpoint.root.description
            self.checkpoint = checkpoint.description
            self.file = file
        }
    }
}

/// What checkpoints and proofs are printed as: a text that is to be kept byte for byte.
enum ProofOutput {
    /// Writes the text to a new file, or prints it, or prints a report with it.
    static func show(_ text: String, as report: some Encodable, to file: String?, json: Bool) throws {
        if let file { try OutputFile.write(Array(text.utf8), to: file) }
        if json {
            Output.json(Output.encode(report))
        } else if let file {
            Output.line("\(text.utf8.count) bytes written to \(file)")
        } else {
            Output.bytes(Array(text.utf8))
        }
    }
}
