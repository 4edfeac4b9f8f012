import Foundation
import TasteCharts
import Testing

@Suite struct DrawingTests {
    @Test func `decimals are what printf prints, with a true minus`() {
        var samples = Samples(seed: 11)
        for _ in 0..<2000 {
            let value = samples.normal() * [0.001, 1, 1000][Int(samples.next() % 3)]
            for places in 0...6 {
                let printed = String(format: "%.\(places)f", value)
                let isZero = !printed.contains { "123456789".contains($0) }
                let expected = isZero ? printed.replacing("-", with: "") : printed.replacing("-", with: "−")
                #expect(Decimal.fixed(value, places: places) == expected)
            }
        }
        #expect(Decimal.fixed(-0.5, places: 0) == "−1" && Decimal.fixed(.nan, places: 2) == "n/a")
        let coordinates = [0, 1.5, -2.25, 100, -0.001, 12.999].map(Decimal.coordinate)
        #expect(coordinates == ["0", "1.5", "-2.25", "100", "0", "13"])
        let counts = [0, 9000, 10_000, 12_345, 250_000, 3_000_000].map(Decimal.count)
        #expect(counts == ["0", "9000", "10k", "12345", "250k", "3M"])
    }

    @Test func `scales cover their range with round ticks, and no coarser ones than needed`() throws {
        var samples = Samples(seed: 12)
        for _ in 0..<2000 {
            let low = samples.normal() * [0.01, 1, 1000][Int(samples.next() % 3)]
            let width = 0.001 + samples.unit() * [0.01, 1, 10_000][Int(samples.next() % 3)]
            let limit = 3 + Int(samples.next() % 6)
            let scale = RoundScale(covering: low...(low + width), maximumTicks: limit)
            #expect(scale.low <= low + 1e-6 * width && scale.high >= low + width - 1e-6 * width)
            #expect((2...limit).contains(scale.ticks.count))
            let step = scale.ticks[1] - scale.ticks[0]
            let digits = String(format: "%.5e", step)
            #expect(["1.00000", "2.00000", "5.00000"].contains(digits.prefix(7)), "\(step)")
            // The next finer step would have needed more ticks than allowed.
            let finer = step * (digits.hasPrefix("5") ? 0.4 : 0.5)
            let needed = ((low + width) / finer).rounded(.up) - (low / finer).rounded(.down) + 1
            #expect(needed > Double(limit))
            for tick in scale.ticks {
                let text = Decimal.fixed(tick, places: scale.places).replacing("−", with: "-")
                #expect(abs(try #require(Double(text)) - tick) < step * 1e-6)
            }
        }
    }

    @Test func `spreading keeps order and gaps, and nothing feasible is nearer`() {
        var samples = Samples(seed: 13)
        for _ in 0..<300 {
            let count = 1 + Int(samples.next() % 6)
            let desired = (0..<count).map { _ in samples.unit() * 100 }.sorted()
            let gaps = (1..<count).map { _ in samples.unit() * 15 }
            let result = Spreading.spread(desired, gaps: gaps, in: 10...95)
            func isFeasible(_ places: [Double]) -> Bool {
                places.allSatisfy { $0 >= 10 - 1e-9 && $0 <= 95 + 1e-9 }
                    && zip(gaps.indices, gaps).allSatisfy { places[$0 + 1] - places[$0] >= $1 - 1e-9 }
            }
            func cost(_ places: [Double]) -> Double {
                zip(places, desired).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
            #expect(isFeasible(result))
            // The problem is convex, so a better solution would show in every neighbourhood.
            for scale in [10, 1, 0.01] {
                for _ in 0..<50 {
                    let shift = samples.normal()
                    let other = result.map { $0 + (samples.next() % 2 == 0 ? shift : samples.normal()) * scale }
                    #expect(!isFeasible(other) || cost(other) >= cost(result) - 1e-7)
                }
            }
        }
        #expect(Spreading.spread([1, 2, 3], gaps: [100, 300], in: 0...40) == [0, 10, 40])
        #expect(Spreading.spread([], gaps: [], in: 0...1) == [])
    }

    @Test func `text is cut to fit, at whole characters`() {
        for text in ["moody film at night", "夜の街の雨と光と影", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "e\u{301}e\u{301}e\u{301}e\u{301}"] {
            let full = TextMeasure.width(text, face: .sans, size: 11)
            #expect(TextMeasure.fitted(text, face: .sans, size: 11, width: full) == text)
            let cut = TextMeasure.fitted(text, face: .sans, size: 11, width: full * 0.8)
            #expect(cut.hasSuffix("…") && text.hasPrefix(String(cut.dropLast())) && cut.count > 1)
            #expect(TextMeasure.width(cut, face: .sans, size: 11) <= full * 0.8)
        }
    }

    @Test func `what XML forbids or turns text about is replaced`() {
        #expect(XML.escaped("a\tb\nc\rd") == "a b c d")
        #expect(XML.escaped("\u{0}\u{8}\u{202E}\u{2066}\u{FFFE}") == String(repeating: "\u{FFFD}", count: 5))
        #expect(XML.escaped("<a b='c' d=\"e\">&amp;") == "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;amp;")
    }
}
