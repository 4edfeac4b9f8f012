import ArgumentParser
import PersonalizationStore

/// `storectl replay`
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Folds every minted version again, from the log alone, and compares: an audit.",
        discussion: """
            Exit status 1 when a version does not come out again; each mismatch names code, profile, position, both
            hashes and the first difference. With --fold, says how codes would move under another fold; nothing is
            minted.

            Examples:
              storectl replay
              storectl replay --user ada --json
              storectl replay --from 50000 --to 60000
              storectl replay --at 2026-05-01T00:00:00Z
              storectl replay --fold HP1 --house 3f7k9m2qx5wzt
            """)

    @OptionGroup var options: StoreOptions

    @Option(help: "Only versions of this user.") var user: String?
    @Option(help: "Only mints and recalls of this code.") var code: String?
    @Option(help: "Only mints from this position on.") var from: Position?
    @Option(help: "Only mints up to this position.") var to: Position?
    @Option(
        help: ArgumentHelp("Only mints up to this time (\(TimeArgument.help)).", valueName: "time"),
        transform: TimeArgument.parse)
    var at: Timestamp?
    @Option(help: ArgumentHelp("Apply this fold instead of each version's own.", valueName: "id")) var fold: String?

    @Option(help: ArgumentHelp("The house that the fold starts from, for HP1.", valueName: "code")) var house: String?

    func validate() throws {
        if house != nil, fold != "HP1" { throw ValidationError("--house is for --fold HP1") }
        if to != nil, at != nil { throw ValidationError("--to and --at exclude each other") }
    }

    func run() async throws {
        let report = try await options.withStore(.reading) { store in
            let scope = try scope(in: store)
            let bar = ProgressBar("replay")
            defer { bar.finish() }
            return try await store.audit(scope) { progress in
                bar.update(progress)
            }
        }
        Output.show(ReplayReport(report), json: options.json) { text(report) }
        if !report.isClean, fold == nil { throw ExitCode(Failure.Status.no.rawValue) }
    }

    private func scope(in store: Store) throws -> AuditScope {
        let code = try code.map { try store.version(beginningWith: $0).code }
        let house = try house.map { try store.version(beginningWith: $0).code }
        return AuditScope(user: user, code: code, from: from, to: to, time: at, fold: try foldID(), house: house)
    }

    private func foldID() throws -> FoldID? {
        guard let fold else { return nil }
        if fold == HP1.id.description, house == nil {
            throw Failure(status: .usage, kind: "usage", message: "the fold HP1 starts from a house; add --house CODE")
        }
        let known = FoldRegistry.algorithms.map { $0.id } + [HP1.id]
        guard let id = FoldID(name: fold), known.contains(id) else {
            let names = known.map(\.description).joined(separator: ", ")
            throw Failure(
                status: .usage, kind: "unknownFold", message: "there is no fold '\(fold)' here; there is \(names)")
        }
        return id
    }

    private func text(_ report: AuditReport) -> TerminalText {
        let seconds = max(Text.seconds(report.duration), 1e-9)
        let summary =
            "\(Text.counted(report.eventCount, "event")) read, \(Text.counted(report.mintCount, "mint")) folded again, "
            + (fold == nil
                ? "\(report.mismatches.count) came out differently" : "\(report.mismatches.count) would move")
            + (report.incompleteHouses.isEmpty
                ? "" : "; \(Text.counted(report.incompleteHouses.count, "house")) of people who were erased since")
        let speed =
            "\(Text.decimal(seconds, digits: 2)) s: \(Text.count(Int(Double(report.eventCount) / seconds))) events/s, "
            + "\(Text.count(Int(Double(report.mintCount) / seconds))) versions/s"
        let moves = report.mismatches.map { mismatch in
            fold == nil
                ? mismatch.description
                : "\(mismatch.code) of \(mismatch.profile): cosine \(Text.decimal(mismatch.cosine, digits: 4)), "
                    + mismatch.firstDifference
        }
        return TerminalText(lines: moves + [summary, speed])
    }
}

private struct ReplayReport: Encodable {
    struct Mismatch: Encodable {
        let code: Code
        let user: String
        let space: String
        let profile: String
        let position: UInt64
        let expected: String
        let found: String
        let cosine: Double
        let firstDifference: String

        init(_ mismatch: AuditMismatch) {
            code = mismatch.code
            user = mismatch.profile.user
            space = mismatch.profile.space
            profile = mismatch.profile.profile
            position = mismatch.position.number
            expected = mismatch.storedHash.description
            found = mismatch.foldedHash.description
            cosine = mismatch.cosine
            firstDifference = mismatch.firstDifference
        }
    }

    let events: Int
    let mints: Int
    let comparisons: Int
    let seconds: Double
    let mismatches: [Mismatch]
    /// The positions of houses that cannot be made again, since contributors were erased.
    let incompleteHouses: [UInt64]

    init(_ report: AuditReport) {
        events = report.eventCount
        mints = report.mintCount
        comparisons = report.comparisonCount
        seconds = Text.seconds(report.duration)
        mismatches = report.mismatches.map(Mismatch.init)
        incompleteHouses = report.incompleteHouses.map(\.number)
    }
}
