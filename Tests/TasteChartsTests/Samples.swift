import SeededRandom
import TasteCharts

/// Made-up versions and directions, the same in every run.
struct Samples {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func next() -> UInt64 { generator.next() }

    /// A number in 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    /// Near enough to a normal number: twelve uniform ones, centred.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + unit() } }

    /// A code of 13 characters.
    mutating func code() -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        return String((0..<13).map { _ in alphabet[Int(next() % 32)] })
    }
}

extension Samples {
    static let labels: [String?] = [
        nil, "moody film", nil, "<b>bold & \"loud\"</b>", "夜の街の雨と光", nil,
        "Übermäßig lange Beschriftung eines Geschmacks",
        "🎨 paint 👩‍👩‍👧‍👦", nil, "ذوق شخصي", "é̂ accents",
    ]

    /// Versions minted at irregular times, now and then several at once.
    mutating func entries(_ count: Int, isLabelled: Bool = true) -> [TimelineChart.Entry] {
        var moment: Int64 = 1_700_000_000_000_000
        var first = 1.0
        var comparisons = 12
        return (0..<count).map { index in
            if index > 0 {
                moment += unit() < 0.2 ? 0 : Int64(unit() * unit() * 9e11)
                first -= unit() * 0.9 / Double(count)
                comparisons += Int(unit() * 30)
            }
            return TimelineChart.Entry(
                code: code(), label: isLabelled ? Self.labels[index % Self.labels.count] : nil, microseconds: moment,
                timeText: "t+\(moment / 1_000_000) s", comparisons: comparisons,
                confidence: 520 + min(400, comparisons),
                cosineToFirst: first + (index > 0 ? unit() * 0.05 - 0.05 : 0),
                cosineToPrevious: index == 0 ? nil : 0.9 + unit() * 0.1, isRevoked: index % 9 == 4)
        }
    }

    /// A vector as an embedding: scaled to a length of 16384.
    static func quantized(_ vector: [Double]) -> [Int16] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { Int16(($0 / length * 16_384).rounded()) }
    }

    /// Images in a few clusters off the origin, and codes that lean towards some of them.
    mutating func map(
        codes codeCount: Int, images imageCount: Int, dimension: Int = 64
    ) -> (codes: [TasteMap.Code], images: [TasteMap.Image]) {
        let bias = (0..<dimension).map { _ in normal() * 0.8 }
        let centers = (0..<6).map { _ in (0..<dimension).map { _ in normal() * 0.7 } }
        let images = (0..<imageCount).map { index in
            let center = centers[Int(next() % 6)]
            let vector = (0..<dimension).map { bias[$0] + center[$0] + normal() * 0.6 }
            return TasteMap.Image(id: "image-\(index)", embedding: Self.quantized(vector))
        }
        let codes = (0..<codeCount).map { index in
            let (one, other) = (centers[Int(next() % 6)], centers[Int(next() % 6)])
            let lean = unit()
            let vector = (0..<dimension).map { one[$0] * lean + other[$0] * (1 - lean) + normal() * 0.3 }
            return TasteMap.Code(
                code: code(), label: Self.labels[index % Self.labels.count], direction: Self.quantized(vector))
        }
        return (codes, images)
    }
}
