import TasteCharts
import Testing

@Suite struct TimelineChartTests {
    private func chart(_ count: Int, seed: UInt64 = 1, isLabelled: Bool = true) -> TimelineChart {
        var samples = Samples(seed: seed)
        return TimelineChart(title: "Taste of ann", entries: samples.entries(count, isLabelled: isLabelled))
    }

    @Test(arguments: [0, 1, 2, 3, 7, 8, 20, 25, 26, 60, 61, 500])
    func `every size is a well-formed picture whose texts stand apart`(count: Int) throws {
        for seed in UInt64(1)...5 {
            for isLabelled in [false, true] {
                let chart = chart(count, seed: seed, isLabelled: isLabelled)
                let svg = try #require(ParsedSVG(chart.svg))
                #expect(svg.attributes["svg"]?.first?["role"] == "img")
                #expect(svg.attributes["svg"]?.first?["viewBox"]?.hasPrefix("0 0 1000 ") == true)
                #expect(svg.texts["title"]?.first == "Taste of ann")
                #expect(svg.elements["desc"] == 1)
                let layout = TimelineLayout(chart)
                let faults = faults(of: layout.texts, width: TimelineLayout.width, height: layout.height)
                #expect(faults.isEmpty, "seed \(seed)")
            }
        }
    }

    @Test func `versions of one moment spread over the axis in their order`() {
        var samples = Samples(seed: 7)
        let entries = samples.entries(25).map { entry in
            var entry = entry
            entry.microseconds = 5
            return entry
        }
        let chart = TimelineChart(title: "", entries: entries)
        let layout = TimelineLayout(chart)
        let steps = zip(layout.xs, layout.xs.dropFirst()).map { $1 - $0 }
        #expect(chart.entries == entries)
        #expect(steps.allSatisfy { abs($0 - steps[0]) < 1e-9 && $0 > 20 })
        #expect(layout.timeTicks.count == 1)
        #expect(faults(of: layout.texts, width: TimelineLayout.width, height: layout.height).isEmpty)
    }

