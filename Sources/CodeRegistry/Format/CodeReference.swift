package import ByteCoding

/// What people give where a version is meant: its code or its full hash.
package enum CodeReference: Hashable, Sendable {
    /// A code; check symbol and shape are right.
    case code(Code)
    /// A full hash.
    case hash(SHA256Digest)

    /// Reads a code (see ``Code/init(parsing:)``) or 64 hexadecimal digits of either case; hyphens are ignored in both.
    ///
    /// - Throws: What ``Code/init(parsing:)`` throws for a text that is neither.
    package init(parsing text: some StringProtocol) throws(CodeError) {
        // The two never overlap: a code has at most 31 characters.
        if text.utf8.count >= 2 * SHA256Digest.byteCount {
            let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
            if let hash = SHA256Digest(hex: String(decoding: digits, as: UTF8.self)) {
                self = .hash(hash)
                return
            }
        }
        self = .code(try Code(parsing: text))
    }

    /// Whether the version with this hash is meant.
    package func matches(_ digest: SHA256Digest) -> Bool {
        switch self {
        case .code(let code): code.matches(digest)
        case .hash(let hash): hash == digest
        }
    }
}

extension CodeReference: CustomStringConvertible {
    /// The canonical spelling of the code, or the hash as 64 lower-case hexadecimal digits.
    package var description: String {
        switch self {
        case .code(let code): code.description
        case .hash(let hash): hash.description
        }
    }
}
