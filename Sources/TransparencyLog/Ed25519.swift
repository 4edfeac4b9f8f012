internal import CHogweed

/// Ed25519 signatures (RFC 8032), computed by Nettle. Deterministic: one key and one message give one signature.
enum Ed25519 {
    static let keyByteCount = 32
    static let signatureByteCount = 64

    /// The public key of a seed.
    static func publicKey(ofSeed seed: [UInt8]) -> [UInt8] {
        precondition(seed.count == keyByteCount, "a seed has 32 bytes")
        var key = [UInt8](repeating: 0, count: keyByteCount)
        unsafe nettle_ed25519_sha512_public_key(&key, seed)
        return key
    }

    /// Signs a message.
    static func sign(_ message: [UInt8], seed: [UInt8], publicKey: [UInt8]) -> [UInt8] {
        precondition(seed.count == keyByteCount && publicKey.count == keyByteCount, "keys have 32 bytes")
        var signature = [UInt8](repeating: 0, count: signatureByteCount)
        unsafe nettle_ed25519_sha512_sign(publicKey, seed, message.count, message, &signature)
        return signature
    }

    /// Whether a signature is of this message by the key's owner; false for anything malformed.
    static func verify(_ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard signature.count == signatureByteCount, publicKey.count == keyByteCount else { return false }
        return unsafe nettle_ed25519_sha512_verify(publicKey, message.count, message, signature) == 1
    }
}
