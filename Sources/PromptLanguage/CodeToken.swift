package import CodeRegistry

/// A code, or what stands for one, in the text of a prompt.
package struct CodeToken: Hashable, Sendable {
    /// The code as typed, without its weight.
    package let typed: String
    /// What it means.
    package let meaning: Meaning
    /// How much it counts: 1 to 1,000.
    package let weight: Int
    /// Where it is with its weight, in UTF-8 bytes of the prompt.
    package let range: Range<Int>

    /// What can stand after `--p`.
    package enum Meaning: Hashable, Sendable {
        /// A code of the store, which says itself what it means.
        case code(Code)
        /// A code of another service: the store has to say what it means.
        case foreignCode(ForeignCode)
        /// A reference to a profile: the store has to say what the profile's newest code is.
        case reference(ProfileReference)
    }

    /// The same place in the prompt with another meaning.
    func meaning(_ code: Code) -> CodeToken {
        CodeToken(typed: typed, meaning: .code(code), weight: weight, range: range)
    }

    /// The code and its weight; nil while the token is no code of the store.
    package var code: WeightedCode? {
        if case .code(let code) = meaning { WeightedCode(code, weight: weight) } else { nil }
    }

    /// The reference, if the token is one.
    package var reference: ProfileReference? { if case .reference(let reference) = meaning { reference } else { nil } }

    /// The code of another service, if the token is one.
    package var foreignCode: ForeignCode? { if case .foreignCode(let code) = meaning { code } else { nil } }
}

extension CodeToken: CustomStringConvertible {
    /// The canonical spelling with the weight, as a prompt holds it.
    package var description: String {
        let spelling =
            switch meaning {
            case .code(let code): code.description
            case .foreignCode(let code): code.description
            case .reference(let reference): reference.description
            }
        return weight == 1 ? spelling : "\(spelling)::\(weight)"
    }
}
