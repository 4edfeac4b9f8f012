internal import ByteCoding

/// The 32 random bytes that make a store's codes its own: they enter every profile's digest, so that a code reveals
/// neither user nor events, and two stores give the same person different codes unless they share the secret.
public struct StoreSecret: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]

    /// The size of a secret in bytes.
    public static let byteCount = 32

    /// The secret with these bytes, or nil when there are not 32 of them.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The secret that 64 hexadecimal digits spell, or nil when they are not that.
    public init?(hex text: some StringProtocol) {
        guard let digest = SHA256Digest(hex: text) else { return nil }
        self.init(bytes: digest.bytes)
    }

    /// The secret as 64 hexadecimal digits, to be kept as a password is kept.
    public var hex: String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// A new secret from the system's random generator, which is cryptographically secure on every platform of Swift.
    public static func random() -> StoreSecret {
        var generator = SystemRandomNumberGenerator()
        return StoreSecret(randomBytes: (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    private init(randomBytes: [UInt8]) { bytes = randomBytes }
}

extension StoreSecret: CustomStringConvertible {
    /// Says nothing of the bytes, so that a secret in a log message is no leak.
    public var description: String { "a store secret" }
}
