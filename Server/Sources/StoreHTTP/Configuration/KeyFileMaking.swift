internal import JWTKit

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Making key files and user tokens, for trying things out and for backends that have no library for it.
package enum KeyFileMaking {
    /// Writes a key file with one service and one user key; nobody but the user can read it.
    ///
    /// - Returns: The service's token, which the file has only the hash of.
    /// - Throws: When the file is there already, or cannot be written.
    package static func write(to path: String) throws -> String {
        let token = secret()
        let document: JSONValue = [
            "services": [["name": "backend", "sha256": .string(hash(token))]],
            "userKeys": [["id": "1", "algorithm": "HS256", "secret": .string(secret())]],
        ]
        let data = try JSONEncoder().encode(document)
        guard !FileManager.default.fileExists(atPath: path),
            FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
        else {
            throw Keyring.Fault(description: "'\(path)' is there already or cannot be written; choose another name")
        }
        return token
    }

    /// A token of a user, signed with the file's first HS256 key.
    package static func token(of user: String, seconds: Int, keyFile path: String) async throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Keyring.Fault(description: "the key file '\(path)' cannot be read")
        }
        let document = try JSONParser.parse(Array(data))
        let key = document["userKeys"]?.elements?.first { $0["algorithm"]?.text == "HS256" }
        guard let id = key?["id"]?.text, let secret = key?["secret"]?.text else {
            throw Keyring.Fault(description: "the key file '\(path)' has no HS256 key to sign with")
        }
        let keys = JWTKeyCollection()
        let name = JWKIdentifier(string: id)
        await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256, kid: name)
        let claims = UserClaims(user: user, until: Date(timeIntervalSinceNow: Double(seconds)))
        return try await keys.sign(claims, kid: name)
    }

    private static func secret() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func hash(_ token: String) -> String { Keyring.digest(of: token).description }
}
