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

            It also gets a key that signs its checkpoints, in its folder. With --key FILE the key stays outside: that of
            FILE, or a new one that is written there when there is none. Other commands then need --key FILE too.

            Examples:
              storectl init --store taste
              storectl init --store taste --origin example.com/taste
              storectl init --store taste --key /media/safe/taste.key
              storectl init --store copy --secret-file taste.secret
            """)

    @OptionGroup var options: StoreOptions

    @Option(help: ArgumentHelp("A file that holds another store's secret.", valueName: "file"))
    var secretFile: String?

    @Option(help: ArgumentHelp("A file for the signing key, outside of the store.", valueName: "file"))
    var key: String?

    @Option(help: "The log's name in what it signs, best like a web address that is yours.")
    var origin: String?

    @Option(help: ArgumentHelp("The size that the store can grow to.", valueName: "GiB"))
    var maximumSize = 1024

    func validate() throws {
        guard (1...65_536).contains(maximumSize) else {
            throw ValidationError("--maximum-size is from 1 to 65536 GiB")
        }
    }

    func run() async throws {
        let path = try options.path
        let verifierKey: String
        do {
            let secret = try secretFile.map(SecretFile.read) ?? .random()
            var storeOptions = Store.Options()
            storeOptions.mapByteCount = maximumSize << 30
            let isOutside = key.map { FileManager.default.fileExists(atPath: $0) } ?? false
            let signingKey =
                if let key, isOutside { try SigningKeyFile.read(at: key) } else {
                    try SigningKey.random(forLog: origin)
                }
            if let origin, signingKey.verifierKey.name != origin {
                throw Failure(
                    status: .usage, kind: "key",
                    message: "the key in \(key ?? "") is that of '\(signingKey.verifierKey.name)', not of '\(origin)'; "
                        + "leave out --origin, or give another file")
            }
            let newFile = isOutside ? nil : key
            if let newFile { try SigningKeyFile.write(signingKey, to: newFile) }
            do {
                let store = try Store.create(
                    at: path, secret: secret, signingKey: key == nil ? signingKey : nil, options: storeOptions)
                await store.close()
            } catch {
                if let newFile { try FileManager.default.removeItem(atPath: newFile) }
                throw error
            }
            verifierKey = signingKey.verifierKey.description
        } catch {
            throw Failure(error)
        }
        Output.show(Report(store: path, verifierKey: verifierKey), json: options.json) {
            "created an empty store at \(path); next: storectl space define NAME --models MODEL --images FILE"
        }
    }

    private struct Report: Encodable {
        let store: String
        let verifierKey: String
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
