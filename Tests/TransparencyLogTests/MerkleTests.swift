import ByteCoding
import Foundation
import SeededRandom
import Testing
import TransparencyLog

struct MerkleTests {
    private let vectors = MerkleVectors.shared
    private var leaves: [SHA256Digest] { vectors.leaves.map { MerkleHash.leaf(bytes($0).span.bytes) } }

    @Test func `the roots of growing trees are those of RFC 9162`() throws {
        var frontier = MerkleFrontier()
        #expect(frontier.root == digest(vectors.roots[0]))
        for (index, leaf) in leaves.enumerated() {
            frontier.append(leaf)
            #expect(frontier.root == digest(vectors.roots[index + 1]))
            let restored = try #require(MerkleFrontier(leafCount: frontier.leafCount, subtrees: frontier.subtrees))
            #expect(restored.root == frontier.root)
        }
        #expect(MerkleFrontier(leafCount: 3, subtrees: [digest(vectors.roots[1])]) == nil)
    }

    @Test func `every inclusion proof is judged as RFC 9162 judges it`() {
        for vector in vectors.inclusion {
            let isValid = MerkleProof.verifyInclusion(
                of: digest(vector.leaf), at: vector.index, treeSize: vector.size, proof: vector.proof.map(digest),
                root: digest(vector.root))
            #expect(isValid == vector.valid, "\(vector.name)")
        }
    }

    @Test func `every consistency proof is judged as RFC 9162 judges it`() {
        for vector in vectors.consistency {
            let isValid = MerkleProof.verifyConsistency(
                from: vector.first, digest(vector.firstRoot), to: vector.second, digest(vector.secondRoot),
                proof: vector.proof.map(digest))
            #expect(isValid == vector.valid, "\(vector.name)")
        }
    }

    @Test func `every proof of trees of up to 40 leaves is made and verifies`() {
        let tree = SubtreeCache(leaves: leaves)
        for size in 1...40 {
            let root = digest(vectors.roots[size])
            for index in 0..<size {
                let ranges = MerkleProof.inclusionRanges(of: UInt64(index), treeSize: UInt64(size))
                let proof = ranges.map { MerkleProof.root(over: $0, subtree: tree.root) }
                #expect(
                    MerkleProof.verifyInclusion(
                        of: leaves[index], at: UInt64(index), treeSize: UInt64(size), proof: proof, root: root))
            }
            for smaller in 1...size {
                let ranges = MerkleProof.consistencyRanges(from: UInt64(smaller), to: UInt64(size))
                let proof = ranges.map { MerkleProof.root(over: $0, subtree: tree.root) }
                #expect(
                    MerkleProof.verifyConsistency(
                        from: UInt64(smaller), digest(vectors.roots[smaller]), to: UInt64(size), root, proof: proof))
            }
            #expect(MerkleProof.root(over: 0..<UInt64(size), subtree: tree.root) == root)
        }
    }

    @Test func `the right proofs are made hash by hash as RFC 9162 defines them`() {
        let tree = SubtreeCache(leaves: leaves)
        for vector in vectors.inclusion where vector.name.hasSuffix(": right") {
            let ranges = MerkleProof.inclusionRanges(of: vector.index, treeSize: vector.size)
            #expect(ranges.map { MerkleProof.root(over: $0, subtree: tree.root) } == vector.proof.map(digest))
        }
        for vector in vectors.consistency where vector.name.hasSuffix(": right") {
            let ranges = MerkleProof.consistencyRanges(from: vector.first, to: vector.second)
            #expect(ranges.map { MerkleProof.root(over: $0, subtree: tree.root) } == vector.proof.map(digest))
        }
    }

    @Test func `numbers as large as they come are judged without a trap`() {
        var random = SeededGenerator(seed: 9162)
        let edges: [UInt64] = [0, 1, 2, 3, 255, 256, 1 << 63 - 1, 1 << 63, .max - 1, .max]
        let hashes = leaves
        for first in edges {
            for second in edges {
                for count in [0, 1, 2, 63, 64, 65, 200] {
                    let proof = (0..<count).map { _ in random.pick(hashes) }
                    _ = MerkleProof.verifyInclusion(
                        of: hashes[0], at: first, treeSize: second, proof: proof, root: hashes[1])
                    let isConsistent = MerkleProof.verifyConsistency(
                        from: first, hashes[0], to: second, hashes[1], proof: proof)
                    #expect(!isConsistent)
                }
            }
        }
    }

    /// The vectors of github.com/transparency-dev/merkle.
    @Test func `the vectors of transparency-dev are judged right`() throws {
        let vectors = TransparencyVectors.shared
        #expect(vectors.inclusion.count == 98 && vectors.consistency.count == 98)
        // Bytes of another size are no hash, and are refused before a proof is looked at; but where two roots of one size
        // are all that is compared, the vectors have words in their place.
        func hash(_ data: Data) -> SHA256Digest? { try? SHA256Digest(bytes: Array(data).span.bytes) }
        func root(_ data: Data) -> SHA256Digest {
            hash(data) ?? SHA256Digest(hashing: Array("no hash: ".utf8), Array(data))
        }
        for vector in vectors.inclusion {
            let isValid = hash(vector.leafHash).map { leaf in
                MerkleProof.verifyInclusion(
                    of: leaf, at: vector.leafIdx, treeSize: vector.treeSize, proof: (vector.proof ?? []).map(root),
                    root: root(vector.root))
            }
            #expect((isValid ?? false) == !vector.wantErr, "\(vector.name)")
        }
        for vector in vectors.consistency {
            let isValid = MerkleProof.verifyConsistency(
                from: vector.size1, root(vector.root1), to: vector.size2, root(vector.root2),
                proof: (vector.proof ?? []).map(root))
            #expect(isValid == !vector.wantErr, "\(vector.name)")
        }
    }
}

/// The roots of the perfect subtrees over some leaves, computed by the definition.
private struct SubtreeCache {
    let leaves: [SHA256Digest]

    func root(height: Int, index: UInt64) -> SHA256Digest {
        height == 0
            ? leaves[Int(index)]
            : MerkleHash.node(
                root(height: height - 1, index: 2 * index), root(height: height - 1, index: 2 * index + 1))
    }
}
