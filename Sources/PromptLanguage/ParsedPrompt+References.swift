package import CodeRegistry

extension ParsedPrompt {
    /// The references of the prompt, in its order; mostly none.
    package var references: [ProfileReference] {
        guard case .codes(let tokens) = personalization else { return [] }
        return tokens.compactMap(\.reference)
    }

    /// Whether the prompt names a reference.
    package var hasReferences: Bool {
        guard case .codes(let tokens) = personalization else { return false }
        return tokens.contains { $0.reference != nil }
    }

    /// The prompt with what its references mean now, which its expansion then names: an expanded prompt floats no more.
    ///
    /// - Parameter meanings: The newest code of the profile of each reference.
    /// - Precondition: Every reference has a meaning; it is the store that says which one is unknown.
    package func resolvingReferences(_ meanings: [ProfileReference: Code]) -> ParsedPrompt {
        guard case .codes(let tokens) = personalization else { return self }
        return ParsedPrompt(
            self,
            codes: tokens.map { token in
                guard let reference = token.reference else { return token }
                guard let code = meanings[reference] else {
                    preconditionFailure("the reference \(reference) has no meaning")
                }
                return token.meaning(code)
            })
    }
}
