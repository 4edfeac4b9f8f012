import ArgumentParser
import Foundation
import PersonalizationStore

/// What every command takes.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The connection string of the server with the cluster's tables, all its hosts in it.",
            discussion:
                "The environment variable STORECLUSTER_SERVER when not given. Unless all hosts are this machine, "
                + "certificates are verified. Passwords are better kept in ~/.pgpass.", valueName: "conninfo"))
    var server: String?

    @Flag(help: "Prints one JSON object.")
    var json = false

    var conninfo: String {
        get throws {
            if let server { return server }
            if let server = ProcessInfo.processInfo.environment["STORECLUSTER_SERVER"] { return server }
            throw ValidationError("give --server CONNINFO, or set STORECLUSTER_SERVER")
        }
    }
}

/// The secret of a cluster, in a file.
enum SecretFile {
    static func read(_ path: String) throws -> StoreSecret {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Refusal(kind: "open", message: "\(path) cannot be read")
        }
        guard let secret = StoreSecret(hex: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Refusal(kind: "open", message: "\(path) does not hold 64 hexadecimal digits")
        }
        return secret
    }

    /// The secret in a file, which is made, for its owner alone, when it is missing.
    static func readOrMake(_ path: String) throws -> StoreSecret {
        if FileManager.default.fileExists(atPath: path) { return try read(path) }
        let secret = StoreSecret.random()
        let isMade = FileManager.default.createFile(
            atPath: path, contents: Data((secret.hex + "\n").utf8), attributes: [.posixPermissions: 0o600])
        guard isMade else { throw Refusal(kind: "output", message: "\(path) cannot be written") }
        return secret
    }
}

/// Numbers and times as people read them.
enum Text {
    static func count(_ number: UInt64, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    static func grouped(_ number: UInt64) -> String {
        var digits = Array(String(number).reversed())
        for index in stride(from: 3, to: digits.count + (digits.count - 1) / 3, by: 4) where index < digits.count {
            digits.insert(",", at: index)
        }
        return String(digits.reversed())
    }

    static func seconds(_ seconds: Double) -> String {
        seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds)) s"
    }
}
