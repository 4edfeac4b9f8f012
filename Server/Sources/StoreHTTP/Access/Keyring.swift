package import JWTKit
package import PersonalizationStore

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The keys of one moment: which service tokens are good, and with which keys user tokens are signed.
///
/// A key file is a JSON object (docs/http.md): `services`, each with a `name` and a `token` or its `sha256`, and
/// `userKeys`, each with an `id`, an `algorithm`, and a `secret` (HS256) or a `publicKey` (EdDSA).
package struct Keyring: Sendable {
    /// Why a key file cannot be used.
    package struct Fault: Error, CustomStringConvertible {
        /// What is wrong and the remedy.
        package let description: String
    }

    /// The fewest bytes of a token or secret: 128 bits even when it is hexadecimal.
    static let shortestSecret = 32

    /// The names of the services, by the SHA-256 of their tokens.
    ///
    /// Looking up a digest tells by its time nothing of a token that is not known already.
    private let services: [SHA256Digest: String]
    private let users: JWTKeyCollection
    private let hasUserKeys: Bool
    private let longestLifetime: TimeInterval

    /// Reads a key file's bytes; `longestLifetime` is how many seconds a user token may be good for.
    package init(json: [UInt8], longestLifetime: TimeInterval) async throws {
        self.longestLifetime = longestLifetime
        let document: JSONValue
        do { document = try JSONParser.parse(json) } catch {
            throw Fault(description: "the key file is no JSON: \(error)")
        }
        if let fault = Self.schema.fault(in: document, at: "the key file") { throw Fault(description: fault) }
        var services: [SHA256Digest: String] = [:]
        for entry in document["services"]?.elements ?? [] {
            let (name, digest) = try Self.service(entry)
            guard services.updateValue(name, forKey: digest) == nil else {
                throw Fault(description: "two services of the key file have one token; give each its own")
            }
        }
        self.services = services
        users = JWTKeyCollection()
        let keys = document["userKeys"]?.elements ?? []
        hasUserKeys = !keys.isEmpty
        for entry in keys { try await Self.add(entry, to: users) }
    }

    private static let schema = Schema.object([
        .optional(
            "services",
            .array(
                of: .object([
                    .member("name", .name, ""), .optional("token", .text(shortestSecret...4096), ""),
                    .optional("sha256", .text(64...64), ""),
                ]), count: 0...10000), ""),
        .optional(
            "userKeys",
            .array(
                of: .object([
                    .member("id", .name, ""), .member("algorithm", .text(1...16), ""),
                    .optional("secret", .text(shortestSecret...4096), ""), .optional("publicKey", .text(1...4096), ""),
                ]), count: 0...100), ""),
    ])

    private static func service(_ entry: JSONValue) throws -> (String, SHA256Digest) {
        let name = entry["name"]?.text ?? ""
        switch (entry["token"]?.text, entry["sha256"]?.text) {
        case (let token?, nil): return (name, digest(of: token))
        case (nil, let hex?):
            guard let digest = SHA256Digest(hex: hex) else {
                throw Fault(description: "the sha256 of the service '\(name)' is not 64 hexadecimal digits")
            }
            return (name, digest)
        default: throw Fault(description: "the service '\(name)' needs either a token or its sha256")
        }
    }

    private static func add(_ entry: JSONValue, to users: JWTKeyCollection) async throws {
        let name = entry["id"]?.text ?? ""
        let id = JWKIdentifier(string: name)
        switch (entry["algorithm"]?.text, entry["secret"]?.text, entry["publicKey"]?.text) {
        case ("HS256", let secret?, nil):
            await users.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256, kid: id)
        case ("EdDSA", nil, let key?):
            do { await users.add(eddsa: try EdDSA.PublicKey(x: key, curve: .ed25519), kid: id) } catch {
                throw Fault(description: "the publicKey of '\(name)' is not an Ed25519 key in base64url")
            }
        default:
            throw Fault(
                description: "the user key '\(name)' needs HS256 and a secret, or EdDSA and a publicKey")
        }
    }

    /// Who has a token.
    ///
    /// - Throws: A ``Problem`` of status 401 that says what is wrong with it.
    package func caller(of token: String) async throws -> Caller {
        if let name = services[Self.digest(of: token)] { return .service(name) }
        guard hasUserKeys, token.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2 else {
            throw Self.refusal("the token is not known; take one that is in the key file")
        }
        let claims: UserClaims
        do { claims = try await users.verify(token, iteratingKeys: true) } catch let error as JWTError {
            throw Self.refusal(
                error.errorType == .claimVerificationFailure
                    ? "the token has expired or is not good yet; sign in again"
                    : "the token is not signed with a key of the key file; sign in again")
        } catch is DecodingError {
            throw Self.refusal("the token names no user in 'sub' or no end in 'exp'; make one with both")
        } catch {
            throw Self.refusal("the token cannot be read; sign in again")
        }
        guard claims.exp.value.timeIntervalSinceNow <= longestLifetime else {
            throw Self.refusal("the token is good for longer than \(Int(longestLifetime)) s; make a shorter one")
        }
        guard Schema.name.fault(in: .string(claims.sub.value), at: "") == nil else {
            throw Self.refusal("the token's user is no name; use 1 to 255 bytes without NUL")
        }
        return .user(claims.sub.value)
    }

    /// What the server knows a service token by.
    package static func digest(of token: String) -> SHA256Digest { SHA256Digest(hashing: Array(token.utf8)) }

    static func refusal(_ detail: String) -> Problem {
        Problem(
            .unauthorized, "unauthenticated", detail,
            headers: [.wwwAuthenticate: "Bearer realm=\"personalization store\", error=\"invalid_token\""])
    }
}

/// What a user's token says.
package struct UserClaims: JWTPayload {
    let sub: SubjectClaim
    let exp: ExpirationClaim
    var nbf: NotBeforeClaim?

    /// The claims of a token that a user has until a time.
    package init(user: String, until end: Date) {
        sub = SubjectClaim(value: user)
        exp = ExpirationClaim(value: end)
    }

    /// Refuses claims that are no longer, or not yet, good.
    package func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try nbf?.verifyNotBefore()
    }
}
