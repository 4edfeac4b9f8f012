/// Where everything of a timeline stands, before any of it is drawn.
package struct TimelineLayout: Sendable {
    /// One of the small charts.
    package struct Panel: Sendable {
        package let series: TimelineSeries
        package let frame: Box
        package let scale: RoundScale
        /// Each version's point, or nil where it has no figure.
        package let points: [Point?]

        /// The height of a value on this panel.
        func y(_ value: Double) -> Double { frame.bottom - scale.fraction(value) * frame.height }
    }

    /// The name of a version over the panels, and the line that leads down to it.
    package struct Name: Sendable {
        /// The version's index.
        package let entry: Int
        /// Its code and label, on one line or two.
        package let texts: [PlacedText]
        package let leader: [Point]
    }

    /// Each version's place on the axis of time.
    package let xs: [Double]
    package let panels: [Panel]
    package let names: [Name]
    /// The ticks of the axis of time.
    package let timeTicks: [(x: Double, text: PlacedText)]
    /// Every other text: headings, scales, latest figures.
    package let captions: [PlacedText]
    package let height: Double

    /// All text of the chart.
    package var texts: [PlacedText] { captions + timeTicks.map(\.text) + names.flatMap(\.texts) }

    package static let width = 1000.0
    static let margin = 16.0
    static let plot: ClosedRange<Double> = 160...930
    static let panelHeight = 92.0
    static let panelGap = 26.0
    /// Beyond this many versions, points are drawn only where a version is named.
    static let pointLimit = 60

    package init(_ chart: TimelineChart) {
        let xs = TimelineTime.places(of: chart.entries)
        let names = TimelineNames.place(chart.entries, xs: xs, top: 66)
        let panels = TimelineSeries.allCases.enumerated().map { index, series in
            let top = names.bottom + Double(index) * (Self.panelHeight + Self.panelGap)
            return Self.panel(series, entries: chart.entries, xs: xs, top: top)
        }
        let bottom = panels[panels.count - 1].frame.bottom
        self.xs = xs
        self.panels = panels
        self.names = names.names
        timeTicks = TimelineTime.ticks(of: chart.entries, xs: xs, baseline: bottom + 32)
        var captions = Self.headings(chart)
        for panel in panels { captions += Self.captions(panel, last: chart.entries.last) }
        if !chart.entries.isEmpty {
            captions.append(PlacedText("Minted (UTC)", .panel, at: Point(x: Self.margin, y: bottom + 32)))
        }
        self.captions = captions
        height = bottom + 48
    }

    private static func panel(
        _ series: TimelineSeries, entries: [TimelineChart.Entry], xs: [Double], top: Double
    ) -> Panel {
        let values = entries.map { series.value(of: $0) }
        let frame = Box(left: plot.lowerBound, top: top, right: plot.upperBound, bottom: top + panelHeight)
        let scale = series.scale(for: values.compactMap(\.self))
        let points = zip(xs, values).map { x, value in
            value.map { Point(x: x, y: frame.bottom - scale.fraction($0) * frame.height) }
        }
        return Panel(series: series, frame: frame, scale: scale, points: points)
    }

    private static func headings(_ chart: TimelineChart) -> [PlacedText] {
        let room = width - 2 * margin
        func heading(_ text: String, _ style: PlacedText.Style, y: Double) -> PlacedText {
            let fitted = TextMeasure.fitted(XML.oneLine(text), face: style.face, size: style.size, width: room)
            return PlacedText(fitted, style, at: Point(x: margin, y: y))
        }
        return [heading(chart.title, .title, y: 30), heading(chart.summary, .subtitle, y: 51)]
    }

    /// The name of a panel, its scale, and its latest figure beside the end of the line.
    private static func captions(_ panel: Panel, last: TimelineChart.Entry?) -> [PlacedText] {
        var result = panel.series.nameLines.enumerated().map { index, line in
            PlacedText(line, .panel, at: Point(x: margin, y: panel.frame.top + 4 + 15 * Double(index)))
        }
        for tick in panel.scale.ticks {
            let text = panel.series.tickText(tick, on: panel.scale)
            let origin = Point(x: plot.lowerBound - 8, y: panel.y(tick) + 4)
            result.append(PlacedText(text, .tick, at: origin, anchor: .end))
        }
        if let point = panel.points.last ?? nil, let value = last.flatMap({ panel.series.value(of: $0) }) {
            let origin = Point(x: point.x + 9, y: point.y + 4)
            result.append(PlacedText(panel.series.text(of: value), .value, at: origin))
        }
        return result
    }
}
