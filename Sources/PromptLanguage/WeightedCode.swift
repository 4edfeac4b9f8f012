/// A code in canonical spelling and how much it counts in a blend.
package struct WeightedCode: Hashable, Sendable {
    /// The code as ``CodeSyntax`` spells it.
    package let code: String
    /// 1 to 1000; a code without a weight has 1.
    package let weight: Int

    /// The weights that a prompt may give.
    package static let weights = 1...1000

    /// A code with a weight.
    ///
    /// - Precondition: The weight is 1 to 1000.
    package init(_ code: String, weight: Int = 1) {
        precondition(Self.weights.contains(weight), "weights are 1 to 1000")
        self.code = code
        self.weight = weight
    }
}

extension WeightedCode: CustomStringConvertible {
    /// As a prompt spells it: `code`, or `code::weight` where the weight is not 1.
    package var description: String { weight == 1 ? code : "\(code)::\(weight)" }
}

/// A code, or what stands for one, in the text of a prompt.
package struct CodeToken: Hashable, Sendable {
    /// The code as typed, without its weight.
    package let typed: String
    /// What it means; for a code of another service that has not been resolved, that code in lower case, and for a reference
    /// its canonical spelling.
    package let value: WeightedCode
    /// Where it is with its weight, in UTF-8 bytes of the prompt.
    package let range: Range<Int>
    /// What kind of name it is.
    package let kind: Kind

    /// What can stand after `--p`.
    package enum Kind: Hashable, Sendable {
        /// A code of the store, which says itself what it means.
        case code
        /// A code of another service (``ForeignCode``): the store has to say what it means.
        case foreignCode
        /// A reference to a profile: the store has to say what the profile's newest code is.
        case reference
    }

    /// The same place in the prompt with another meaning.
    func meaning(_ code: String) -> CodeToken {
        CodeToken(typed: typed, value: WeightedCode(code, weight: value.weight), range: range, kind: .code)
    }
}
