/// Draws a timeline from its layout.
struct TimelineDrawing {
    private let chart: TimelineChart
    private let layout: TimelineLayout
    private var document: SVGDocument
    private let named: Set<Int>

    init(chart: TimelineChart, layout: TimelineLayout) {
        self.chart = chart
        self.layout = layout
        document = SVGDocument(
            width: TimelineLayout.width, height: layout.height, title: chart.title, description: chart.summary)
        named = Set(layout.names.map(\.entry))
    }

    private var bottom: Double { layout.panels[layout.panels.count - 1].frame.bottom }

    mutating func draw() -> String {
        drawGrid()
        drawNames()
        for panel in layout.panels { drawLine(panel) }
        for index in chart.entries.indices { drawVersion(index) }
        for text in layout.captions { document.write(text) }
        for tick in layout.timeTicks { document.write(tick.text) }
        return document.finished()
    }

    private mutating func drawGrid() {
        for panel in layout.panels {
            let lines = panel.scale.ticks.map { tick in
                let y = panel.y(tick)
                return Segment(from: Point(x: panel.frame.left, y: y), to: Point(x: panel.frame.right, y: y))
            }
            document.lines(lines, "grid")
        }
        let ticks = layout.timeTicks.map { tick in
            Segment(from: Point(x: tick.x, y: bottom + 14), to: Point(x: tick.x, y: bottom + 20))
        }
        document.lines(ticks, "axis")
        if !chart.entries.isEmpty {
            let ends = (TimelineLayout.plot.lowerBound, TimelineLayout.plot.upperBound)
            document.line([Point(x: ends.0, y: bottom + 14), Point(x: ends.1, y: bottom + 14)], "axis")
        }
    }

    private mutating func drawNames() {
        let top = layout.panels[0].frame.top
        for name in layout.names {
            document.line(name.leader, "leader")
            let x = layout.xs[name.entry]
            document.line([Point(x: x, y: top), Point(x: x, y: bottom)], "guide")
            for text in name.texts { document.write(text) }
        }
    }

    /// The line of a panel, broken where versions have no figure.
    private mutating func drawLine(_ panel: TimelineLayout.Panel) {
        let style = chart.entries.count <= TimelineLayout.pointLimit ? "series" : "dense"
        for run in panel.points.split(separator: nil) { document.line(run.compactMap(\.self), style) }
    }

    /// The marks of one version: a tick under the panels, its points, and a column that answers the pointer.
    private mutating func drawVersion(_ index: Int) {
        let entry = chart.entries[index]
        let xs = layout.xs
        let range = TimelineLayout.plot
        let left = index == 0 ? range.lowerBound : (xs[index - 1] + xs[index]) / 2
        let right = index == xs.count - 1 ? range.upperBound : (xs[index] + xs[index + 1]) / 2
        document.open("version", hover: chart.hover(entry))
        let top = layout.panels[0].frame.top
        document.rectangle(Box(left: left, top: top, right: right, bottom: bottom + 14), "column")
        let tickTop = bottom + (entry.isRevoked ? 4 : 8)
        document.line(
            [Point(x: xs[index], y: tickTop), Point(x: xs[index], y: bottom + 14)],
            entry.isRevoked ? "rug-revoked" : "rug")
        let isLast = index == xs.count - 1
        if xs.count <= TimelineLayout.pointLimit || named.contains(index) || isLast {
            let radius = xs.count <= TimelineNames.everyLimit ? 3.5 : 2.5
            for panel in layout.panels {
                guard let point = panel.points[index] else { continue }
                document.circle(point, radius: radius, entry.isRevoked ? "revoked" : "point")
            }
        }
        document.close()
    }
}

extension TimelineChart {
    /// The chart in a sentence.
    var summary: String {
        guard let first = entries.first, let last = entries.last else { return "No versions" }
        let revoked = entries.count { $0.isRevoked }
        let note = revoked == 0 ? "" : " · \(revoked) revoked (hollow, taller tick)"
        if entries.count == 1 { return "1 version, \(first.timeText)\(note)" }
        return "\(entries.count) versions, \(first.timeText) – \(last.timeText)\(note)"
    }

    /// What hovering over a version says: code, time and every figure.
    func hover(_ entry: Entry) -> [String] {
        let name = entry.label.map { "\(entry.code) \($0)" } ?? entry.code
        let figures = TimelineSeries.allCases.map { series in
            "\(series.name): " + (series.value(of: entry).map(series.text(of:)) ?? "–")
        }
        return [entry.isRevoked ? "\(name) (revoked)" : name, entry.timeText] + figures
    }
}
