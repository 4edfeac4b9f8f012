package import ByteCoding

/// The part of a version's bytes that makes its code belong to one profile of one store, without revealing the user.
///
/// SHA-256 over, in this order: the domain tag `pstore.profile` in ASCII and two zero bytes; the store secret, 32
/// bytes; the user, the space's name and the profile's name, each as its UTF-8 byte count (little-endian `UInt16`) and
/// its UTF-8 bytes, exactly as given: no Unicode normalization.
package struct ProfileDigest: Hashable, Sendable {
    /// The digest.
    package let digest: SHA256Digest

    /// The size of a store secret in bytes.
    package static let secretByteCount = 32
    /// The first bytes hashed: no other hash of the store begins with them.
    static let domainTag = Array("pstore.profile\0\0".utf8)

    /// The digest of a profile.
    ///
    /// - Precondition: The secret has 32 bytes, and no name more than 65,535 UTF-8 bytes.
    package init(secret: [UInt8], user: String, space: String, profile: String) {
        precondition(secret.count == Self.secretByteCount, "a store secret has 32 bytes")
        var writer = ByteWriter(capacity: 128)
        writer.write(bytes: Self.domainTag)
        writer.write(bytes: secret)
        writer.writeShortString(user)
        writer.writeShortString(space)
        writer.writeShortString(profile)
        digest = SHA256Digest(hashing: writer.span())
    }

    /// The profile digest that a version's bytes hold.
    package init(_ digest: SHA256Digest) { self.digest = digest }
}

extension ProfileDigest: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package var description: String { digest.description }
}
