package import ByteCoding

/// A proof that an entry stands in a log, which can be checked without the log: C2SP's tlog-proof.
package struct InclusionProof: Hashable, Sendable {
    /// The entry's index, from 0.
    package let index: UInt64
    /// The hashes beside the way from the leaf to the root.
    package let hashes: [SHA256Digest]
    /// The state of the log that the proof leads to.
    package let checkpoint: SignedCheckpoint
    /// What the entry's own format needs to rebuild the entry. Nothing vouches for it but the entry's hash.
    package let extra: [UInt8]?

    /// Puts a proof together; nothing is verified.
    package init(index: UInt64, hashes: [SHA256Digest], checkpoint: SignedCheckpoint, extra: [UInt8]? = nil) {
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
        self.extra = extra
    }

    /// Reads a proof whose checkpoint the key's owner signed. The entry is not verified: see ``proves(_:)``.
    package init(parsing text: String, verifiedBy key: VerifierKey) throws(TransparencyError) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popFirst() == Self.header[...] else { throw .proof("it does not begin with '\(Self.header)'") }
        if let line = lines.first, line.hasPrefix("extra ") {
            guard let bytes = Base64Text.decode(line.dropFirst(6)) else {
                throw .proof("its extra data is not base 64")
            }
            extra = bytes
            lines.removeFirst()
        } else {
            extra = nil
        }
        guard let line = lines.popFirst(), line.hasPrefix("index "), let index = UInt64(line.dropFirst(6)),
            "\(index)" == line.dropFirst(6)
        else { throw .proof("it has no line with the entry's index") }
        self.index = index
        hashes = try Self.hashes(from: &lines)
        checkpoint = try SignedCheckpoint(parsing: lines.joined(separator: "\n"), verifiedBy: key)
    }

    /// Takes the lines of hashes from the beginning of a proof, and the empty line that ends them.
    static func hashes(from lines: inout ArraySlice<Substring>) throws(TransparencyError) -> [SHA256Digest] {
        var hashes: [SHA256Digest] = []
        while let line = lines.popFirst(), !line.isEmpty {
            guard hashes.count < 64 else { throw .proof("it has more than 64 hashes") }
            guard let bytes = Base64Text.decode(line), let hash = unsafe try? SHA256Digest(bytes: bytes.span.bytes)
            else {
                throw .proof("a line of it is not the base 64 of a hash")
            }
            hashes.append(hash)
        }
        return hashes
    }

    /// Whether the entry with this leaf hash stands in the log at the index.
    package func proves(_ leaf: SHA256Digest) -> Bool {
        MerkleProof.verifyInclusion(
            of: leaf, at: index, treeSize: checkpoint.size, proof: hashes, root: checkpoint.root)
    }

    static let header = "c2sp.org/tlog-proof@v1"
}

extension InclusionProof: CustomStringConvertible {
    /// The proof as it is handed on.
    package var description: String {
        let extraLine = extra.map { "extra \(Base64Text.encode($0))\n" } ?? ""
        let hashLines = hashes.map { Base64Text.encode($0.bytes) + "\n" }.joined()
        return "\(Self.header)\n\(extraLine)index \(index)\n\(hashLines)\n\(checkpoint)"
    }
}
