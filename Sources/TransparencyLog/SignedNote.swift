/// A text and who has signed it, in C2SP's format (c2sp.org/signed-note).
package struct SignedNote: Hashable, Sendable {
    /// The text that is signed; its last character is a line feed.
    package let text: String
    /// The signatures, in the note's order.
    package let signatures: [Signature]

    /// One signature line.
    package struct Signature: Hashable, Sendable {
        /// The name of the key.
        package let name: String
        /// Which of the keys of that name.
        package let keyID: UInt32
        /// The signature itself, as long as its kind of key makes it.
        package let bytes: [UInt8]
    }

    /// More signatures than this, or a longer note, are refused: a bound that C2SP asks verifiers to have.
    package static let signatureLimit = 64
    /// The size of the longest note that is read, in bytes.
    package static let byteLimit = 1 << 20

    /// Signs a text.
    ///
    /// - Precondition: The text ends in a line feed and has no other control character.
    package init(signing text: String, with key: SigningKey) {
        precondition(Self.isText(text), "a note's text ends in a line feed and has no other control characters")
        self.text = text
        signatures = [
            Signature(
                name: key.verifierKey.name, keyID: key.verifierKey.id, bytes: key.signature(of: text))
        ]
    }

    /// Reads a note. Nothing is verified: see ``isSigned(by:)``.
    package init(parsing note: String) throws(TransparencyError) {
        guard note.utf8.count <= Self.byteLimit else { throw .note("it is longer than \(Self.byteLimit) bytes") }
        guard Self.isText(note) else { throw .note("it does not end in a line feed, or has control characters") }
        let bytes = Array(note.utf8)
        // The last empty line parts text and signatures; the text itself may have empty lines.
        let lineFeed = UInt8(ascii: "\n")
        guard let end = bytes.indices.dropLast().last(where: { bytes[$0] == lineFeed && bytes[$0 + 1] == lineFeed })
        else {
            throw .note("no empty line parts its text from its signatures")
        }
        text = String(decoding: bytes[...end], as: UTF8.self)
        let lines = bytes[(end + 2)...].split(separator: lineFeed, omittingEmptySubsequences: true)
        guard !lines.isEmpty else { throw .note("it has no signature") }
        guard lines.count <= Self.signatureLimit else {
            throw .note("it has more than \(Self.signatureLimit) signatures")
        }
        var signatures: [Signature] = []
        for line in lines { signatures.append(try Self.signature(String(decoding: line, as: UTF8.self))) }
        self.signatures = signatures
    }

    /// Whether the owner of a key has signed the note. Signatures of other keys are passed over; a wrong signature of
    /// this very key makes the note worthless.
    package func isSigned(by key: VerifierKey) -> Bool {
        let own = signatures.filter { $0.name == key.name && $0.keyID == key.id }
        return !own.isEmpty && own.allSatisfy { key.verifies($0.bytes, of: text) }
    }

    private static func signature(_ line: String) throws(TransparencyError) -> Signature {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", VerifierKey.isName(String(parts[1])) else {
            throw .note("a signature line is not an em dash, a key name and a signature")
        }
        guard let bytes = Base64Text.decode(parts[2]), bytes.count > 4 else {
            throw .note("the signature of \(parts[1]) is not base 64")
        }
        let id = bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Signature(name: String(parts[1]), keyID: id, bytes: Array(bytes[4...]))
    }

    private static func isText(_ text: String) -> Bool {
        text.utf8.last == UInt8(ascii: "\n") && text.utf8.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") }
    }
}

extension SignedNote: CustomStringConvertible {
    /// The note as it is published.
    package var description: String {
        let lines = signatures.map { signature in
            let id = (0..<4).map { UInt8(truncatingIfNeeded: signature.keyID >> UInt32(24 - 8 * $0)) }
            return "\u{2014} \(signature.name) \(Base64Text.encode(id + signature.bytes))\n"
        }
        return text + "\n" + lines.joined()
    }
}
