import TasteCharts
import Testing

@Suite struct TasteMapTests {
    private func map(codes: Int, images: Int, seed: UInt64 = 1) -> TasteMap {
        var samples = Samples(seed: seed)
        let (codes, images) = samples.map(codes: codes, images: images, dimension: 24)
        return TasteMap(codes: codes, images: images)
    }

    @Test(arguments: [(0, 0), (1, 0), (0, 1), (0, 2), (1, 50), (2, 0), (2, 100), (20, 0), (20, 500), (40, 300)])
    func `a map of few codes is well-formed and its texts stand apart`(codes: Int, images: Int) throws {
        for seed in UInt64(1)...5 { try check(map(codes: codes, images: images, seed: seed)) }
    }

    @Test(arguments: [(41, 100), (100, 1000), (500, 0), (500, 6000)])
    func `a map of many codes is well-formed and its texts stand apart`(codes: Int, images: Int) throws {
        try check(map(codes: codes, images: images))
    }

    @Test func `in a crowd of codes no name lies on a line to another`() throws {
        for seed in UInt64(1)...20 {
            var samples = Samples(seed: seed)
            let codes = (0..<40).map { index in
                let angles = (samples.normal() * 0.06, samples.normal() * 0.06)
                let direction = index == 0 ? [-1, 0, -1] : [angles.0, angles.1, 1]
                return TasteMap.Code(code: samples.code(), direction: Samples.quantized(direction))
            }
            let map = TasteMap(codes: codes, images: [])
            #expect(MapLayout(map).names.names.contains { $0.leader != nil })
            try check(map)
        }
    }

    private func check(_ map: TasteMap) throws {
        let svg = try #require(ParsedSVG(map.svg))
        // The key has a mark of each kind.
        #expect(svg.elements["circle"] == map.codes.count + map.images.count + 2)
        #expect(svg.attributes["svg"]?.first?["role"] == "img")
        let layout = MapLayout(map)
        #expect(faults(of: layout.texts, width: MapLayout.width, height: layout.height).isEmpty)
        #expect(layout.names.names.count + layout.names.numbers.count + layout.names.unnamedCount == map.codes.count)
        for name in layout.names.names {
            for (index, point) in layout.codePoints.enumerated() {
                let isOnMark = overlap(name.text.corners, square(point, layout.markRadius))
                #expect(!isOnMark, "the name of \(name.code) lies on the mark of \(index)")
            }
        }
        checkLeaders(layout)
    }

    /// Walks along every leader and looks whether it steps on a name other than at its own end.
    private func checkLeaders(_ layout: MapLayout) {
        for name in layout.names.names {
            guard let leader = name.leader else { continue }
            #expect(leader.start == layout.codePoints[name.code])
            for step in 0..<100 {
                let part = Double(step) / 100
                let foot = Point(
                    x: leader.start.x + (leader.end.x - leader.start.x) * part,
                    y: leader.start.y + (leader.end.y - leader.start.y) * part)
                #expect(!layout.names.names.contains { overlap($0.text.corners, square(foot, 0.01)) })
            }
        }
    }

    private func square(_ center: Point, _ radius: Double) -> [Point] {
        let (left, right) = (center.x - radius, center.x + radius)
        let (top, bottom) = (center.y - radius, center.y + radius)
        return [
            Point(x: left, y: top), Point(x: right, y: top), Point(x: right, y: bottom), Point(x: left, y: bottom),
        ]
    }

    @Test func `codes of one direction are named at lines, and each mark tells of the marks that it hides`() throws {
        let codes = (0..<15).map { TasteMap.Code(code: "same-\($0)", direction: [100, 20, 3]) }
        let images = [[100, 0, 0], [0, 100, 0], [0, 0, 100]].map { TasteMap.Image(id: "i", embedding: $0) }
        let map = TasteMap(codes: codes, images: images)
        let names = MapLayout(map).names
        #expect(names.names.count { $0.leader != nil } >= 4)
        #expect(names.names.first?.code == 0)
        let svg = try #require(ParsedSVG(map.svg))
        let last = try #require(svg.texts["title"]?.last).split(separator: "\n").map(String.init)
        #expect(last == ["same-14"] + (0..<12).map { "same-\($0)" } + ["and 2 more"])
    }

