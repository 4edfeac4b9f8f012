/// Writes an SVG document element by element.
struct SVGDocument {
    private var text: String

    /// Begins a document of a size in user units, which are pixels when it is shown at its own size.
    ///
    /// It is self-contained: no script, no font and no picture from elsewhere.
    init(width: Double, height: Double, title: String, description: String) {
        let size = (Decimal.coordinate(width), Decimal.coordinate(height))
        text = """
            <svg xmlns="http://www.w3.org/2000/svg" class="tc" viewBox="0 0 \(size.0) \(size.1)" \
            width="\(size.0)" height="\(size.1)" role="img">
            <title>\(XML.escaped(title))</title>
            <desc>\(XML.escaped(description))</desc>
            <style>\(Stylesheet.text)</style>

            """
    }

    /// The whole document; nothing may be written after.
    func finished() -> String { text + "</svg>\n" }

    /// Opens a group; its hover text, one line an element, shows over everything inside.
    mutating func open(_ style: String, hover: [String] = []) {
        text += "<g class=\"tc-\(style)\">"
        if !hover.isEmpty { text += "<title>\(hover.map(XML.escaped).joined(separator: "\n"))</title>" }
        text += "\n"
    }

    mutating func close() { text += "</g>\n" }

    mutating func rectangle(_ box: Box, _ style: String) {
        text += "<rect class=\"tc-\(style)\" x=\"\(Decimal.coordinate(box.left))\" y=\"\(Decimal.coordinate(box.top))\""
        text += " width=\"\(Decimal.coordinate(box.width))\" height=\"\(Decimal.coordinate(box.height))\"/>\n"
    }

    mutating func circle(_ center: Point, radius: Double, _ style: String? = nil, hover: [String] = []) {
        text += "<circle"
        if let style { text += " class=\"tc-\(style)\"" }
        text += " cx=\"\(Decimal.coordinate(center.x))\" cy=\"\(Decimal.coordinate(center.y))\""
        text += " r=\"\(Decimal.coordinate(radius))\""
        let title = hover.map(XML.escaped).joined(separator: "\n")
        text += title.isEmpty ? "/>\n" : "><title>\(title)</title></circle>\n"
    }

    /// A line through points; fewer than two draw nothing.
    mutating func line(_ points: [Point], _ style: String) {
        guard points.count > 1 else { return }
        let path = points.map { "\(Decimal.coordinate($0.x)) \(Decimal.coordinate($0.y))" }
        text += "<path class=\"tc-\(style)\" d=\"M\(path.joined(separator: "L"))\"/>\n"
    }

    /// Separate lines of one style as one element.
    mutating func lines(_ segments: [Segment], _ style: String) {
        guard !segments.isEmpty else { return }
        text += "<path class=\"tc-\(style)\" d=\""
        for segment in segments {
            text += "M\(Decimal.coordinate(segment.start.x)) \(Decimal.coordinate(segment.start.y))"
            text += "L\(Decimal.coordinate(segment.end.x)) \(Decimal.coordinate(segment.end.y))"
        }
        text += "\"/>\n"
    }

    mutating func write(_ placed: PlacedText) {
        let x = Decimal.coordinate(placed.origin.x)
        let y = Decimal.coordinate(placed.origin.y)
        let style = placed.runs.first?.style.rawValue ?? "label"
        text += "<text class=\"tc-\(style)\" x=\"\(x)\" y=\"\(y)\""
        if placed.anchor != .start { text += " text-anchor=\"\(placed.anchor.rawValue)\"" }
        if placed.isRising { text += " transform=\"rotate(-45 \(x) \(y))\"" }
        text += ">"
        for (index, run) in placed.runs.enumerated() {
            let escaped = XML.escaped(run.text)
            text += index == 0 ? escaped : "<tspan class=\"tc-\(run.style.rawValue)\">\(escaped)</tspan>"
        }
        text += "</text>\n"
    }
}
