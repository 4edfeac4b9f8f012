public import ByteCoding

/// The two hashes of an RFC 9162 tree (section 2.1.1). Their first bytes differ, so that no entry can pass for a node.
public enum MerkleHash {
    /// The hash of a leaf: SHA-256(00 ‖ entry).
    public static func leaf(_ entry: RawSpan) -> SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update([0])
        hasher.update(span: entry)
        return hasher.finalize()
    }

    /// The hash of a node: SHA-256(01 ‖ left ‖ right).
    public static func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update([1])
        hasher.update(left.bytes)
        hasher.update(right.bytes)
        return hasher.finalize()
    }

    /// The root of a tree without leaves: SHA-256 of nothing.
    public static let emptyRoot = SHA256Digest(hashing: [])
}
