import ArgumentParser
import PersonalizationStore

/// `storectl as-of`
struct AsOf: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "as-of",
        abstract: "Says what a user's taste was at an earlier moment, minted then or not.",
        discussion: """
            Examples:
              storectl as-of ada --position 81234
              storectl as-of ada --time 2026-05-01T12:00:00Z
              storectl as-of ada --revision 40 --json
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions

    @Argument(help: "The user.") var user: String

    @Option(help: "Right after the event at this position.") var position: Position?
    @Option(
        help: ArgumentHelp("After everything recorded then (\(TimeArgument.help)) or before.", valueName: "time"),
        transform: TimeArgument.parse)
    var time: Timestamp?
    @Option(help: "Right after the profile's event with this revision.") var revision: UInt32?

    func validate() throws {
        let given = [position != nil, time != nil, revision != nil].count { $0 }
        if given != 1 { throw ValidationError("give one of --position, --time and --revision") }
    }

    func run() async throws {
        try await options.withStore(.reading) { store in
            let name = try profile.name(of: user, options, in: store)
            let past = try store.taste(of: name, asOf: moment)
            Output.show(Report(past), json: options.json) { past.text }
        }
    }

    private var moment: PointInTime {
        if let position { return .position(position) }
        if let time { return .time(time) }
        return .revision(revision ?? 0)
    }

    private struct Report: Encodable {
        let position: UInt64
        let revision: UInt32
        let code: Code?
        let hash: String
        let fold: String
        let comparisons: Int
        let rankings: Int
        let likes: Int
        let gain: Int
        let confidence: Int
        let direction: [Int16]

        init(_ past: PastTaste) {
            position = past.position.number
            revision = past.revision
            code = past.code
            hash = past.hash.description
            fold = past.taste.foldID.description
            comparisons = Int(past.taste.comparisonCount)
            rankings = past.rankings
            likes = past.likes
            gain = Int(past.taste.gain)
            confidence = Int(past.taste.confidence)
            direction = past.taste.direction
        }
    }
}

extension PastTaste {
    fileprivate var text: TerminalText {
        Output.table(styled: [
            ["after", "position \(position), revision \(revision)"],
            ["code", code.map { Output.bold($0.description) } ?? "none was ever minted for it"],
            ["evidence", "\(taste.comparisonCount) comparisons (\(rankings) rankings, \(likes) likes)"],
            ["confidence", "\(Text.percent(Int(taste.confidence)))"],
            ["hash", "\(hash)"],
        ])
    }
}
