/// A linear scale whose ends and ticks are round numbers: 1, 2 or 5 times a power of ten apart.
package struct RoundScale: Equatable, Sendable {
    /// The ticks in ascending order; the first and last are the ends of the scale.
    package let ticks: [Double]
    /// How many digits after the point tell the ticks apart.
    package let places: Int

    /// The scale that covers a range with the fewest ticks above, but at most `maximumTicks`.
    ///
    /// - Precondition: a finite range of at most 10^12 and a width of at least 10^-5, and at least three ticks.
    package init(covering range: ClosedRange<Double>, maximumTicks: Int) {
        precondition(maximumTicks >= 3, "a scale needs three ticks to cover any range")
        precondition(range.upperBound > range.lowerBound, "a scale needs a range of some width")
        var places = 6
        var multiple = 1
        while true {
            let unit = Double(multiple)
            let scale = places >= 0 ? Self.power(places) : 1 / Self.power(-places)
            // A hair of tolerance keeps 0.3 * 10 from needing one tick more than 3.
            let first = (range.lowerBound * scale / unit + 1e-9).rounded(.down)
            let last = (range.upperBound * scale / unit - 1e-9).rounded(.up)
            if last - first < Double(maximumTicks) {
                self.places = max(0, places)
                ticks = (0...Int(last - first)).map { (first + Double($0)) * unit / scale }
                return
            }
            (multiple, places) = multiple == 1 ? (2, places) : multiple == 2 ? (5, places) : (1, places - 1)
        }
    }

    package var low: Double { ticks[0] }
    package var high: Double { ticks[ticks.count - 1] }

    /// Where a value lies: 0 at the low end, 1 at the high end.
    package func fraction(_ value: Double) -> Double {
        (value - low) / (high - low)
    }

    private static func power(_ exponent: Int) -> Double {
        (0..<exponent).reduce(into: 1.0) { result, _ in result *= 10 }
    }
}
