/// How one person's taste moved: the versions of a profile on a line of time.
///
/// Five small charts stand over one axis of time: each version's cosine to the first version, its cosine to the one
/// before, its confidence, its stability, and the number of comparisons that it is folded from. Up to 25 versions are all named by
/// code; of more, some are, always the first and the last. From 61 versions on the points give way to a line. Times
/// on the axis are UTC. Where versions are too close in time to tell apart they are spread in their order, and the axis
/// stretches with them.
///
/// The same entries give the same bytes on every machine.
public struct TimelineChart: Sendable {
    /// One version, as the chart needs it.
    public struct Entry: Sendable, Equatable {
        /// The version's code.
        public var code: String
        /// The name that the owner gave the code, if any.
        public var label: String?
        /// When the version was minted, in microseconds since 1970-01-01 00:00 UTC.
        public var microseconds: Int64
        /// The same moment as text, shown as it is.
        public var timeText: String
        /// How many comparisons the version is folded from.
        public var comparisons: Int
        /// The confidence in thousandths, 500...999.
        public var confidence: Int
        /// The stability in thousandths; nil when there were too few comparisons to tell.
        public var stability: Int?
        /// The cosine between this version's direction and the first one's.
        public var cosineToFirst: Double
        /// The cosine between this version's direction and the one before; nil for the first.
        public var cosineToPrevious: Double?
        /// Whether the owner has revoked the code.
        public var isRevoked: Bool

        /// An entry of these values; figures that are not finite are left out of the chart.
        public init(
            code: String, label: String? = nil, microseconds: Int64, timeText: String, comparisons: Int,
            confidence: Int, stability: Int? = nil, cosineToFirst: Double, cosineToPrevious: Double?,
            isRevoked: Bool = false
        ) {
            self.code = code
            self.label = label
            self.microseconds = microseconds
            self.timeText = timeText
            self.comparisons = comparisons
            self.confidence = confidence
            self.stability = stability
            self.cosineToFirst = cosineToFirst
            self.cosineToPrevious = cosineToPrevious
            self.isRevoked = isRevoked
        }
    }

    /// What stands above the chart.
    public let title: String
    /// The versions, oldest first.
    public let entries: [Entry]

    /// A chart of the entries, ordered by time; entries of one moment keep the order given.
    ///
    /// Any number of entries may be given, none included.
    public init(title: String, entries: [Entry]) {
        self.title = title
        // The standard sort is stable in practice but does not promise it.
        self.entries = entries.enumerated().sorted {
            ($0.element.microseconds, $0.offset) < ($1.element.microseconds, $1.offset)
        }.map(\.element)
    }

    /// The chart as an SVG document in UTF-8, complete in itself; about 400 bytes a version.
    public var svg: String {
        var drawing = TimelineDrawing(chart: self, layout: TimelineLayout(self))
        return drawing.draw()
    }

    /// The same five series for a terminal, one character a version, at most 60 characters wide.
    public var sparklines: [Sparkline] { sparklines(columns: 60) }

    /// The same five series for a terminal of some width.
    ///
    /// Of more versions than columns each character stands for the mean of its neighbours.
    /// - Precondition: at least one column.
    public func sparklines(columns: Int) -> [Sparkline] {
        TimelineSeries.allCases.map { series in
            Sparkline(
                name: series.name, values: entries.map { series.value(of: $0) }, columns: columns,
                format: series.text(of:))
        }
    }
}
