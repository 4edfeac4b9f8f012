/// The codes after `--p`.
extension PromptParser {
    /// What the letters, digits and hyphens at the start of a word look like.
    private enum Shape {
        /// Too few, too many, or not a hash: text.
        case text
        /// Letters only: a code if the check symbol says so, else text.
        case word
        /// With a digit, or a full hash: a code, right or wrong.
        case code
    }

    /// Reads codes up to the first word that is none, which is the next word of the prompt.
    @_lifetime(self: copy self)
    mutating func takeCodes() throws(PromptError) -> [CodeToken] {
        var tokens: [CodeToken] = []
        while true {
            let start = scanner.wordStart(from: offset)
            guard start < scanner.byteCount, let token = try codeToken(at: start) else { return tokens }
            tokens.append(token)
            offset = token.range.upperBound
        }
    }

    /// The code with its weight that a word is, or nil when the word is text or a parameter.
    private func codeToken(at start: Int) throws(PromptError) -> CodeToken? {
        if scanner.dashLength(at: start) > 0 { return nil }
        if scanner.hasColons(at: start) {
            throw error(.invalidWeight, start..<scanner.wordEnd(from: start))
        }
        let (shape, end) = shape(from: start)
        if shape == .text { return nil }
        let typed = String(substring(start..<end))
        let reading = syntax.read(typed)
        if !scanner.isWordEnd(end), !scanner.hasColons(at: end) {
            guard shape == .code, case .canonical = reading else { return nil }
            throw error(.codeWithSuffix, start..<scanner.wordEnd(from: end))
        }
        switch reading {
        case .canonical(let code):
            let (weight, tokenEnd) = try weight(from: end, tokenStart: start)
            return CodeToken(typed: typed, value: WeightedCode(code, weight: weight), range: start..<tokenEnd)
        case .mistyped, .notACode:
            if shape == .word { return nil }
            throw error(reading == .mistyped ? .mistypedCode : .malformedCode, start..<end)
        }
    }

    /// The shape of the letters, digits and hyphens from an offset on, and where they end.
    private func shape(from start: Int) -> (Shape, end: Int) {
        var end = start
        var digits = 0, letters = 0
        var isHexadecimal = true
        while end < scanner.byteCount {
            let byte = scanner[end]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): letters += 1
            case UInt8(ascii: "g")...UInt8(ascii: "z"), UInt8(ascii: "G")...UInt8(ascii: "Z"):
                letters += 1
                isHexadecimal = false
            case UInt8(ascii: "-"): break
            default: return (Self.shape(digits: digits, letters: letters, isHexadecimal: isHexadecimal), end)
            }
            end += 1
        }
        return (Self.shape(digits: digits, letters: letters, isHexadecimal: isHexadecimal), end)
    }

    /// One character less than the shortest code to one more than the longest, or a full hash.
    private static func shape(digits: Int, letters: Int, isHexadecimal: Bool) -> Shape {
        switch digits + letters {
        case 12...32: digits > 0 ? .code : .word
        case 64: isHexadecimal ? .code : .text
        default: .text
        }
    }

    /// The weight after a code, 1 without one, and the end of the token.
    private func weight(from end: Int, tokenStart: Int) throws(PromptError) -> (weight: Int, end: Int) {
        guard scanner.hasColons(at: end) else { return (1, end) }
        let tokenEnd = scanner.wordEnd(from: end)
        guard let weight = scanner.number(in: (end + 2)..<tokenEnd), WeightedCode.weights.contains(weight) else {
            throw error(.invalidWeight, tokenStart..<tokenEnd)
        }
        return (weight, tokenEnd)
    }
}
