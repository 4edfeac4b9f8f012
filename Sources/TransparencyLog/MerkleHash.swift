package import ByteCoding

/// The two hashes of an RFC 9162 tree (section 2.1.1). Their first bytes differ, so that no entry can pass for a node.
package enum MerkleHash {
    /// The hash of a leaf: SHA-256(00 ‖ entry).
    package static func leaf(_ entry: RawSpan) -> SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update([0])
        hasher.update(span: entry)
        return hasher.finalize()
    }

    /// The hash of a node: SHA-256(01 ‖ left ‖ right).
    package static func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        var hasher = SHA256Hasher()
        // In one piece and without an array: trees are hashed node by node, some million of them.
        unsafe withUnsafeTemporaryAllocation(byteCount: nodeByteCount, alignment: 8) { bytes in
            unsafe bytes[0] = 1
            unsafe store(left, in: bytes, at: 1)
            unsafe store(right, in: bytes, at: 1 + SHA256Digest.byteCount)
            unsafe hasher.update(span: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes)))
        }
        return hasher.finalize()
    }

    /// The root of a perfect tree over hashes of one height, whose number is a power of two.
    package static func root(overPerfect hashes: some Collection<SHA256Digest>) -> SHA256Digest {
        precondition(hashes.count.nonzeroBitCount == 1, "a perfect tree has a power of two of leaves")
        var level = Array(hashes)
        while level.count > 1 {
            for index in 0..<(level.count / 2) { level[index] = node(level[2 * index], level[2 * index + 1]) }
            level.removeLast(level.count / 2)
        }
        return level[0]
    }

    /// The root of a tree without leaves: SHA-256 of nothing.
    package static let emptyRoot = SHA256Digest(hashing: [])

    private static func store(_ digest: SHA256Digest, in bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        unsafe bytes.storeBytes(of: digest.words.0.bigEndian, toByteOffset: offset, as: UInt64.self)
        unsafe bytes.storeBytes(of: digest.words.1.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
        unsafe bytes.storeBytes(of: digest.words.2.bigEndian, toByteOffset: offset + 16, as: UInt64.self)
        unsafe bytes.storeBytes(of: digest.words.3.bigEndian, toByteOffset: offset + 24, as: UInt64.self)
    }

    private static var nodeByteCount: Int { 1 + 2 * SHA256Digest.byteCount }
}
