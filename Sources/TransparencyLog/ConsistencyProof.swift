package import ByteCoding

/// A proof that a log extends what it was at an earlier size, which can be checked without the log: in the form in which
/// C2SP's tlog-witness submits a checkpoint to witnesses.
public struct ConsistencyProof: Hashable, Sendable {
    /// The number of entries that the log had before.
    public let earlierSize: UInt64
    /// The hashes that lead from the earlier root to the later one.
    package let hashes: [SHA256Digest]
    /// The later state of the log.
    public let checkpoint: SignedCheckpoint

    /// Puts a proof together; nothing is verified.
    package init(earlierSize: UInt64, hashes: [SHA256Digest], checkpoint: SignedCheckpoint) {
        self.earlierSize = earlierSize
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// Reads a proof whose checkpoint the key's owner signed. What it proves is not verified: see ``proves(from:)``.
    public init(parsing text: String, verifiedBy key: VerifierKey) throws(TransparencyError) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard let line = lines.popFirst(), line.hasPrefix(Self.prefix) else {
            throw .proof("it does not begin with '\(Self.prefix)' and a size")
        }
        let number = line.dropFirst(Self.prefix.count)
        guard let size = UInt64(number), "\(size)" == number else {
            throw .proof("the earlier size '\(number.prefix(40))' is not a number")
        }
        earlierSize = size
        hashes = try InclusionProof.hashes(from: &lines)
        checkpoint = try SignedCheckpoint(parsing: lines.joined(separator: "\n"), verifiedBy: key)
    }

    /// Whether the log of the later checkpoint begins with all that it had at an earlier one, unchanged.
    ///
    /// The earlier checkpoint's signature is not looked at: read it with the log's key first.
    public func proves(from earlier: SignedCheckpoint) -> Bool {
        guard earlier.size == earlierSize, earlier.origin == checkpoint.origin else { return false }
        // Every log extends an empty one.
        if earlier.size == 0 { return hashes.isEmpty && earlier.root == MerkleHash.emptyRoot }
        return MerkleProof.verifyConsistency(
            from: earlier.size, earlier.root, to: checkpoint.size, checkpoint.root, proof: hashes)
    }

    /// Whether a text claims to be such a proof, and not one that an entry stands in a log.
    package static func isConsistencyProof(_ text: String) -> Bool { text.hasPrefix(prefix) }

    private static let prefix = "old "
}

extension ConsistencyProof: CustomStringConvertible {
    /// The proof as it is handed on.
    public var description: String {
        let hashLines = hashes.map { Base64Text.encode($0.bytes) + "\n" }.joined()
        return "\(Self.prefix)\(earlierSize)\n\(hashLines)\n\(checkpoint)"
    }
}
