extension ParsedPrompt {
    /// The codes of other services that the prompt names, in lower case; mostly none.
    package var foreignCodes: [String] {
        guard case .codes(let tokens) = personalization else { return [] }
        return tokens.filter { $0.kind == .foreignCode }.map(\.value.code)
    }

    /// Whether the prompt names a code of another service.
    package var hasForeignCodes: Bool {
        guard case .codes(let tokens) = personalization else { return false }
        return tokens.contains { $0.kind == .foreignCode }
    }

    /// The prompt with the meaning of its foreign codes, which its expansion then names: an expanded prompt needs no
    /// alias any more.
    ///
    /// - Parameter meanings: The store's code, in canonical spelling, of each foreign code in lower case.
    /// - Throws: ``PromptError/Kind/foreignCode`` for the first that has no meaning.
    package func resolvingForeignCodes(_ meanings: [String: String]) throws(PromptError) -> ParsedPrompt {
        guard case .codes(let tokens) = personalization else { return self }
        var resolved: [CodeToken] = []
        for token in tokens {
            guard token.kind == .foreignCode else {
                resolved.append(token)
                continue
            }
            guard let code = meanings[token.value.code] else {
                throw PromptError(
                    kind: .foreignCode, column: PromptError.column(ofByte: token.range.lowerBound, in: text),
                    token: token.typed)
            }
            resolved.append(token.meaning(code))
        }
        return ParsedPrompt(self, codes: resolved)
    }

    /// A prompt with other codes in the same places.
    init(_ prompt: ParsedPrompt, codes: [CodeToken]) {
        text = prompt.text
        personalization = .codes(codes)
        personalizationFlag = prompt.personalizationFlag
        stylize = prompt.stylize
        model = prompt.model
    }
}
