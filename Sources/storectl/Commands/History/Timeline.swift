import ArgumentParser
import PersonalizationStore
import TasteCharts

/// `storectl timeline`
struct Timeline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows how a user's taste moved, as a picture or as sparklines.",
        discussion: """
            One point for each time that the profile came to a version: cosine to the first and to the previous version,
            confidence, stability, number of comparisons. Each version is folded again, twice.

            Examples:
              storectl timeline ada --space v6
              storectl timeline ada --space v6 --svg ada.svg
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions

    @Argument(help: "The user.") var user: String

    @Option(help: ArgumentHelp("Writes a picture for a browser to this file, a new one.", valueName: "file"))
    var svg: String?

    @Option(help: "How many of the newest versions to show.") var limit = 500

    func run() async throws {
        try await options.withStore(.reading) { store in
            let name = try profile.name(of: user, options, in: store)
            let listed = Array(try store.codes(of: name, limit: limit).reversed())
            let points = try listed.indices.map { index in
                TimelinePoint(
                    listed[index], stability: try store.stability(of: listed[index].version), first: listed[0],
                    previous: index > 0 ? listed[index - 1] : nil)
            }
            if let svg {
                try PictureFile.write(
                    TimelineChart(title: "The taste of \(name)", entries: points.map(\.entry)).svg, to: svg)
            }
            Output.show(points, json: options.json) {
                if let svg { return "\(Text.counted(points.count, "version")) drawn in \(svg)" }
                return points.isEmpty ? "no code yet" : Self.sparklines(points)
            }
        }
    }

    private static func sparklines(_ points: [TimelinePoint]) -> TerminalText {
        let lines = TimelineChart(title: "", entries: points.map(\.entry)).sparklines
        let rows = lines.map { line in
            let range = [line.low, line.high].compactMap { $0 }.joined(separator: "…")
            return [line.name, line.line, range, line.last.map { "now \($0)" } ?? ""]
        }
        let count = Text.counted(points.count, "version")
        guard let first = points.first, let last = points.last else { return "\(count)" }
        return "\(count), \(Text.minute(first.recordedAt)) to \(Text.minute(last.recordedAt))\n" + Output.table(rows)
    }
}

/// One version on a line of time, as `timeline --json` prints it.
private struct TimelinePoint: Encodable {
    let code: Code
    let label: String?
    let recordedAt: String
    let comparisons: Int
    let confidence: Int
    let stability: Int?
    let cosineToFirst: Double
    let cosineToPrevious: Double?
    let revoked: Bool
    let microseconds: Int64

    private enum CodingKeys: CodingKey {
        case code, label, recordedAt, comparisons, confidence, stability, cosineToFirst, cosineToPrevious, revoked
    }

    init(_ listed: CodeListEntry, stability: Int?, first: CodeListEntry, previous: CodeListEntry?) {
        let taste = listed.version.taste
        code = listed.version.code
        label = listed.version.label
        recordedAt = listed.recordedAt.rfc3339
        comparisons = Int(taste.comparisonCount)
        confidence = Int(taste.confidence)
        self.stability = stability
        cosineToFirst = taste.cosine(to: first.version.taste)
        cosineToPrevious = previous.map { taste.cosine(to: $0.version.taste) }
        revoked = listed.version.isRevoked
        microseconds = listed.recordedAt.microseconds
    }

    var entry: TimelineChart.Entry {
        TimelineChart.Entry(
            code: code.description, label: label, microseconds: microseconds, timeText: Text.minute(recordedAt),
            comparisons: comparisons, confidence: confidence, stability: stability, cosineToFirst: cosineToFirst,
            cosineToPrevious: cosineToPrevious, isRevoked: revoked)
    }
}
