extension Code {
    /// The candidates that one edit makes of a mistyped text: one wrong character, two neighbours swapped, one
    /// character missing or one too many. For "did you mean" in error messages.
    ///
    /// The text is read as a code is (case, `O`, `I`, `L`, hyphens); a character that is in no code counts as one wrong
    /// character. A candidate that the text already spells is no edit away and not among the result.
    ///
    /// Cost: one comparison of at most 32 characters for each candidate. The result keeps the candidates' order.
    package static func corrections(of text: some StringProtocol, among candidates: [Code]) -> [Code] {
        let typed = text.utf8.map { CodeAlphabet.symbols[Int($0)] }.filter { $0 != CodeAlphabet.hyphen }
        let lengths = minimumSymbolCount...(maximumSymbolCount + 2)
        guard lengths.contains(typed.count) else { return [] }
        return candidates.filter { code in
            code.symbolCount.map { isOneEdit(from: typed[...], to: code.symbols($0)[...]) } ?? false
        }
    }

    /// Whether exactly one substitution, swap of neighbours, insertion or deletion leads from one text to the other.
    private static func isOneEdit(from typed: ArraySlice<UInt8>, to code: ArraySlice<UInt8>) -> Bool {
        let difference = typed.count - code.count
        guard abs(difference) <= 1 else { return false }
        let common = zip(typed, code).prefix { $0 == $1 }.count
        let rest = typed.dropFirst(common)
        let wanted = code.dropFirst(common)
        switch difference {
        case 1: return rest.dropFirst() == wanted
        case -1: return rest == wanted.dropFirst()
        default:
            guard let first = rest.first, let wantedFirst = wanted.first else { return false }
            if rest.dropFirst() == wanted.dropFirst() { return true }
            return rest.dropFirst().first == wantedFirst && wanted.dropFirst().first == first
                && rest.dropFirst(2) == wanted.dropFirst(2)
        }
    }
}
