/// A code in canonical spelling and how much it counts in a blend.
public struct WeightedCode: Hashable, Sendable {
    /// The code as ``CodeSyntax`` spells it.
    public let code: String
    /// 1 to 1000; a code without a weight has 1.
    public let weight: Int

    /// The weights that a prompt may give.
    public static let weights = 1...1000

    /// A code with a weight.
    ///
    /// - Precondition: The weight is 1 to 1000.
    public init(_ code: String, weight: Int = 1) {
        precondition(Self.weights.contains(weight), "weights are 1 to 1000")
        self.code = code
        self.weight = weight
    }
}

extension WeightedCode: CustomStringConvertible {
    /// As a prompt spells it: `code`, or `code::weight` where the weight is not 1.
    public var description: String { weight == 1 ? code : "\(code)::\(weight)" }
}

/// A code, or what stands for one, in the text of a prompt.
public struct CodeToken: Hashable, Sendable {
    /// The code as typed, without its weight.
    public let typed: String
    /// What it means; for a code of another service that has not been resolved, that code in lower case, and for a reference
    /// its canonical spelling.
    public let value: WeightedCode
    /// Where it is with its weight, in UTF-8 bytes of the prompt.
    public let range: Range<Int>
    /// What kind of name it is.
    public let kind: Kind

    /// What can stand after `--p`.
    public enum Kind: Hashable, Sendable {
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
