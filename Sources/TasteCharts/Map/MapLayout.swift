/// Where everything of a map stands, before any of it is drawn.
package struct MapLayout: Sendable {
    /// A tick of an axis: its place along the axis, and its value as text.
    package struct Tick: Sendable {
        package let place: Double
        package let text: PlacedText
        /// Whether this is the axis through the catalogue's mean.
        package let isCenter: Bool
    }

    package let imagePoints: [Point]
    package let codePoints: [Point]
    package let markRadius: Double
    package let xTicks: [Tick]
    package let yTicks: [Tick]
    package let names: MapNames
    package let captions: [PlacedText]
    package let height: Double

    /// All text of the chart.
    package var texts: [PlacedText] {
        captions + xTicks.map(\.text) + yTicks.map(\.text) + names.names.map(\.text) + names.numbers + names.legend
    }

    package static let width = 1000.0
    static let margin = 16.0
    package static let frame = Box(left: 52, top: 88, right: 976, bottom: 708)

    package init(_ map: TasteMap) {
        let plane = MapPlane(map)
        let view = MapView(showing: plane.images + plane.codes, in: Self.frame)
        let codePoints = plane.codes.map(view.place)
        imagePoints = plane.images.map(view.place)
        self.codePoints = codePoints
        markRadius = codePoints.count <= MapNames.ledLimit ? 5 : codePoints.count <= 150 ? 4 : 3
        xTicks = view.xTicks().map { value, text in
            let x = view.place(Point(x: value, y: 0)).x
            let origin = Point(x: x, y: Self.frame.bottom + 18)
            return Tick(place: x, text: PlacedText(text, .tick, at: origin, anchor: .middle), isCenter: value == 0)
        }
        yTicks = view.yTicks().map { value, text in
            let y = view.place(Point(x: 0, y: value)).y
            let origin = Point(x: Self.frame.left - 8, y: y + 4)
            return Tick(place: y, text: PlacedText(text, .tick, at: origin, anchor: .end), isCenter: value == 0)
        }
        names = MapNames(
            map.codes, points: codePoints, radius: markRadius, frame: Self.frame, legendTop: Self.frame.bottom + 48)
        captions = Self.captions(map, plane: plane)
        height = names.bottom + Self.margin
    }

    /// Where the key to the marks stands: a code's, then an image's.
    package static let key = [Point(x: 848, y: 47), Point(x: 920, y: 47)]

    private static func captions(_ map: TasteMap, plane: MapPlane) -> [PlacedText] {
        let title = TextMeasure.fitted(
            XML.oneLine(map.title), face: .bold, size: PlacedText.Style.title.size, width: width - 2 * margin)
        return [
            PlacedText(title, .title, at: Point(x: margin, y: 30)),
            PlacedText(map.summary, .subtitle, at: Point(x: margin, y: 51)),
            PlacedText("code", .tick, at: Point(x: key[0].x + 10, y: 51)),
            PlacedText("image", .tick, at: Point(x: key[1].x + 10, y: 51)),
            PlacedText(
                "Second axis, \(plane.shares[1]) of the variance", .tick, at: Point(x: margin, y: frame.top - 12)),
            PlacedText(
                "First axis, \(plane.shares[0]) of the variance", .tick,
                at: Point(x: frame.right, y: frame.bottom + 35), anchor: .end),
        ]
    }
}
