/// Why a text is not a code.
public enum CodeError: Error, Hashable, Sendable {
    /// The text has the shape of a code and its check symbol is wrong: a character is wrong, or two are swapped.
    case mistyped
    /// The text has not the shape of a code.
    case malformed(Fault)
    /// What follows a code is not `::` and a weight from 1 to 1,000; the text is all that follows.
    case weight(String)

    /// What keeps a text from having the shape of a code.
    public enum Fault: Hashable, Sendable {
        /// This many characters, hyphens not counted.
        case length(Int)
        /// A character that is in no code; columns count characters from 1.
        case character(Character, column: Int)
    }
}

extension CodeError: CustomStringConvertible {
    /// What is wrong and what to do, in a sentence or two.
    public var description: String {
        switch self {
        case .mistyped:
            "the code is mistyped: a character is wrong or two are swapped; copy it again"
        case .weight(let text):
            "'\(text)' is no weight; a code may be followed by '::' and a number from 1 to 1000, and by nothing else"
        case .malformed(.length(let count)):
            "a code has 13 characters (31 at most), a reference 14 and a full hash 64 hexadecimal digits; this has \(count)"
        case .malformed(.character(let character, let column)):
            "codes have digits and letters without u, which begins references; this has '\(character)' at column \(column)"
        }
    }
}