    @Test func `a burst is pulled apart, and all its names fit in order`() throws {
        var samples = Samples(seed: 8)
        for lone in [0, 24] {
            var entries = samples.entries(25)
            for index in entries.indices { entries[index].microseconds = index == lone ? 12_000_000 * Int64(lone) : 9 }
            entries.sort { $0.microseconds < $1.microseconds }
            let layout = TimelineLayout(TimelineChart(title: "", entries: entries))
            #expect(zip(layout.xs, layout.xs.dropFirst()).allSatisfy { $1 - $0 > 11.999 })
            #expect(layout.names.map(\.entry) == Array(0..<25))
            #expect(faults(of: layout.texts, width: TimelineLayout.width, height: layout.height).isEmpty)
            for (one, next) in zip(layout.names, layout.names.dropFirst()) {
                let (first, second) = (try #require(one.leader.first), try #require(next.leader.first))
                #expect(first.x < second.x && first.y == second.y)
                #expect(one.leader[1].x < next.leader[1].x)
            }
        }
    }

    @Test func `a great burst leaves the rest of time little room, and its ticks still stand apart`() {
        var samples = Samples(seed: 9)
        var entries = samples.entries(500)
        for index in entries.indices { entries[index].microseconds = 1_700_000_000_000_000 + (index == 0 ? 0 : 1) }
        entries[0].microseconds -= 8 * 86_400_000_000
        let layout = TimelineLayout(TimelineChart(title: "", entries: entries))
        #expect(layout.timeTicks.count > 1)
        #expect(layout.timeTicks.allSatisfy { $0.x < 600 })
        #expect(faults(of: layout.texts, width: TimelineLayout.width, height: layout.height).isEmpty)
    }

    @Test(arguments: [1, 2, 3, 25, 26, 27, 100, 500])
    func `the first and the last version are named, and all of up to 25`(count: Int) {
        let names = TimelineLayout(chart(count)).names.map(\.entry)
        #expect(names.first == 0 && names.last == count - 1)
        #expect(Set(names).count == names.count)
        #expect(count > 25 || names.count == count)
    }

    @Test func `points stand at their values and times`() throws {
        let entries = [(0, 1.0, nil), (1, 0.5, 0.5), (4, 0.75, 0.9)].map { time, first, previous in
            TimelineChart.Entry(
                code: "c\(time)", microseconds: Int64(time) * 1_000_000, timeText: "\(time)", comparisons: 10 * time,
                confidence: 500 + 100 * time, stability: time == 0 ? nil : 800, cosineToFirst: first,
                cosineToPrevious: previous)
        }
        let layout = TimelineLayout(TimelineChart(title: "", entries: entries))
        #expect(abs((layout.xs[1] - layout.xs[0]) * 4 - (layout.xs[2] - layout.xs[0])) < 1e-9)
        for panel in layout.panels {
            for (entry, point) in zip(entries, panel.points) {
                guard let value = panel.series.value(of: entry) else {
                    #expect(point == nil)
                    continue
                }
                let y = try #require(point).y
                let read =
                    panel.scale.low + (panel.frame.bottom - y) / panel.frame.height
                    * (panel.scale.high - panel.scale.low)
                #expect(abs(read - value) < 1e-9)
            }
        }
        #expect(layout.panels.map { $0.points.count { $0 == nil } } == [0, 1, 0, 1, 0])
    }

    @Test func `many versions are a line with a tick and a hover text each`() throws {
        let svg = try #require(ParsedSVG(chart(500).svg))
        let classes = try #require(svg.attributes["path"]).compactMap { $0["class"] }
        #expect(classes.count { $0.hasPrefix("tc-rug") } == 500)
        #expect(try #require(svg.elements["circle"]) <= 4 * 8)
        #expect(svg.elements["title"] == 501)
    }

    @Test func `hovering tells code, time and every figure`() throws {
        let entry = TimelineChart.Entry(
            code: "7h2kq", label: "moody", microseconds: 1, timeText: "long ago", comparisons: 41, confidence: 873,
            stability: 912, cosineToFirst: -0.25, cosineToPrevious: nil, isRevoked: true)
        let svg = try #require(ParsedSVG(TimelineChart(title: "", entries: [entry]).svg))
        let lines = try #require(svg.texts["title"]?.last).split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "7h2kq moody (revoked)", "long ago", "Cosine to first: −0.250", "Cosine to previous: –",
                "Confidence: 0.873", "Stability: 0.912", "Comparisons: 41",
            ])
    }

    @Test func `whatever people write comes out as text`() throws {
        let hostile = "</title><script>alert(1)</script> & \"q\" 'a' ]]> <!-- 夜 é 👩‍👩‍👧"
        var entry = chart(1).entries[0]
        entry.label = hostile
        entry.code = "<&\"'>"
        entry.timeText = "<now>"
        let svg = try #require(ParsedSVG(TimelineChart(title: hostile, entries: [entry]).svg))
        #expect(svg.texts["title"]?.first == hostile)
        #expect(svg.elements["script"] == nil)
        #expect(svg.texts["title"]?.last?.hasPrefix("<&\"'> " + hostile + "\n<now>\n") == true)
        #expect(svg.texts["text"]?.contains("<&\"'>") == true)
    }

    @Test func `figures that are no numbers or far out are left out`() throws {
        for value in [Double.nan, .infinity, -.infinity, 1e300, -1e300] {
            var entries = chart(3).entries
            entries[1].cosineToFirst = value
            entries[2].cosineToPrevious = value
            entries[0].comparisons = .max
            entries[0].microseconds = .min
            entries[2].microseconds = .max
            let chart = TimelineChart(title: "", entries: entries)
            #expect(ParsedSVG(chart.svg) != nil)
            #expect(TimelineLayout(chart).panels[0].points[1] == nil)
            #expect(chart.sparklines[0].line.dropFirst().first == " ")
        }
    }

    @Test func `the order in which entries come does not matter`() {
        var samples = Samples(seed: 3)
        var entries = samples.entries(60)
        for index in entries.indices { entries[index].microseconds += Int64(index) }
        let forwards = TimelineChart(title: "t", entries: entries)
        #expect(forwards.svg == TimelineChart(title: "t", entries: entries.reversed()).svg)
        #expect(forwards.sparklines == TimelineChart(title: "t", entries: entries.reversed()).sparklines)
    }
}
