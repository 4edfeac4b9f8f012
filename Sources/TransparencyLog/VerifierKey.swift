internal import ByteCoding

/// The public half of a log's key, as C2SP's signed notes name it: who may sign, and how to check that.
public struct VerifierKey: Hashable, Sendable {
    /// The name of the key, which for a log's own key is the log's origin.
    public let name: String
    /// The first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key): tells keys of one name apart, proves nothing.
    public let id: UInt32
    /// The Ed25519 public key, 32 bytes (RFC 8032).
    public let publicKey: [UInt8]

    /// A key by its name and public key.
    package init(name: String, publicKey: [UInt8]) throws(TransparencyError) {
        guard Self.isName(name) else { throw .keyName(name) }
        guard publicKey.count == Ed25519.keyByteCount else {
            throw .verifierKey("its public key has \(publicKey.count) bytes instead of 32")
        }
        self.name = name
        self.publicKey = publicKey
        id = Self.id(name: name, publicKey: publicKey)
    }

    /// Reads a key's text, `name+id+key` (C2SP signed-note, "Verifier keys").
    public init(text: some StringProtocol) throws(TransparencyError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .verifierKey("it has not the three parts name+id+key") }
        guard let bytes = Base64Text.decode(parts[2]), let type = bytes.first else {
            throw .verifierKey("its key is not base 64")
        }
        guard type == Self.signatureType else {
            throw .verifierKey("its signature type is \(type), and only Ed25519 (1) is known")
        }
        try self.init(name: String(parts[0]), publicKey: Array(bytes.dropFirst()))
        guard parts[1] == Self.hex(id) else { throw .verifierKey("its id does not fit its name and key") }
    }

    /// Whether a signature is of this text by the key's owner.
    func verifies(_ signature: [UInt8], of text: String) -> Bool {
        Ed25519.verify(signature, of: Array(text.utf8), publicKey: publicKey)
    }

    static let signatureType: UInt8 = 1

    /// A name is not empty and has no white space, plus sign or control character.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 }
    }

    private static func id(name: String, publicKey: [UInt8]) -> UInt32 {
        let digest = SHA256Digest(hashing: Array(name.utf8), [0x0A, signatureType], publicKey)
        return UInt32(digest.words.0 >> 32)
    }

    private static func hex(_ id: UInt32) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension VerifierKey: CustomStringConvertible {
    /// The key's text: `name+id+key`.
    public var description: String {
        "\(name)+\(Self.hex(id))+\(Base64Text.encode([Self.signatureType] + publicKey))"
    }
}