    @Test func `an image stands where its direction from the mean points, a code where its own does`() {
        // Four images about a mean that lies along the first component; the codes point as two of them do.
        let images: [[Int16]] = [[100, 60, 0], [100, -60, 0], [100, 0, 30], [100, 0, -30]]
        let codes: [[Int16]] = [[0, 100, 0], [0, -100, 0]]
        let layout = MapLayout(
            TasteMap(
                codes: codes.map { TasteMap.Code(code: "c", direction: $0) },
                images: images.map { TasteMap.Image(id: "i", embedding: $0) }))
        for index in 0..<2 {
            // The unit vectors' mean is not quite the vectors' own, as they are not of one length.
            #expect(abs(layout.imagePoints[index].x - layout.codePoints[index].x) < 8)
            #expect(abs(layout.imagePoints[index].y - layout.codePoints[index].y) < 8)
        }
        #expect(abs(layout.codePoints[0].x - layout.codePoints[1].x) > 500)
    }

    @Test func `both axes have one scale, and round ticks with the centre among them`() throws {
        let layout = MapLayout(map(codes: 10, images: 200))
        let gaps = [layout.xTicks, layout.yTicks].map { ticks in
            zip(ticks, ticks.dropFirst()).map { abs($1.place - $0.place) }
        }
        let step = try #require(gaps[0].first)
        #expect(gaps.joined().allSatisfy { abs($0 - step) < 1e-6 })
        #expect(layout.xTicks.count { $0.isCenter } == 1 && layout.yTicks.count { $0.isCenter } == 1)
        for point in layout.imagePoints + layout.codePoints {
            let frame = MapLayout.frame
            #expect(point.x > frame.left && point.x < frame.right && point.y > frame.top && point.y < frame.bottom)
        }
    }

    @Test func `of too many images an even share is drawn`() {
        let images = (0..<12_000).map { TasteMap.Image(id: "\($0)", embedding: [Int16($0 % 100), 1]) }
        let map = TasteMap(codes: [], images: images)
        #expect(map.images.count == 5000 && map.imageCount == 12_000)
        let ids = map.images.compactMap { Int($0.id) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { (2...3).contains($1 - $0) })
        #expect(map.svg.contains("5000 of 12000 images"))
    }

    @Test func `whatever people write comes out as text`() throws {
        let hostile = "</title><script>x</script> & \"'\u{1}"
        let code = TasteMap.Code(code: "7h<2k", label: hostile, direction: [1, 2])
        let image = TasteMap.Image(id: hostile, embedding: [2, 1])
        let svg = try #require(ParsedSVG(TasteMap(title: hostile, codes: [code], images: [image]).svg))
        let shown = hostile.replacing("\u{1}", with: "\u{FFFD}")
        #expect(svg.texts["title"] == [shown, shown, "7h<2k " + shown])
        #expect(svg.elements["script"] == nil)
    }

    @Test func `vectors of two spaces are refused`() async {
        await #expect(processExitsWith: .failure) {
            _ = TasteMap(codes: [.init(code: "a", direction: [1])], images: [.init(id: "b", embedding: [1, 2])])
        }
    }

    @Test func `zero vectors stand in the centre`() {
        let layout = MapLayout(
            TasteMap(
                codes: [.init(code: "a", direction: [0, 0]), .init(code: "b", direction: [9, 0])],
                images: [.init(id: "i", embedding: [0, 0])]))
        #expect(layout.codePoints[0] == layout.imagePoints[0])
        #expect(layout.codePoints[0] != layout.codePoints[1])
    }
}
