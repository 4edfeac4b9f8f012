/// Which codes of a map are named where.
///
/// A code is named beside its mark where there is room, or, on a map of few codes, at the end of a line. The next ones
/// get a number and stand in a legend below. The rest show their names only under the pointer.
package struct MapNames: Sendable {
    /// A name beside a mark.
    package struct Name: Sendable {
        /// The code's index.
        package let code: Int
        package let text: PlacedText
        /// The line from the mark to the name, when they stand apart.
        package let leader: Segment?
    }

    package private(set) var names: [Name] = []
    /// The numbers beside the marks of the codes in the legend.
    package private(set) var numbers: [PlacedText] = []
    package private(set) var legend: [PlacedText] = []
    /// How many codes are named nowhere.
    package private(set) var unnamedCount = 0
    /// Where the legend ends.
    package private(set) var bottom: Double

    /// Up to this many codes, names may stand away from their marks.
    static let ledLimit = 40
    /// So many names at most stand among the marks, and so many in the legend: more would hide the map.
    private static let nameLimit = 60
    private static let legendLimit = 60
    private static let legendColumns = 3
    private static let legendRow = 16.0

    init(_ codes: [TasteMap.Code], points: [Point], radius: Double, frame: Box, legendTop: Double) {
        var placer = LabelPlacer(area: frame, marks: points, radius: radius)
        bottom = legendTop - 8
        var dropped: [Int] = []
        for index in codes.indices {
            let runs = CodeName(code: codes[index].code, label: codes[index].label, labelLimit: 130).line
            let reach: LabelPlacer.Reach = codes.count <= Self.ledLimit ? .led : .adjacent
            if names.count < Self.nameLimit,
                let (text, leader) = Self.place(runs, with: &placer, beside: index, at: points[index], reach: reach)
            {
                names.append(Name(code: index, text: text, leader: leader))
            } else {
                dropped.append(index)
            }
        }
        number(dropped, of: codes, points: points, placer: &placer, top: legendTop)
    }

    private static func place(
        _ runs: [PlacedText.Run], with placer: inout LabelPlacer, beside mark: Int, at point: Point,
        reach: LabelPlacer.Reach
    ) -> (PlacedText, Segment?)? {
        let bounds = PlacedText(runs, at: Point(x: 0, y: 0)).bounds
        guard
            let place = placer.place(
                width: bounds.width, height: bounds.height, beside: mark, at: point, reach: reach)
        else { return nil }
        return (PlacedText(runs, at: Point(x: place.box.left, y: place.box.top - bounds.top)), place.leader)
    }

    /// Numbers the codes that got no name, as far as numbers fit and the legend is not full.
    private mutating func number(
        _ dropped: [Int], of codes: [TasteMap.Code], points: [Point], placer: inout LabelPlacer, top: Double
    ) {
        var listed: [Int] = []
        for index in dropped where listed.count < Self.legendLimit {
            let runs = [PlacedText.Run(text: "\(listed.count + 1)", style: .number)]
            guard let (text, _) = Self.place(runs, with: &placer, beside: index, at: points[index], reach: .adjacent)
            else { continue }
            numbers.append(text)
            listed.append(index)
        }
        unnamedCount = dropped.count - listed.count
        let rows = (listed.count + Self.legendColumns - 1) / Self.legendColumns
        for (entry, index) in listed.enumerated() {
            let left = 16 + Double(entry / rows) * 323
            let y = top + Double(entry % rows) * Self.legendRow + 8
            let name = CodeName(code: codes[index].code, label: codes[index].label, labelLimit: 160)
            legend.append(PlacedText("\(entry + 1)", .tick, at: Point(x: left + 18, y: y), anchor: .end))
            legend.append(PlacedText(name.line, at: Point(x: left + 28, y: y)))
        }
        bottom = top + Double(rows) * Self.legendRow - 8
        if unnamedCount > 0 {
            let codes = unnamedCount == 1 ? "code is" : "codes are"
            let note = "\(unnamedCount) more \(codes) named only under the pointer"
            bottom += Self.legendRow
            legend.append(PlacedText(note, .tick, at: Point(x: 16, y: bottom)))
        }
    }
}
