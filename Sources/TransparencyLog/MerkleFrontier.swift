package import ByteCoding

/// The right edge of a growing tree: all that appending to it and hashing its root needs.
///
/// Holds one hash for each 1 bit of the leaf count, 64 at most. Appending costs two hashes on average.
package struct MerkleFrontier: Sendable {
    /// The number of leaves.
    package private(set) var leafCount: UInt64 = 0
    /// The roots of the perfect subtrees that the leaves divide into, the largest first.
    package private(set) var subtrees: [SHA256Digest] = []

    /// A tree without leaves.
    package init() {}

    /// The frontier of a tree whose perfect subtrees are known, the largest first; nil when their number does not fit
    /// the leaf count.
    package init?(leafCount: UInt64, subtrees: [SHA256Digest]) {
        guard subtrees.count == leafCount.nonzeroBitCount else { return nil }
        self.leafCount = leafCount
        self.subtrees = subtrees
    }

    /// Appends a leaf by its hash.
    package mutating func append(_ leaf: SHA256Digest) {
        var subtree = leaf
        // Every 1 bit at the end of the count is a subtree as large as the one that grows.
        for _ in 0..<(~leafCount).trailingZeroBitCount { subtree = MerkleHash.node(subtrees.removeLast(), subtree) }
        subtrees.append(subtree)
        leafCount += 1
    }

    /// The root of the tree.
    package var root: SHA256Digest {
        guard var root = subtrees.last else { return MerkleHash.emptyRoot }
        for subtree in subtrees.dropLast().reversed() { root = MerkleHash.node(subtree, root) }
        return root
    }
}
