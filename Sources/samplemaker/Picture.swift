internal import SeededRandom

/// A small procedural picture: coloured discs and stripes on a gradient, drawn from a few numbers that a taste can like
/// or dislike.
struct Picture {
    /// The numbers that a picture is drawn from, each from 0 to 1.
    struct Traits {
        /// From cold blue to warm orange.
        var warmth: Double
        /// From dark to light.
        var brightness: Double
        /// From a few big shapes to many small ones.
        var density: Double
        /// From stripes to discs.
        var roundness: Double

        var all: [Double] { [warmth, brightness, density, roundness] }
    }

    static let side = 24

    let traits: Traits
    /// Red, green and blue of each pixel, row by row, from 0 to 1.
    private(set) var pixels: [Double]

    /// Draws a picture; the same traits and generator give the same picture.
    init(traits: Traits, using generator: inout SeededGenerator) {
        self.traits = traits
        pixels = []
        let base = Self.colour(traits.warmth, traits.brightness)
        for row in 0..<Self.side {
            let shade = 0.75 + 0.25 * Double(row) / Double(Self.side)
            for _ in 0..<Self.side { pixels += base.map { min(1, $0 * shade) } }
        }
        let shapeCount = 2 + Int(traits.density * 14)
        let size = 7 - 5 * traits.density
        for _ in 0..<shapeCount {
            let tone = min(1, max(0, traits.warmth + Double.random(in: -0.15...0.15, using: &generator)))
            let light = min(1, max(0, traits.brightness + Double.random(in: -0.35...0.35, using: &generator)))
            let isDisc = Double.random(in: 0..<1, using: &generator) < traits.roundness
            let x = Double.random(in: 0..<Double(Self.side), using: &generator)
            let y = Double.random(in: 0..<Double(Self.side), using: &generator)
            fill(Self.colour(tone, light)) { column, row in
                isDisc
                    ? (column - x) * (column - x) + (row - y) * (row - y) < size * size / 2
                    : abs(row - y) < size / 5
            }
        }
    }

    /// The picture as a BMP file, which browsers and image viewers show.
    var bmp: [UInt8] {
        // Rows go from the bottom up, in blue, green and red; 72 bytes a row need no padding to a multiple of four.
        let rows = (0..<Self.side).reversed().flatMap { row in
            (0..<Self.side).flatMap { column in
                [2, 1, 0].map { UInt8((pixel(column, row, $0) * 255).rounded()) }
            }
        }
        let header = Self.littleEndian(54 + rows.count, 0, 54)
        let format = Self.littleEndian(40, Self.side, Self.side, 1 | 24 << 16, 0, rows.count, 2835, 2835, 0, 0)
        return Array("BM".utf8) + header + format + rows
    }

    private static func littleEndian(_ numbers: Int...) -> [UInt8] {
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }

    /// What a small image encoder would see: mean colours of a 4×4 grid, edges, and a histogram of warm and cold.
    var embedding: [Double] {
        var features: [Double] = []
        let cell = Self.side / 4
        for block in 0..<16 {
            var sum = [0.0, 0.0, 0.0]
            for offset in 0..<(cell * cell) {
                let column = block % 4 * cell + offset % cell
                let row = block / 4 * cell + offset / cell
                for channel in 0..<3 { sum[channel] += pixel(column, row, channel) }
            }
            features += sum.map { $0 / Double(cell * cell) - 0.5 }
        }
        var horizontal = 0.0, vertical = 0.0
        var histogram = [Double](repeating: 0, count: 8)
        for row in 0..<(Self.side - 1) {
            for column in 0..<(Self.side - 1) {
                horizontal += abs(pixel(column, row, 1) - pixel(column + 1, row, 1))
                vertical += abs(pixel(column, row, 1) - pixel(column, row + 1, 1))
                let warmth = (pixel(column, row, 0) - pixel(column, row, 2) + 1) / 2
                histogram[min(7, Int(warmth * 8))] += 1
            }
        }
        let area = Double(Self.side * Self.side)
        features += [4 * horizontal / area, 4 * vertical / area, 4 * (vertical - horizontal) / area]
        features += histogram.map { $0 / area }
        return features
    }

    private func pixel(_ column: Int, _ row: Int, _ channel: Int) -> Double {
        pixels[(row * Self.side + column) * 3 + channel]
    }

    private mutating func fill(_ colour: [Double], where covers: (Double, Double) -> Bool) {
        for row in 0..<Self.side {
            for column in 0..<Self.side where covers(Double(column) + 0.5, Double(row) + 0.5) {
                for channel in 0..<3 { pixels[(row * Self.side + column) * 3 + channel] = colour[channel] }
            }
        }
    }

    private static func colour(_ warmth: Double, _ brightness: Double) -> [Double] {
        let light = 0.15 + 0.85 * brightness
        return [light * (0.2 + 0.8 * warmth), light * (0.45 + 0.15 * warmth), light * (1 - 0.8 * warmth)]
    }
}
