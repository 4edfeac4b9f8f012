import ArgumentParser
import Foundation
import PersonalizationStore

/// The key that a command signs with.
struct SigningKeyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file with the signing key; STORECTL_KEY if not given, and the store's own if that is not set.",
            valueName: "file"))
    var key: String?

    /// The file that was given, if any was.
    var path: String? {
        if let key { return key }
        return ProcessInfo.processInfo.environment["STORECTL_KEY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The key in the file that was given, or nil when the store's own is meant.
    func given() throws -> SigningKey? { try path.map(SigningKeyFile.read(at:)) }

    /// The key, of a store that need not be opened.
    func key(ofStoreAt path: String) throws -> SigningKey {
        try given() ?? Store.signingKey(ofStoreAt: path)
    }
}

/// Somebody's verifier key, as it was given at the command line.
enum VerifierKeyArgument {
    /// The key that a text spells, or that stands in the file of that name.
    static func read(_ text: String) throws -> VerifierKey {
        do throws(TransparencyError) { return try VerifierKey(text: text) } catch {
            guard FileManager.default.fileExists(atPath: text) else { throw error }
        }
        let bytes = try InputFile.read(text, limit: 4096)
        return try VerifierKey(
            text: String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// A small text file of a proof or a checkpoint.
enum ProofFile {
    static func read(_ path: String) throws -> String {
        let bytes = try InputFile.read(path, limit: 4 << 20)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(
                status: .no, kind: "proof", message: "\(path) is not UTF-8, so it is neither a checkpoint nor a proof")
        }
        return text
    }
}
