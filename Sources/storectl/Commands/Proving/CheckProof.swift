import ArgumentParser
import PersonalizationStore

/// `storectl check-proof`
struct CheckProof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-proof",
        abstract: "Checks a proof, without a store.",
        discussion: """
            KEY is the log's verifier key, as 'storectl key' printed it, or a file with it; get it from somebody you trust,
            not with the proof. Of a proof that history is unchanged, --from names the file with the earlier checkpoint,
            which the same key has signed. Exit status 1 when the proof is not to be believed.

            Examples:
              storectl check-proof code.proof --key example.com/taste+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
              storectl check-proof code.proof --key taste.vkey --code 3f7k9m2qx5wzt
              storectl check-proof since-yesterday.proof --key taste.vkey --from yesterday.checkpoint
            """)

    @Argument(help: "The proof's file; '-' for standard input.") var file: String

    @Option(help: ArgumentHelp("The verifier key, or a file with it.", valueName: "key")) var key: String

    @Option(help: "The code that the proof must be of.") var code: String?

    @Option(help: ArgumentHelp("The file with the earlier signed checkpoint.", valueName: "file")) var from: String?

    @Flag(help: "Print JSON for scripts instead of text for people.") var json = false

    func run() async throws {
        do {
            let key = try VerifierKeyArgument.read(self.key)
            let text = try ProofFile.read(file)
            if ConsistencyProof.isConsistencyProof(text) {
                try checkConsistency(text, key)
            } else {
                try checkEvent(text, key)
            }
        } catch {
            throw Failure(error)
        }
    }

    private func checkEvent(_ text: String, _ key: VerifierKey) throws {
        guard from == nil else {
            throw Failure(
                status: .usage, kind: "usage",
                message: "--from goes with a proof that history is unchanged; leave it out")
        }
        let proof = try EventProof(parsing: text, verifiedBy: key)
        if let code {
            guard let version = proof.version else {
                throw Failure(
                    status: .no, kind: "proof",
                    message:
                        "the proof is of the event at position \(proof.position), which is no version; it proves no code"
                )
            }
            let isMeant = (try? Code(code)).map { $0 == version.code || $0 == Code(hash: version.hash) } ?? false
            guard isMeant else {
                throw Failure(
                    status: .no, kind: "proof", message: "the proof is of the code \(version.code), not of '\(code)'")
            }
        }
        let report = EventReport(proof)
        Output.show(report, json: json) { report.text }
    }

    private func checkConsistency(_ text: String, _ key: VerifierKey) throws {
        guard let from else {
            throw Failure(
                status: .usage, kind: "usage",
                message: "this is a proof that history is unchanged; give the earlier checkpoint with --from FILE")
        }
        let earlier = try SignedCheckpoint(parsing: try ProofFile.read(from), verifiedBy: key)
        let proof = try ConsistencyProof(parsing: text, verifiedBy: key)
        guard proof.proves(from: earlier) else {
            throw ProofError.notConsistent(earlierSize: earlier.size, size: proof.checkpoint.size)
        }
        let report = ConsistencyReport(
            origin: earlier.origin, earlierSize: earlier.size, size: proof.checkpoint.size,
            root: proof.checkpoint.root.description)
        Output.show(report, json: json) {
            "the log \(report.origin) of \(Text.counted(Int(clamping: report.size), "event")) begins with all "
                + "\(Text.count(Int(clamping: report.earlierSize))) that it had, unchanged"
        }
    }

    private struct EventReport: Encodable {
        let origin: String
        let size: UInt64
        let position: UInt64
        let recordedAt: String?
        let kind: String?
        let stream: UInt64?
        let code: Code?
        let hash: String?

        init(_ proof: EventProof) {
            origin = proof.inclusion.checkpoint.origin
            size = proof.inclusion.checkpoint.size
            position = proof.position.number
            recordedAt = proof.recordedAt?.rfc3339
            kind = proof.kind.map { "\($0)" }
            stream = proof.stream?.number
            code = proof.version?.code
            hash = proof.version?.hash.description
        }

        var text: TerminalText {
            let what = code.map { "the code \($0)" } ?? kind.map { "an event (\($0))" } ?? "an event that is not shown"
            let when = recordedAt.map { ", recorded at \(Text.minute($0))" } ?? ""
            return
                "\(what) stands at position \(position) of the log \(origin)\(when); signed with "
                + "\(Text.counted(Int(clamping: size), "event"))"
        }
    }

    private struct ConsistencyReport: Encodable {
        let origin: String
        let earlierSize: UInt64
        let size: UInt64
        let root: String
    }
}
