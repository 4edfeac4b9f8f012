import ArgumentParser
import PersonalizationStore

/// `storectl ask`
struct Ask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks a user about pairs of images in the terminal, until stopped.",
        discussion: """
            Shows the two images of a pair, by their ids or as links, and takes one key: 1 or 2 for the better one, s to
            skip, u to take the last answer back, q to stop. Each answer is durable before the next question, so a session
            may end at any time and another one goes on from there.

            Example:
              storectl ask ada --space v6 --url "https://images.example/{id}.jpg"
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions
    @OptionGroup var pairs: PairOptions

    @Option(
        help: ArgumentHelp("Where pictures are: a link or path in which {id} is the image's id.", valueName: "template")
    )
    var url: String?

    @Argument(help: "The user.") var user: String

    func run() async throws {
        let report = try await options.withStore { store in
            let name = try profile.name(of: user, options, in: store)
            var session = AskingSession(store: store, profile: name, pairs: pairs, template: url)
            try await session.run(AnswerKeys())
            return session.report
        }
        Output.show(report, json: options.json) { report.text }
    }
}

/// What a session did, as `ask --json` prints it.
struct AskingReport: Encodable {
    var ranked = 0
    var skipped = 0
    var undone = 0
    var have = 0
    var need = 0
    var stability: Int?

    var text: TerminalText {
        let settled: TerminalText = stability.map { "; stability \(Text.percent($0))" } ?? ""
        return "\(Text.counted(ranked, "pair")) ranked, \(skipped) skipped, \(undone) taken back; "
            + "\(have) of \(need) comparisons\(settled)"
    }
}

/// One session of questions and answers.
struct AskingSession {
    let store: Store
    let profile: ProfileName
    let pairs: PairOptions
    /// A link with {id} in it.
    let template: String?
    private(set) var report = AskingReport()
    /// The answers of this session that can be taken back, the last one last.
    private var answers: [Position] = []

    init(store: Store, profile: ProfileName, pairs: PairOptions, template: String?) {
        self.store = store
        self.profile = profile
        self.pairs = pairs
        self.template = template
    }

    /// Asks until the user stops, the answers end, or no pair is left.
    mutating func run(_ keys: AnswerKeys) async throws {
        defer { keys.restore() }
        asking: while let pair = try pairs.pairs(for: profile, count: 1, in: store).first {
            Output.complain("1  \(place(of: pair.first))")
            Output.complain("2  \(place(of: pair.second))")
            answering: while true {
                Output.complain("better: 1 or 2, s skip, u undo, q quit")
                switch keys.next() {
                case .first: try await rank(pair.first, over: pair.second)
                case .second: try await rank(pair.second, over: pair.first)
                case .skip:
                    _ = try await store.append(.skip(profile, shown: [pair.first, pair.second]))
                    report.skipped += 1
                case .undo: try await undo()
                case .quit: break asking
                case .unknown: continue answering
                }
                break
            }
        }
        let progress = try store.progress(of: profile)
        (report.have, report.need, report.stability) = (progress.have, progress.need, progress.stability)
    }

    private mutating func rank(_ winner: String, over loser: String) async throws {
        answers.append(try await store.append(.rank(profile, winner: winner, loser: loser)).position)
        report.ranked += 1
    }

    private mutating func undo() async throws {
        guard let last = answers.popLast() else {
            Output.complain("nothing of this session is left to take back")
            return
        }
        try await store.retract(last, of: profile)
        report.undone += 1
    }

    private func place(of id: String) -> String { template?.replacing("{id}", with: id) ?? id }
}
