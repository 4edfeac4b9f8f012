internal import ByteCoding

/// The permanent name of a profile: in a prompt it means the profile's newest taste at that moment.
///
/// `u`, a letter that no code contains, then twelve symbols of Crockford's base32 that spell the first 60 bits of
/// SHA-256(`pstore.reference` ‖ two zero bytes ‖ profile digest), and the check symbol of a code (docs/format-codes.md).
/// A reference says nothing of whether its profile exists.
package struct ProfileReference: Hashable, Sendable {
    /// The first 60 bits of the hash. Below 2^60.
    package let bits: UInt64

    /// The first bytes hashed: no other hash of the store begins with them.
    static let domainTag = Array("pstore.reference\0\0".utf8)

    /// The reference of a profile.
    package init(_ profile: ProfileDigest) {
        bits = SHA256Digest(hashing: Self.domainTag + profile.digest.bytes).words.0 >> 4
    }

    /// The reference with these bits.
    ///
    /// - Precondition: `bits` is below 2^60.
    package init(bits: UInt64) {
        precondition(bits >> 60 == 0, "a reference has 60 bits")
        self.bits = bits
    }

    /// What follows the `u`, which is spelled as a code is.
    private var code: Code { Code(groups: (bits, 0, 0), symbolCount: Code.minimumSymbolCount) }
}

extension ProfileReference {
    /// Reads a reference as people type it: any case, `O` for 0, `I` and `L` for 1, hyphens anywhere.
    ///
    /// - Throws: ``CodeError/malformed(_:)`` when the text has not the shape of a reference, and ``CodeError/mistyped``
    ///   when it has, but the check symbol shows that a symbol is wrong or two are swapped.
    package init(parsing text: some StringProtocol) throws(CodeError) {
        self = try Self.read(String(text)).get()
    }

    /// Whether a text begins as a reference does, with `u` after any hyphens; nothing else can be one.
    package static func isBegun(by text: some StringProtocol) -> Bool {
        let first = text.utf8.first { $0 != UInt8(ascii: "-") }
        return first.map { $0 | 0x20 == UInt8(ascii: "u") } ?? false
    }

    /// What ``init(parsing:)`` does, for callers to whom a wrong reference is an everyday answer and not an error.
    package static func read(_ text: String) -> Result<ProfileReference, CodeError> {
        guard isBegun(by: text) else {
            let count = text.utf8.count { $0 != UInt8(ascii: "-") }
            return .failure(.malformed(.length(count)))
        }
        switch Code.readSymbols(codePart(of: text)) {
        case .success(let code) where code.symbolCount == Code.minimumSymbolCount:
            return .success(ProfileReference(bits: code.prefixBits))
        // A text of another length is no reference, whether or not its check symbol would be right.
        case .success: return .failure(.malformed(.length(text.utf8.count { $0 != UInt8(ascii: "-") })))
        case .failure(.mistyped):
            let count = text.utf8.count { $0 != UInt8(ascii: "-") }
            return .failure(count == characterCount ? .mistyped : .malformed(.length(count)))
        case .failure(.malformed(.length(let count))): return .failure(.malformed(.length(count + 1)))
        case .failure(.malformed(.character(let character, let column))):
            let prefix = text.count - codePart(of: text).count
            return .failure(.malformed(.character(character, column: column + prefix)))
        case .failure(let error): return .failure(error)
        }
    }

    /// The characters of a reference: `u`, twelve symbols, and the check symbol.
    static let characterCount = Code.minimumSymbolCount + 2

    /// The references that one edit behind the `u` makes of a mistyped text, as ``Code/corrections(of:among:)`` does.
    package static func corrections(
        of text: some StringProtocol, among candidates: [ProfileReference]
    ) -> [ProfileReference] {
        let text = String(text)
        guard isBegun(by: text) else { return [] }
        return Code.corrections(of: codePart(of: text), among: candidates.map(\.code))
            .map { ProfileReference(bits: $0.prefixBits) }
    }

    /// What follows the `u` in a text that begins with it.
    private static func codePart(of text: String) -> String {
        String(text.drop { $0 == "-" }.dropFirst())
    }
}

extension ProfileReference: CustomStringConvertible {
    /// The canonical spelling: lower case, no hyphens, 14 characters.
    package var description: String { "u\(code)" }
}
