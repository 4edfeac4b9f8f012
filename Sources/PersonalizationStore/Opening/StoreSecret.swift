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
