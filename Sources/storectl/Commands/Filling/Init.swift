import ArgumentParser
import Foundation
import PersonalizationStore

/// `storectl init`
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Creates an empty store.",
        discussion: """
            The store gets a random secret, which makes its codes its own. To import another store's export and get the
            same codes again, give the secret that 'storectl export --secret-file' wrote.

            Examples:
              storectl init --store taste
              storectl init --store copy --secret-file taste.secret
            """)

    @OptionGroup var options: StoreOptions

    @Option(help: ArgumentHelp("A file that holds another store's secret.", valueName: "file"))
    var secretFile: String?

    @Option(help: ArgumentHelp("The size that the store can grow to.", valueName: "GiB"))
    var maximumSize = 1024

    func validate() throws {
        guard (1...65_536).contains(maximumSize) else {
            throw ValidationError("--maximum-size is from 1 to 65536 GiB")
        }
    }

    func run() async throws {
        let path = try options.path
        do {
            let secret = try secretFile.map(SecretFile.read) ?? .random()
            var storeOptions = Store.Options()
            storeOptions.mapByteCount = maximumSize << 30
            let store = try Store.create(at: path, secret: secret, options: storeOptions)
            await store.close()
        } catch {
            throw Failure(error)
        }
        Output.show(Report(store: path), json: options.json) {
            "created an empty store at \(path); next: storectl space define NAME --models MODEL --images FILE"
        }
    }

    private struct Report: Encodable {
        let store: String
    }
}

/// A store's secret in a file: 64 hexadecimal digits, readable by its owner only.
enum SecretFile {
    static func read(_ path: String) throws -> StoreSecret {
        let text = String(decoding: try InputFile.read(path, limit: 4096), as: UTF8.self)
        guard let secret = StoreSecret(hex: text.trimmingCharacters(in: .whitespacesAndNewlines))
        else {
            throw Failure(
                status: .failed, kind: "input",
                message: "\(path) holds no secret; give the file that 'storectl export --secret-file' wrote")
        }
        return secret
    }

    static func write(_ secret: StoreSecret, to path: String) throws {
        try OutputFile.write(Array((secret.hex + "\n").utf8), to: path)
    }
}
