/// The axis of time.
enum TimelineTime {
    /// Where the versions stand: points keep clear of the frame.
    static let range = (TimelineLayout.plot.lowerBound + 8)...(TimelineLayout.plot.upperBound - 8)

    /// The widest gap that versions are pushed apart to.
    private static let widestGap = 12.0

    /// Each version's place: by time, kept in order and apart; by order alone when all share one moment.
    static func places(of entries: [TimelineChart.Entry]) -> [Double] {
        guard let first = entries.first?.microseconds, let last = entries.last?.microseconds else { return [] }
        let width = range.upperBound - range.lowerBound
        guard entries.count > 1 else { return [range.lowerBound + width / 2] }
        let intervals = Double(entries.count - 1)
        guard last > first else {
            return entries.indices.map { range.lowerBound + width * Double($0) / intervals }
        }
        let span = Double(last) - Double(first)
        let desired = entries.map { range.lowerBound + width * (Double($0.microseconds) - Double(first)) / span }
        let gap = min(widestGap, 0.6 * width / intervals)
        return Spreading.spread(desired, gaps: Array(repeating: gap, count: entries.count - 1), in: range)
    }

    /// The ticks: round moments where there are some, else the moments of the first and the last version.
    static func ticks(
        of entries: [TimelineChart.Entry], xs: [Double], baseline: Double
    ) -> [(x: Double, text: PlacedText)] {
        guard let first = entries.first, let last = entries.last else { return [] }
        let calendar = CalendarTicks(from: first.microseconds, through: last.microseconds, maximum: 8)
        var kept: [(x: Double, text: PlacedText)] = []
        for tick in calendar.ticks {
            let x = place(of: tick.microseconds, entries: entries, xs: xs)
            let text = PlacedText(tick.text, .tick, at: Point(x: x, y: baseline), anchor: .middle)
            if let previous = kept.last, text.bounds.left < previous.text.bounds.right + 10 { continue }
            kept.append((x, text))
        }
        return kept.count > 1 ? kept : ends(first, last, xs: xs, baseline: baseline)
    }

    /// The place of a moment between the two versions around it.
    private static func place(of moment: Int64, entries: [TimelineChart.Entry], xs: [Double]) -> Double {
        guard let next = entries.firstIndex(where: { $0.microseconds > moment }) else { return xs[xs.count - 1] }
        guard next > 0 else { return xs[0] }
        let (start, end) = (Double(entries[next - 1].microseconds), Double(entries[next].microseconds))
        return xs[next - 1] + (xs[next] - xs[next - 1]) * (Double(moment) - start) / (end - start)
    }

    private static func ends(
        _ first: TimelineChart.Entry, _ last: TimelineChart.Entry, xs: [Double], baseline: Double
    ) -> [(x: Double, text: PlacedText)] {
        func tick(_ entry: TimelineChart.Entry, x: Double, anchor: PlacedText.Anchor) -> (Double, PlacedText) {
            let text = TextMeasure.fitted(XML.oneLine(entry.timeText), face: .sans, size: 11, width: 240)
            return (x, PlacedText(text, .tick, at: Point(x: x, y: baseline), anchor: anchor))
        }
        if last.microseconds == first.microseconds {
            let middle = (range.lowerBound + range.upperBound) / 2
            return [tick(first, x: middle, anchor: .middle)]
        }
        return [tick(first, x: xs[0], anchor: .start), tick(last, x: xs[xs.count - 1], anchor: .end)]
    }
}
