/// The names of versions over the first panel.
///
/// They stand level, code over label, while all fit side by side, and else rise at 45 degrees. Either way they are
/// spread along one line, so they cannot overlap, and lines that lead down in the same order do not cross.
enum TimelineNames {
    /// Up to this many versions all are named.
    static let everyLimit = 25
    /// So many are named of more, the first and the last among them: as many as always fit level.
    private static let someCount = 7

    private static let labelLimit = 120.0
    private static let leaderHeight = 26.0
    private static let risingGap = 19.0

    /// Places the names below `top`, and says where the first panel may begin.
    static func place(
        _ entries: [TimelineChart.Entry], xs: [Double], top: Double
    ) -> (names: [TimelineLayout.Name], bottom: Double) {
        let chosen = chosen(of: entries.count)
        guard !chosen.isEmpty else { return ([], top + 10) }
        let names = chosen.map { CodeName(code: entries[$0].code, label: entries[$0].label, labelLimit: labelLimit) }
        let anchors = chosen.map { xs[$0] }
        let widths = names.map { levelWidth($0) + 14 }
        let room = TimelineLayout.width - 2 * TimelineLayout.margin
        return widths.reduce(0, +) <= room
            ? level(names, entries: chosen, widths: widths, anchors: anchors, top: top)
            : rising(names, entries: chosen, anchors: anchors, top: top)
    }

    /// The versions that are named: all of a few, else some evenly spaced in their order.
    static func chosen(of count: Int) -> [Int] {
        count <= everyLimit ? Array(0..<count) : (0..<someCount).map { $0 * (count - 1) / (someCount - 1) }
    }

    private static func levelWidth(_ name: CodeName) -> Double {
        let label = name.label.map { TextMeasure.width($0, face: .sans, size: 11) } ?? 0
        return max(label, TextMeasure.width(name.code, face: .mono, size: 11))
    }

    private static func level(
        _ names: [CodeName], entries: [Int], widths: [Double], anchors: [Double], top: Double
    ) -> (names: [TimelineLayout.Name], bottom: Double) {
        let gaps = zip(widths, widths.dropFirst()).map { ($0 + $1) / 2 }
        let lowest = TimelineLayout.margin + widths[0] / 2
        let highest = TimelineLayout.width - TimelineLayout.margin - widths[widths.count - 1] / 2
        let places = Spreading.spread(anchors, gaps: gaps, in: lowest...highest)
        let hasLabels = names.contains { $0.label != nil }
        let foot = top + (hasLabels ? 32 : 18)
        let placed = names.indices.map { index in
            let (name, x) = (names[index], places[index])
            // Without a label the code stands on the lower line, next to its leader.
            let codeLine = top + (hasLabels && name.label == nil ? 26 : 12)
            var texts = [PlacedText(name.code, .code, at: Point(x: x, y: codeLine), anchor: .middle)]
            if let label = name.label {
                texts.append(PlacedText(label, .label, at: Point(x: x, y: top + 26), anchor: .middle))
            }
            let leader = [Point(x: x, y: foot), Point(x: anchors[index], y: foot + leaderHeight)]
            return TimelineLayout.Name(entry: entries[index], texts: texts, leader: leader)
        }
        return (placed, foot + leaderHeight)
    }

    private static func rising(
        _ names: [CodeName], entries: [Int], anchors: [Double], top: Double
    ) -> (names: [TimelineLayout.Name], bottom: Double) {
        let longest = names.map { PlacedText($0.line, at: Point(x: 0, y: 0), isRising: true).bounds }
        let foot = top + (longest.map { -$0.top }.max() ?? 0)
        // The last name may stand as far right as leaves every name inside, those before it a gap further left each.
        let highest = longest.enumerated().map { index, bounds in
            let later = Double(names.count - 1 - index) * risingGap
            return TimelineLayout.width - TimelineLayout.margin - bounds.right + later
        }.reduce(TimelineLayout.plot.upperBound, min)
        let gaps = Array(repeating: risingGap, count: names.count - 1)
        let places = Spreading.spread(anchors, gaps: gaps, in: TimelineLayout.plot.lowerBound...highest)
        let placed = names.indices.map { index in
            let origin = Point(x: places[index], y: foot)
            let text = PlacedText(names[index].line, at: origin, isRising: true)
            let leader = [
                Point(x: origin.x, y: foot + 5), Point(x: anchors[index], y: foot + 5 + leaderHeight),
            ]
            return TimelineLayout.Name(entry: entries[index], texts: [text], leader: leader)
        }
        return (placed, foot + 5 + leaderHeight)
    }
}
