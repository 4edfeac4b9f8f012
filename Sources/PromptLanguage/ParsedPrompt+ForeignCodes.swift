package import CodeRegistry

extension ParsedPrompt {
    /// The codes of other services that the prompt names; mostly none.
    package var foreignCodes: [ForeignCode] {
        guard case .codes(let tokens) = personalization else { return [] }
        return tokens.compactMap(\.foreignCode)
    }

    /// Whether the prompt names a code of another service.
    package var hasForeignCodes: Bool {
        guard case .codes(let tokens) = personalization else { return false }
        return tokens.contains { $0.foreignCode != nil }
    }

    /// The prompt with the meaning of its foreign codes, which its expansion then names: an expanded prompt needs no
    /// alias any more.
    ///
    /// - Parameter meanings: The store's code of each foreign code.
    /// - Throws: ``PromptError/Kind/foreignCode`` for the first that has no meaning.
    package func resolvingForeignCodes(_ meanings: [ForeignCode: Code]) throws(PromptError) -> ParsedPrompt {
        guard case .codes(let tokens) = personalization else { return self }
        var resolved: [CodeToken] = []
        for token in tokens {
            guard let foreign = token.foreignCode else {
                resolved.append(token)
                continue
            }
            guard let code = meanings[foreign] else {
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
