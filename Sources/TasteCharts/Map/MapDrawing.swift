/// Draws a map from its layout.
struct MapDrawing {
    private let map: TasteMap
    private let layout: MapLayout
    private var document: SVGDocument

    init(map: TasteMap, layout: MapLayout) {
        self.map = map
        self.layout = layout
        document = SVGDocument(
            width: MapLayout.width, height: layout.height, title: map.title, description: map.summary)
    }

    mutating func draw() -> String {
        drawGrid()
        document.open("images")
        let radius = map.images.count <= 1000 ? 2.0 : 1.6
        for (image, point) in zip(map.images, layout.imagePoints) {
            document.circle(point, radius: radius, hover: [image.id])
        }
        document.close()
        for name in layout.names.names {
            if let leader = name.leader { document.lines([leader], "leader") }
        }
        for index in map.codes.indices {
            document.circle(layout.codePoints[index], radius: layout.markRadius, "mark", hover: hover(index))
        }
        document.circle(MapLayout.key[0], radius: 5, "mark")
        document.circle(MapLayout.key[1], radius: 2, "sample")
        for text in layout.texts { document.write(text) }
        return document.finished()
    }

    /// What hovering over a mark says: its code, and the codes whose marks it may hide.
    private func hover(_ index: Int) -> [String] {
        func name(_ code: TasteMap.Code) -> String { code.label.map { "\(code.code) \($0)" } ?? code.code }
        let here = Box(around: layout.codePoints[index], radius: layout.markRadius)
        let hidden = map.codes.indices.filter { other in
            other != index && here.contains(Box(around: layout.codePoints[other], radius: 0))
        }
        let more = hidden.count > Self.hiddenLimit ? ["and \(hidden.count - Self.hiddenLimit) more"] : []
        return [name(map.codes[index])] + hidden.prefix(Self.hiddenLimit).map { name(map.codes[$0]) } + more
    }

    private static let hiddenLimit = 12

    private mutating func drawGrid() {
        let frame = MapLayout.frame
        func vertical(_ tick: MapLayout.Tick) -> Segment {
            Segment(from: Point(x: tick.place, y: frame.top), to: Point(x: tick.place, y: frame.bottom))
        }
        func horizontal(_ tick: MapLayout.Tick) -> Segment {
            Segment(from: Point(x: frame.left, y: tick.place), to: Point(x: frame.right, y: tick.place))
        }
        document.lines(layout.xTicks.map(vertical) + layout.yTicks.map(horizontal), "grid")
        let centers = layout.xTicks.filter(\.isCenter).map(vertical) + layout.yTicks.filter(\.isCenter).map(horizontal)
        document.lines(centers, "axis")
    }
}

extension TasteMap {
    /// The map in a sentence.
    var summary: String {
        let all = Self.count(imageCount, "image")
        guard imageCount > 0 else { return Self.count(codes.count, "code") }
        let drawn = images.count < imageCount ? "\(images.count) of \(all)" : all
        return "\(Self.count(codes.count, "code")) among \(drawn); the centre is the catalogue's mean"
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
