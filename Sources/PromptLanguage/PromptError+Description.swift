extension PromptError: CustomStringConvertible {
    /// What happened, where, and the remedy, in a sentence or two.
    public var description: String { "column \(column), '\(token)': \(explanation)" }

    /// What is wrong and what to do about it.
    private var explanation: String {
        switch kind {
        case .repeatedFlag:
            "this parameter may be given once; remove one (several codes follow one --p, separated by spaces)"
        case .flagWithSuffix:
            "nothing may follow this parameter directly: \(suffixRemedy(of: "it"))"
        case .quotedParameter:
            "the whole prompt is in quotes, which would make this parameter text; remove the quotation marks around it"
        case .mistypedCode:
            "the code is mistyped: a character is wrong or two are swapped; copy it again, "
                + "or move it before --p if it is text"
        case .malformedCode:
            "this is not a code: codes have 13 characters, letters and digits without u, and references a u before 13 such "
                + "characters; copy it again, "
                + "or move it before --p if it is text"
        case .codeWithSuffix:
            "only a weight such as ::2 may follow a code directly: \(suffixRemedy(of: "the code")); "
                + "separate codes by spaces, and move text before --p"
        case .wrappedCode:
            "a code stands alone, without quotes, brackets or other signs: remove them; "
                + "if this is text, move it before --p"
        case .foreignCode:
            "this looks like another service's code, and the store has no alias for it; an operator can give it a "
                + "meaning with 'storectl alias \(token.lowercased()) CODE'; if it is text, move it before --p, or put it "
                + "in double quotes"
        case .moodboard:
            "this is the id of another service's moodboard, which has no meaning here; remove it, or name codes instead"
        case .invalidWeight:
            "a weight is a whole number from 1 to 1000 directly after its code, as in code::2" + valueRemedy
        case .missingValue:
            "the parameter needs a value, as in --s 250, --v 6.1 or --niji 6; add it or remove the parameter"
        case .invalidStylize:
            "stylize is a whole number from 0 to 1000, as in --s 250" + valueRemedy
        case .invalidVersion:
            "a version is a number such as 6 or 6.1" + valueRemedy
        }
    }

    /// What to do about what follows a code or a parameter directly.
    private func suffixRemedy(of what: String) -> String {
        let isDashed = token.hasPrefix("-") || token.hasPrefix("—") || token.hasPrefix("–")
        // The name of a parameter has hyphens before it, and a code may have some in it.
        let suffix = token.drop { isDashed && "-—–".contains($0) || $0.isASCIILetterOrDigit || $0 == "-" }
        guard let first = suffix.first else { return "separate what follows by a space" }
        if first == ":", suffix.dropFirst().allSatisfy(\.isASCIILetterOrDigit) {
            return "write a weight with two colons"
        }
        let isLast = suffix.allSatisfy { $0.signName != nil }
        let sign = first.signName.map { "the \($0)" } ?? "what follows"
        return isLast ? "remove \(sign) after \(what)" : "put a space in place of \(sign) after \(what)"
    }

    /// What to do about a sign around a value that would be right without it; nothing for a value that would not.
    private var valueRemedy: String {
        let signs = token.reversed().prefix { $0.signName != nil && !$0.isASCIILetterOrDigit }
        guard let last = signs.last, let name = last.signName, signs.count < token.count else { return "" }
        return "; remove the \(name)"
    }
}

extension Character {
    fileprivate var isASCIILetterOrDigit: Bool { isASCII && (isLetter || isNumber) }

    /// What people call a sign; nil for a letter or a digit.
    fileprivate var signName: String? {
        switch self {
        case ",": "comma"
        case "，": "full-width comma"
        case "、", "､": "ideographic comma"
        case ".": "full stop"
        case "。", "．", "｡": "full-width full stop"
        case ";": "semicolon"
        case "；": "full-width semicolon"
        case ":": "colon"
        case "：": "full-width colon"
        case "!", "！": "exclamation mark"
        case "?", "？": "question mark"
        case "(", "[", "{", "<", "（", "【", "「", "『", "《": "opening bracket"
        case ")", "]", "}", ">", "）", "】", "」", "』", "》": "closing bracket"
        case "\"", "“", "”", "'", "‘", "’", "«", "»", "„": "quotation mark"
        case "`": "backtick"
        case "*": "asterisk"
        case "_": "underscore"
        case "=": "equals sign"
        case "/": "slash"
        case "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{AD}": "invisible character"
        default: isLetter || isNumber ? nil : "sign '\(self)'"
        }
    }
}
