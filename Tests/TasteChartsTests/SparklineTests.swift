import TasteCharts
import Testing

@Suite struct SparklineTests {
    @Test func `blocks rise with the figures`() {
        #expect(Sparkline.blocks(of: [0, 1, 2, 3, 4, 5, 6, 7], columns: 80) == "▁▂▃▄▅▆▇█")
        #expect(Sparkline.blocks(of: [7, 0, 3.5], columns: 3) == "█▁▅")
        #expect(Sparkline.blocks(of: [-2, -1], columns: 3) == "▁█")
    }

    @Test func `a flat series is drawn in the middle, a gap as a space`() {
        #expect(Sparkline.blocks(of: [0.9, 0.9, 0.9], columns: 3) == "▄▄▄")
        #expect(Sparkline.blocks(of: [nil, 1, nil, 2], columns: 4) == " ▁ █")
        #expect(Sparkline.blocks(of: [nil, .nan], columns: 4) == "  ")
        #expect(Sparkline.blocks(of: [], columns: 4) == "")
    }

    @Test func `neighbours that share a column count by their mean`() {
        // Means 1, 5 and 9 of pairs; then of unequal shares 0 | 1 2 | 3 4.
        #expect(Sparkline.blocks(of: [0, 2, 4, 6, 8, 10], columns: 3) == "▁▅█")
        #expect(Sparkline.blocks(of: [nil, 5, nil, nil, 3, 1], columns: 3) == "█ ▁")
        #expect(Sparkline.blocks(of: Array(repeating: 1, count: 500), columns: 60).count == 60)
    }

    @Test func `a timeline has five, with their ends in figures`() {
        let entries = (1...3).map { index in
            TimelineChart.Entry(
                code: "c", microseconds: Int64(index), timeText: "", comparisons: index * 100,
                confidence: 500 + index, stability: index == 1 ? nil : 700 + 50 * index,
                cosineToFirst: 1 - Double(index) / 4,
                cosineToPrevious: index == 1 ? nil : Double(index) / 10)
        }
        let lines = TimelineChart(title: "", entries: entries).sparklines
        #expect(
            lines.map(\.name) == ["Cosine to first", "Cosine to previous", "Confidence", "Stability", "Comparisons"])
        #expect(lines.map(\.line) == ["█▅▁", " ▁█", "▁▅█", " ▁█", "▁▅█"])
        #expect(lines.map(\.low) == ["0.250", "0.200", "0.501", "0.800", "100"])
        #expect(lines.map(\.high) == ["0.750", "0.300", "0.503", "0.850", "300"])
        #expect(lines.map(\.last) == ["0.250", "0.300", "0.503", "0.850", "300"])
    }
}
