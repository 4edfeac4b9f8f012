package import ByteCoding

/// Which hashes prove what about a tree (RFC 9162, sections 2.1.3 and 2.1.4), and what proofs say.
///
/// Indices count leaves from 0. Verifying takes untrusted input: whatever it is, the answer is true or false.
package enum MerkleProof {
    // MARK: Verifying

    /// Whether a proof shows that a leaf is in the tree with this root (RFC 9162, section 2.1.3.2).
    package static func verifyInclusion(
        of leaf: SHA256Digest, at index: UInt64, treeSize: UInt64, proof: [SHA256Digest], root: SHA256Digest
    ) -> Bool {
        guard index < treeSize else { return false }
        var node = index
        var last = treeSize - 1
        var hash = leaf
        for sibling in proof {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                hash = MerkleHash.node(sibling, hash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether a proof shows that the larger tree begins with all leaves of the smaller one, in their order (RFC 9162,
    /// section 2.1.4.2).
    ///
    /// Two trees of one size are consistent when their roots are the same and the proof is empty. A tree without leaves is
    /// refused: every tree extends it, so there is nothing to prove.
    package static func verifyConsistency(
        from smallerSize: UInt64, _ smallerRoot: SHA256Digest, to largerSize: UInt64, _ largerRoot: SHA256Digest,
        proof: [SHA256Digest]
    ) -> Bool {
        guard smallerSize > 0, smallerSize <= largerSize else { return false }
        if smallerSize == largerSize { return proof.isEmpty && smallerRoot == largerRoot }
        var rest = proof[...]
        // A smaller tree that is one perfect subtree is the first hash of the proof itself.
        let isPerfect = smallerSize.nonzeroBitCount == 1
        guard let first = isPerfect ? smallerRoot : rest.popFirst() else { return false }
        var node = smallerSize - 1
        var last = largerSize - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        var smaller = first
        var larger = first
        for hash in rest {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                smaller = MerkleHash.node(hash, smaller)
                larger = MerkleHash.node(hash, larger)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                larger = MerkleHash.node(larger, hash)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && smaller == smallerRoot && larger == largerRoot
    }

    // MARK: Proving

    /// The ranges of leaves whose subtree roots prove that a leaf is in a tree, in the order of the proof.
    ///
    /// - Precondition: `index` is below `treeSize`.
    package static func inclusionRanges(of index: UInt64, treeSize: UInt64) -> [Range<UInt64>] {
        precondition(index < treeSize, "the leaf is in the tree")
        var ranges: [Range<UInt64>] = []
        var tree = 0..<treeSize
        while tree.upperBound - tree.lowerBound > 1 {
            let middle = split(tree)
            if index < middle {
                ranges.append(middle..<tree.upperBound)
                tree = tree.lowerBound..<middle
            } else {
                ranges.append(tree.lowerBound..<middle)
                tree = middle..<tree.upperBound
            }
        }
        return ranges.reversed()
    }

    /// The ranges of leaves whose subtree roots prove that a tree extends a smaller one, in the order of the proof.
    ///
    /// - Precondition: `smallerSize` is at most `largerSize`.
    package static func consistencyRanges(from smallerSize: UInt64, to largerSize: UInt64) -> [Range<UInt64>] {
        precondition(smallerSize <= largerSize, "a tree does not extend a larger one")
        guard smallerSize > 0, smallerSize < largerSize else { return [] }
        var ranges: [Range<UInt64>] = []
        var tree = 0..<largerSize
        while tree.upperBound != smallerSize {
            let middle = split(tree)
            if smallerSize <= middle {
                ranges.append(middle..<tree.upperBound)
                tree = tree.lowerBound..<middle
            } else {
                ranges.append(tree.lowerBound..<middle)
                tree = middle..<tree.upperBound
            }
        }
        // The smaller tree's own root is known to whoever verifies, unless it had to be divided.
        if tree.lowerBound != 0 { ranges.append(tree) }
        return ranges.reversed()
    }

    /// The root over a range of leaves that ``inclusionRanges(of:treeSize:)`` or
    /// ``consistencyRanges(from:to:)`` returned, or over a whole tree.
    ///
    /// - Parameter subtree: The root of the perfect subtree of 2^`height` leaves whose first leaf is
    ///   `index` · 2^`height`. Called once for each 1 bit of the range's length, from the left.
    package static func root<Failure: Error>(
        over range: Range<UInt64>,
        subtree: (_ height: Int, _ index: UInt64) throws(Failure) -> SHA256Digest
    ) throws(Failure) -> SHA256Digest {
        var subtrees: [SHA256Digest] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let height = 63 - (range.upperBound - start).leadingZeroBitCount
            subtrees.append(try subtree(height, start >> UInt64(height)))
            start += 1 << UInt64(height)
        }
        guard var root = subtrees.popLast() else { return MerkleHash.emptyRoot }
        while let left = subtrees.popLast() { root = MerkleHash.node(left, root) }
        return root
    }

    /// Where a tree of more than one leaf divides: its left part has the greatest power of two of leaves that is less
    /// than all.
    private static func split(_ tree: Range<UInt64>) -> UInt64 {
        let count = tree.upperBound - tree.lowerBound
        return tree.lowerBound + 1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}
