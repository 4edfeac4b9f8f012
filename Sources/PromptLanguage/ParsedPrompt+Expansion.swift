package import CodeRegistry

extension ParsedPrompt {
    /// The prompt with its personalization spelled out: what to keep beside the image, so that the same taste applies
    /// at any later time and for any user.
    ///
    /// A bare `--p` is followed by a space and `codes`, separated by spaces; codes that the prompt names are rewritten
    /// into canonical spelling, and `codes` is not used. Every other byte stays. An expanded prompt expands to itself.
    /// A prompt without `--p` stays as it is, as does one with a bare `--p` when `codes` is empty.
    package func expanded(codes: [WeightedCode]) -> String {
        switch personalization {
        case .absent: text
        case .newest: codes.isEmpty ? text : inserting(codes)
        case .codes(let tokens): replacing(tokens)
        }
    }

    /// What ``expanded(codes:)`` gives, and for a prompt without `--p` the prompt with `--p` and `codes` at its end:
    /// for users who personalize every prompt.
    ///
    /// One space separates the addition from the prompt, none when the prompt is empty or ends with white space. The
    /// prompt stays as it is when `codes` is empty.
    package func addingPersonalization(codes: [WeightedCode]) -> String {
        guard personalization == .absent, !codes.isEmpty else { return expanded(codes: codes) }
        let endsWithSpace = text.unicodeScalars.last?.properties.isWhitespace ?? true
        return text + (endsWithSpace ? "--p" : " --p") + Self.list(codes)
    }

    private func inserting(_ codes: [WeightedCode]) -> String {
        guard let flag = personalizationFlag else { return text }
        let end = index(ofByte: flag.upperBound)
        // Appended to, not added up: adding substrings copies them character by character.
        var result = ""
        result += text[..<end]
        result += Self.list(codes)
        result += text[end...]
        return result
    }

    private func replacing(_ tokens: [CodeToken]) -> String {
        var result = ""
        var copied = text.startIndex
        for token in tokens {
            result += text[copied..<index(ofByte: token.range.lowerBound)]
            result += token.description
            copied = index(ofByte: token.range.upperBound)
        }
        result += text[copied...]
        return result
    }

    private func index(ofByte offset: Int) -> String.Index {
        text.utf8.index(text.startIndex, offsetBy: offset)
    }

    private static func list(_ codes: [WeightedCode]) -> String {
        codes.reduce(into: "") { list, code in
            list += " "
            list += code.description
        }
    }
}
