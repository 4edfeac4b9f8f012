/// A code and how much it counts in a blend.
public struct WeightedCode: Hashable, Sendable {
    /// The code.
    public var code: Code
    /// How much it counts: 1 to 1,000 (``weights``). Another number is kept as it is, and refused by whoever uses it.
    public var weight: Int

    /// The weights that a code can have.
    public static let weights = 1...1000

    /// Weighs a code.
    ///
    /// - Parameters:
    ///   - code: The code.
    ///   - weight: 1 to 1,000; 1 if not given.
    public init(_ code: Code, weight: Int = 1) {
        self.code = code
        self.weight = weight
    }
}

extension WeightedCode {
    /// Reads what a prompt takes after `--p`: a code, or a code with its weight, `code::2`.
    ///
    /// - Parameter text: The text; no white space.
    /// - Throws: What ``Code/init(_:)`` throws of the code, and ``CodeError/weight(_:)`` when what follows `::` is no number
    ///   from 1 to 1,000 in decimal digits without leading zeros.
    public init(_ text: some StringProtocol) throws(CodeError) {
        guard let colons = text.firstIndex(of: ":") else {
            self.init(try Code(text))
            return
        }
        let code = try Code(text[..<colons])
        let rest = text[colons...]
        let digits = rest.dropFirst(2)
        guard rest.hasPrefix("::"), digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let weight = Int(digits), Self.weights.contains(weight), !digits.hasPrefix("0")
        else { throw .weight(String(rest)) }
        self.init(code, weight: weight)
    }
}

extension WeightedCode: CustomStringConvertible {
    /// As a prompt spells it: `code`, or `code::weight` where the weight is not 1. ``init(_:)`` reads it back.
    public var description: String { weight == 1 ? code.description : "\(code)::\(weight)" }
}

extension WeightedCode: Codable {
    private enum Key: String, CodingKey {
        case code, weight
    }

    /// Reads an object with `code` and, unless it is 1, `weight`.
    ///
    /// - Throws: `DecodingError` when the code is no code or the weight no whole number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            try container.decode(Code.self, forKey: .code),
            weight: try container.decodeIfPresent(Int.self, forKey: .weight) ?? 1)
    }

    /// Writes an object with `code` and `weight`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(code, forKey: .code)
        try container.encode(weight, forKey: .weight)
    }
}
