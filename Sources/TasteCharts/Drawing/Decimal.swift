/// Numbers as text, the same in every locale: a full stop, no grouping, never an exponent.
package enum Decimal {
    private static let powers: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

    /// A number with exactly so many digits after the point, halves rounded away from zero, with a true minus sign
    /// (U+2212); never minus zero.
    ///
    /// A number that is not finite is `n/a`; magnitudes are cut at 10^12, far beyond any figure drawn here.
    /// - Precondition: `0...6` places.
    package static func fixed(_ value: Double, places: Int) -> String {
        value.isFinite ? digits(value, places: places, minus: "\u{2212}") : "n/a"
    }

    private static func digits(_ value: Double, places: Int, minus: String) -> String {
        let power = powers[places]
        let scaled = Int64((min(max(value, -1e12), 1e12) * power).rounded(.toNearestOrAwayFromZero))
        let digits = String(scaled.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = scaled < 0 ? minus : ""
        return places == 0 ? sign + padded : sign + padded.dropLast(places) + "." + padded.suffix(places)
    }

    /// A coordinate for SVG: at most two digits after the point, and no trailing zeros.
    ///
    /// - Precondition: the value is finite.
    package static func coordinate(_ value: Double) -> String {
        var text = Substring(digits(value, places: 2, minus: "-"))
        while text.last == "0" { text.removeLast() }
        return String(text.last == "." ? text.dropLast() : text)
    }

    /// A count, shortened from ten thousand on when nothing is lost: `20k`, `3M`.
    package static func count(_ value: Int) -> String {
        if value.magnitude >= 1_000_000, value % 1_000_000 == 0 { return "\(value / 1_000_000)M" }
        if value.magnitude >= 10_000, value % 1_000 == 0 { return "\(value / 1_000)k" }
        return String(value)
    }
}
