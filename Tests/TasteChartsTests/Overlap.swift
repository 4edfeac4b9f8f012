import TasteCharts

/// Whether two convex outlines share an area: some edge of either separates them when they do not.
func overlap(_ first: [Point], _ second: [Point]) -> Bool {
    for outline in [first, second] {
        for (start, end) in zip(outline, outline.dropFirst() + outline.prefix(1)) {
            let normal = Point(x: end.y - start.y, y: start.x - end.x)
            func extent(_ points: [Point]) -> (low: Double, high: Double) {
                let along = points.map { $0.x * normal.x + $0.y * normal.y }
                return (along.min() ?? 0, along.max() ?? 0)
            }
            let (one, other) = (extent(first), extent(second))
            if one.high <= other.low + 1e-9 || other.high <= one.low + 1e-9 { return false }
        }
    }
    return true
}

/// The pairs of texts that overlap, and the texts that reach out of the drawing.
func faults(of texts: [PlacedText], width: Double, height: Double) -> [String] {
    func words(_ text: PlacedText) -> String { text.runs.map(\.text).joined() }
    let outlines = texts.map(\.corners)
    var result: [String] = []
    for index in texts.indices {
        let bounds = texts[index].bounds
        if bounds.left < 0 || bounds.top < 0 || bounds.right > width || bounds.bottom > height {
            result.append("\(words(texts[index])) leaves the drawing: \(bounds)")
        }
        for other in 0..<index where overlap(outlines[index], outlines[other]) {
            result.append("\(words(texts[index])) overlaps \(words(texts[other]))")
        }
    }
    return result
}
