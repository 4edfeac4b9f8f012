extension ParsedPrompt {
    /// The references of the prompt in canonical spelling, in its order; mostly none.
    package var references: [String] {
        guard case .codes(let tokens) = personalization else { return [] }
        return tokens.filter { $0.kind == .reference }.map(\.value.code)
    }

    /// Whether the prompt names a reference.
    package var hasReferences: Bool {
        guard case .codes(let tokens) = personalization else { return false }
        return tokens.contains { $0.kind == .reference }
    }

    /// The prompt with what its references mean now, which its expansion then names: an expanded prompt floats no more.
    ///
    /// - Parameter meanings: The newest code, in canonical spelling, of the profile of each reference.
    /// - Precondition: Every reference has a meaning; it is the store that says which one is unknown.
    package func resolvingReferences(_ meanings: [String: String]) -> ParsedPrompt {
        guard case .codes(let tokens) = personalization else { return self }
        return ParsedPrompt(
            self,
            codes: tokens.map { token in
                guard token.kind == .reference else { return token }
                guard let code = meanings[token.value.code] else {
                    preconditionFailure("the reference \(token.value.code) has no meaning")
                }
                return token.meaning(code)
            })
    }
}
