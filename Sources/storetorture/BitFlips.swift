internal import SeededRandom

/// Flips single bits of a store's data file; each must be detected by the verifier, or change no answer.
struct BitFlips: Tool {
    static let name = "flips"
    static let summary = "flips single bits of a data file and sorts out which are detected, harmless or missed"
    static let options: [Option] = [
        .required("store", "DIR", "a store that no process has open; it is copied"),
        .required("verify", "CMD", "exit 0: sound; 1 or 3, with a message: damage found; {dir} is filled in"),
        .required("harmless", "CMD", "prints a digest of all answers, for flips that were not found"),
        .optional("count", "N", standard: "2000", "how many flips; one in sixteen hits a meta page's fields"),
        .seed, .jobs, .timeLimit, .scratch, .keep,
    ]

    /// What came of a flip.
    enum Outcome: String, CaseIterable {
        case detected
        /// The verifier did not see it, and all answers are the same.
        case harmless
        /// The verifier did not see it, and an answer is another, or none.
        case missed
        /// The verifier itself died of it, hung, or said nothing.
        case crashed
    }

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func run() throws -> Bool {
        var generator = SeededGenerator(seed: try arguments.seed())
        let store = try arguments.required("store")
        let scratch = try Scratch(in: arguments.text("scratch"))
        let findings = Findings(keepPath: arguments.text("keep"))
        let probe = try FlipProbe(
            verify: arguments.command("verify"), harmless: arguments.command("harmless"), store: store,
            limit: arguments.timeLimit(), pristine: scratch.folder("pristine"))
        let map = PageMap(try StoreFolder(path: store).readData())
        let flips = try (0..<arguments.count("count")).map { _ in map.randomFlip(using: &generator) }
        let folders = try (0..<(try arguments.jobs())).map { number in
            let folder = scratch.folder("flipped-\(number)")
            try folder.reset(to: store)
            return folder
        }
        try forEachInParallel(flips, jobs: folders.count) { worker, flip in
            let kind = map.kind(at: flip.offset)
            let outcome = try probe.judge(flip, in: folders[worker]) { text in
                findings.fail("\(flip) (\(kind)): \(text)", dataPath: folders[worker].dataPath)
            }
            findings.count(kind, outcome.rawValue)
        }
        findings.printTable(rows: PageMap.kinds, columns: Outcome.allCases.map(\.rawValue))
        return findings.failureCount == 0 && !flips.isEmpty
    }
}
