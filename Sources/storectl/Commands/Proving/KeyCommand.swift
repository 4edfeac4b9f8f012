import ArgumentParser
import PersonalizationStore

/// `storectl key`
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Prints the verifier key of the store's signing key; makes or imports one.",
        discussion: """
            Give the verifier key to everybody who is to check what the store signs: it is no secret. The signing key is:
            who has it can sign any history in the log's name. It is in the store's folder (signing.key), or in a file
            that you keep elsewhere and name with --key. Keep a copy: a lost key cannot be made again.

            Examples:
              storectl key
              storectl key --make --origin example.com/taste
              storectl key --make --key /media/safe/taste.key
              storectl key --import taste.key
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var signing: SigningKeyOption

    @Flag(help: "Make a key, in the store's folder or in the new file that --key names.") var make = false

    @Option(
        name: .customLong("import"), help: ArgumentHelp("Put this file's key in the store's folder.", valueName: "file")
    )
    var importedFile: String?

    @Option(help: "With --make: the log's name, best like a web address that is yours.") var origin: String?

    func validate() throws {
        if make, importedFile != nil { throw ValidationError("--make and --import exclude each other") }
        if origin != nil, !make { throw ValidationError("--origin goes with --make") }
        if importedFile != nil, signing.key != nil { throw ValidationError("--import and --key exclude each other") }
    }

    func run() async throws {
        do {
            let key = try chosenKey()
            let report = Report(key: key.verifierKey.description, origin: key.verifierKey.name)
            Output.show(report, json: options.json) { "\(report.key)" }
        } catch {
            throw Failure(error)
        }
    }

    private func chosenKey() throws -> SigningKey {
        if let importedFile {
            let key = try SigningKeyFile.read(at: importedFile)
            try Store.adopt(key, ofStoreAt: try existingStore())
            return key
        }
        guard make else {
            if let key = try signing.given() { return key }
            return try Store.signingKey(ofStoreAt: try existingStore())
        }
        let key = try SigningKey.random(forLog: origin)
        if let path = signing.path {
            try SigningKeyFile.write(key, to: path)
        } else {
            try Store.adopt(key, ofStoreAt: try existingStore())
        }
        return key
    }

    /// The store's folder, in which there is a store.
    private func existingStore() throws -> String {
        let path = try options.path
        _ = try Store.openReadOnly(at: path)
        return path
    }

    private struct Report: Encodable {
        let key: String
        let origin: String
    }
}
