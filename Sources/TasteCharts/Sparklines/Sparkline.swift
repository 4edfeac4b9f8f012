/// One series as a row of blocks for a terminal, such as `▁▂▄▇█`.
public struct Sparkline: Sendable, Equatable {
    /// What the series shows.
    public let name: String
    /// The blocks, one character a column; a space where a column has no figure.
    public let line: String
    /// The least figure as text, which the lowest block stands for; nil when there is none.
    public let low: String?
    /// The greatest figure as text, which the full block stands for; nil when there is none.
    public let high: String?
    /// The last figure as text; nil when there is none.
    public let last: String?

    init(name: String, values: [Double?], columns: Int, format: (Double) -> String) {
        let present = values.compactMap(\.self)
        self.name = name
        line = Self.blocks(of: values, columns: columns)
        low = present.min().map(format)
        high = present.max().map(format)
        last = present.last.map(format)
    }

    private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// Figures as blocks, scaled from the least to the greatest of the columns; a flat series is drawn in the middle.
    ///
    /// Of more figures than columns, neighbours share a column and count by their mean.
    package static func blocks(of values: [Double?], columns: Int) -> String {
        precondition(columns > 0, "a sparkline needs at least one column")
        let width = min(columns, values.count)
        let means = (0..<width).map { column -> Double? in
            let share = values[(column * values.count / width)..<((column + 1) * values.count / width)]
            let present = share.compactMap { $0 }.filter(\.isFinite)
            return present.isEmpty ? nil : present.reduce(0, +) / Double(present.count)
        }
        let present = means.compactMap(\.self)
        guard let low = present.min(), let high = present.max() else { return String(repeating: " ", count: width) }
        return String(
            means.map { mean -> Character in
                guard let mean else { return " " }
                guard high > low else { return levels[3] }
                return levels[min(7, Int((mean - low) / (high - low) * 8))]
            })
    }
}
