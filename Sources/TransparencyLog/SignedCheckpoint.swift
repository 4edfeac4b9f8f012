public import ByteCoding

/// How large a log was and the root over all of its entries, signed: C2SP's tlog-checkpoint.
///
/// Whoever keeps one can later demand a proof that the log of that day extends it: nothing before may have changed.
public struct SignedCheckpoint: Hashable, Sendable {
    /// The log's name, which its key has too.
    public let origin: String
    /// The number of entries.
    public let size: UInt64
    /// The root of the tree over them.
    public let root: SHA256Digest
    /// What was signed, with the signatures.
    package let note: SignedNote

    /// Signs the state of a log in the name of the key's log.
    public init(size: UInt64, root: SHA256Digest, signedBy key: SigningKey) {
        origin = key.verifierKey.name
        self.size = size
        self.root = root
        note = SignedNote(signing: "\(origin)\n\(size)\n\(Base64Text.encode(root.bytes))\n", with: key)
    }

    /// Reads a signed checkpoint and verifies that the key's owner signed it for the log of that name.
    public init(parsing text: String, verifiedBy key: VerifierKey) throws(TransparencyError) {
        try self.init(unverified: text)
        guard origin == key.name else { throw .otherLog(expected: key.name, found: origin) }
        guard note.isSigned(by: key) else { throw .notSigned(by: key.name) }
    }

    /// Reads a signed checkpoint of any log and believes nothing of it.
    package init(unverified text: String) throws(TransparencyError) {
        note = try SignedNote(parsing: text)
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard lines.count >= 3, lines.allSatisfy({ !$0.isEmpty }) else {
            throw .checkpoint("it has not the three lines origin, size and root")
        }
        origin = String(lines[0])
        guard let size = UInt64(lines[1]), "\(size)" == lines[1] else {
            throw .checkpoint("its size '\(lines[1].prefix(40))' is not a number")
        }
        self.size = size
        guard let bytes = Base64Text.decode(lines[2]), let root = unsafe try? SHA256Digest(bytes: bytes.span.bytes)
        else {
            throw .checkpoint("its root is not the base 64 of 32 bytes")
        }
        self.root = root
    }
}

extension SignedCheckpoint: CustomStringConvertible {
    /// The checkpoint as it is published.
    public var description: String { note.description }
}
