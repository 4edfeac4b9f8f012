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
        /// A token where codes stand has the shape of a code, but its check symbol is wrong.
        case mistypedCode
        /// A token where codes stand looks like a code, but has too few or too many characters, or one that is in none.
        case malformedCode
        /// A right code is followed by something that is not a weight, such as a comma.
        case codeWithSuffix
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

extension PromptError: CustomStringConvertible {
    /// What happened, where, and the remedy, in a sentence or two.
    public var description: String { "column \(column), '\(token)': \(kind.explanation)" }
}

extension PromptError.Kind {
    /// What is wrong and what to do about it.
    var explanation: String {
        switch self {
        case .repeatedFlag:
            "this parameter may be given once; remove one (several codes follow one --p, separated by spaces)"
        case .mistypedCode:
            "the code is mistyped: a character is wrong or two are swapped; copy it again, "
                + "or move it before --p if it is text"
        case .malformedCode:
            "this is not a code: codes have 13 characters, letters and digits without u; copy it again, "
                + "or move it before --p if it is text"
        case .codeWithSuffix:
            "only a weight such as ::2 may follow a code directly; separate codes by spaces"
        case .invalidWeight:
            "a weight is a whole number from 1 to 1000 directly after its code, as in code::2"
        case .missingValue:
            "the parameter needs a value, as in --s 250, --v 6.1 or --niji 6; add it or remove the parameter"
        case .invalidStylize:
            "stylize is a whole number from 0 to 1000, as in --s 250"
        case .invalidVersion:
            "a version is a number such as 6 or 6.1"
        }
    }
}
