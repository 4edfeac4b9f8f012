/// What the prompt language must be told of codes and of references: how they are spelled. It never asks whether one
/// exists.
///
/// The store's codes are 13 characters of Crockford's base32 with a check symbol, its references a `u` before 13 such
/// characters (docs/format-codes.md).
package protocol CodeSyntax {
    /// Reads a text of 12 to 32 ASCII letters and digits, or of 64 hexadecimal digits, with any number of hyphens.
    ///
    /// Must be a pure function, and read each canonical spelling that it gives as itself: expansion rests on both. The
    /// canonical spelling must be such a text too.
    func read(_ text: String) -> CodeReading
}

/// What a text is as a code.
package enum CodeReading: Hashable, Sendable {
    /// A code; this is its one canonical spelling.
    case canonical(String)
    /// A reference to a profile; this is its one canonical spelling, which begins with `u`.
    case reference(String)
    /// A text with the shape of a code or reference whose check symbol is wrong.
    case mistyped
    /// A text without the shape of either.
    case notACode
}
