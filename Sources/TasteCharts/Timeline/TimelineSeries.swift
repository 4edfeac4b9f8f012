/// The figures that a timeline shows of each version, from the top down.
package enum TimelineSeries: CaseIterable, Sendable {
    case cosineToFirst
    case cosineToPrevious
    case confidence
    case stability
    case comparisons

    /// The name on one line.
    package var name: String { nameLines.joined(separator: " ") }

    /// The name as it stands in the narrow column beside the chart.
    package var nameLines: [String] {
        switch self {
        case .cosineToFirst: ["Cosine", "to first"]
        case .cosineToPrevious: ["Cosine", "to previous"]
        case .confidence: ["Confidence"]
        case .stability: ["Stability"]
        case .comparisons: ["Comparisons"]
        }
    }

    /// A version's figure, or nil when it has none.
    package func value(of entry: TimelineChart.Entry) -> Double? {
        let value: Double? =
            switch self {
            case .cosineToFirst: entry.cosineToFirst
            case .cosineToPrevious: entry.cosineToPrevious
            case .confidence: Double(entry.confidence) / 1000
            case .stability: entry.stability.map { Double($0) / 1000 }
            case .comparisons: Double(entry.comparisons)
            }
        // Beyond 10^12 no scale is drawn, and no real figure lies there.
        return value.flatMap { $0.magnitude <= 1e12 ? $0 : nil }
    }

    /// A figure as text.
    package func text(of value: Double) -> String {
        Decimal.fixed(value, places: self == .comparisons ? 0 : 3)
    }

    /// The scale for these figures: cosines hang from 1, confidence and stability lie between a guess and certainty, counts stand on 0.
    func scale(for values: [Double]) -> RoundScale {
        let low = values.min() ?? 1
        let high = values.max() ?? 1
        let range: ClosedRange<Double> =
            switch self {
            // A narrower scale would make noise in the third digit look like a change of heart.
            case .cosineToFirst, .cosineToPrevious: min(low, 0.98)...max(high, 1)
            case .confidence, .stability: min(low, 0.5)...max(high, 1)
            case .comparisons: min(low, 0)...max(high, 4)
            }
        return RoundScale(covering: range, maximumTicks: 6)
    }

    /// A tick of the scale as text.
    func tickText(_ tick: Double, on scale: RoundScale) -> String {
        self == .comparisons ? Decimal.count(Int(tick)) : Decimal.fixed(tick, places: scale.places)
    }
}
