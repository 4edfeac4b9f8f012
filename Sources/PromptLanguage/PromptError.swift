/// Why a prompt cannot be understood: what is wrong, where, and what to do.
public struct PromptError: Error, Hashable, Sendable {
    /// What is wrong.
    public let kind: Kind
    /// Where the token begins, in characters from 1.
    public let column: Int
    /// The word of the prompt that is wrong, as typed.
    public let token: String

    /// The kinds of mistakes.
    public enum Kind: Hashable, Sendable {
        /// `--p`, `--s` or the model is given twice.
        case repeatedFlag
        /// `--p` is directly followed by punctuation, as in `--p,` and `--p=code`.
        case flagWithSuffix
        /// The whole prompt is in double quotes, so that its parameters would be text.
        case quotedParameter
        /// A token where codes stand has the shape of a code, but its check symbol is wrong.
        case mistypedCode
        /// A token where codes stand looks like a code, but has too few or too many characters, or one that is in none.
        case malformedCode
        /// A code is followed by something that is not a weight, such as a comma.
        case codeWithSuffix
        /// A code where codes stand is in quotes or brackets, or another sign stands before it.
        case wrappedCode
        /// A token where codes stand has the shape of another service's code, and the store has no alias for it.
        case foreignCode
        /// A token where codes stand is the id of another service's moodboard.
        case moodboard
        /// A weight that is not a whole number from 1 to 1000, or that follows no code.
        case invalidWeight
        /// `--s`, `--v` or `--niji` at the end or directly before another parameter.
        case missingValue
        /// `--s` with something else than a whole number from 0 to 1000.
        case invalidStylize
        /// `--v` or `--niji` with something else than a version such as 6 or 6.1.
        case invalidVersion
    }
}

extension PromptError {
    /// The number of characters that begin at or before a byte: a word that begins with a combining mark is in the
    /// column of the white space that the mark combines with.
    static func column(ofByte offset: Int, in text: String) -> Int {
        var column = 0
        var start = 0
        for character in text {
            if start > offset { break }
            column += 1
            start += character.utf8.count
        }
        return column
    }
}
