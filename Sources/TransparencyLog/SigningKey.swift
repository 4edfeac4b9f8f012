/// The secret half of a log's key. Whoever has it can sign any history in the log's name: keep it as a password is kept,
/// best outside the store.
public struct SigningKey: Sendable {
    /// The public half.
    public let verifierKey: VerifierKey
    private let seed: [UInt8]

    /// The size of a seed in bytes.
    package static let seedByteCount = 32

    /// The key that grows from a seed of 32 bytes (RFC 8032).
    package init(name: String, seed: [UInt8]) throws(TransparencyError) {
        guard seed.count == Self.seedByteCount else {
            throw .signingKey("its seed has \(seed.count) bytes instead of 32")
        }
        self.seed = seed
        verifierKey = try VerifierKey(name: name, publicKey: Ed25519.publicKey(ofSeed: seed))
    }

    /// A new key from the system's random generator, which is cryptographically secure on every platform of Swift.
    public static func random(name: String) throws(TransparencyError) -> SigningKey {
        var generator = SystemRandomNumberGenerator()
        let seed = (0..<seedByteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return try SigningKey(name: name, seed: seed)
    }

    /// Reads a key's text: `PRIVATE+KEY+name+id+seed`, as Go's note package writes it.
    public init(text: some StringProtocol) throws(TransparencyError) {
        let parts = text.split(separator: "+", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "PRIVATE", parts[1] == "KEY" else {
            throw .signingKey("it does not begin with PRIVATE+KEY+name+id+")
        }
        guard let bytes = Base64Text.decode(parts[4]), bytes.first == VerifierKey.signatureType else {
            throw .signingKey("its seed is not base 64 of an Ed25519 key")
        }
        try self.init(name: String(parts[2]), seed: Array(bytes.dropFirst()))
        guard self.text == text else { throw .signingKey("its id does not fit its name and seed") }
    }

    /// The key's text. Secret: whoever reads it can sign.
    public var text: String {
        let id = verifierKey.description.split(separator: "+", omittingEmptySubsequences: false)[1]
        return "PRIVATE+KEY+\(verifierKey.name)+\(id)+\(Base64Text.encode([VerifierKey.signatureType] + seed))"
    }

    /// The signature of a text.
    func signature(of text: String) -> [UInt8] {
        Ed25519.sign(Array(text.utf8), seed: seed, publicKey: verifierKey.publicKey)
    }
}

extension SigningKey: CustomStringConvertible {
    /// Says nothing of the seed, so that a key in a log message is no leak.
    public var description: String { "the signing key of \(verifierKey)" }
}
