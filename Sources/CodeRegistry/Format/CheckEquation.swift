/// The check equation of a code, evaluated symbol by symbol from the left.
///
/// Symbols are elements of GF(32), the polynomials over GF(2) modulo x^5 + x^2 + 1, and α = x generates all 31 nonzero
/// ones. A code of n symbols and a check symbol is right when Σ α^(places from the end) · symbol = 0, that is, when it
/// vanishes as a polynomial at α (Horner's rule). The coefficients of up to 31 symbols are all different and none is
/// zero. Hence a wrong symbol changes the sum by α^i · e ≠ 0, and a swap of different symbols by
/// (α^i − α^j) · (x_i − x_j) ≠ 0.
struct CheckEquation {
    /// The sum so far, the last symbol having coefficient 1.
    private(set) var sum: UInt8 = 0

    /// Adds the next symbol, a number below 32.
    mutating func add(_ symbol: UInt8) {
        sum = Self.timesAlpha(sum) ^ symbol
    }

    /// Whether the symbols added satisfy the equation.
    var holds: Bool { sum == 0 }

    /// The symbol that, added next, makes the equation hold.
    var solution: UInt8 { Self.timesAlpha(sum) }

    private static func timesAlpha(_ element: UInt8) -> UInt8 {
        let doubled = element &<< 1
        return doubled & 32 == 0 ? doubled : doubled ^ 0b10_0101
    }
}
