import ArgumentParser
import PersonalizationStore

/// `storectl prove`
struct Prove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a proof of a code, an event, or that history is unchanged.",
        discussion: """
            A proof can be checked by anybody who has the verifier key, without the store ('storectl check-proof').

            The proof of CODE shows the version's bytes and the position of its profile, not whose it is; that of an event
            shows all that was recorded of it, with positions for names. Neither shows another event. --from FILE proves
            that the log still begins with all that the signed checkpoint in FILE is of, in the form that C2SP's witnesses
            take.

            Examples:
              storectl prove 3f7k9m2qx5wzt > code.proof
              storectl prove --event 81234 --output event.proof
              storectl prove --from yesterday.checkpoint > since-yesterday.proof
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var signing: SigningKeyOption

    @Argument(help: "The code, or the version's hash.") var code: String?

    @Option(help: ArgumentHelp("The event at this position.", valueName: "position")) var event: Position?

    @Option(help: ArgumentHelp("The file with an earlier signed checkpoint of this log.", valueName: "file"))
    var from: String?

    @Option(help: ArgumentHelp("The file to write, a new one; standard output if not given.", valueName: "file"))
    var output: String?

    func validate() throws {
        guard [code != nil, event != nil, from != nil].filter({ $0 }).count == 1 else {
            throw ValidationError("give a code, --event POSITION or --from FILE")
        }
    }

    func run() async throws {
        try await options.withStore(.reading) { store in
            let key = try signing.given()
            if let from {
                let verifier = try (key ?? store.signingKey()).verifierKey
                let earlier = try SignedCheckpoint(parsing: try ProofFile.read(from), verifiedBy: verifier)
                let proof = try store.consistencyProof(from: earlier, signedBy: key)
                try ProofOutput.show(
                    proof.description, as: ConsistencyReport(proof, file: output), to: output, json: options.json)
                return
            }
            let proof =
                if let event {
                    try store.proof(ofEventAt: event, signedBy: key)
                } else {
                    try store.proof(ofCode: try store.code(beginningWith: code ?? ""), signedBy: key)
                }
            try ProofOutput.show(proof.text, as: EventReport(proof, file: output), to: output, json: options.json)
        }
    }

    private struct EventReport: Encodable {
        let position: Position
        let code: Code?
        let size: UInt64
        let proof: String
        let file: String?

        init(_ proof: EventProof, file: String?) {
            position = proof.position
            code = proof.version?.code
            size = proof.inclusion.checkpoint.size
            self.proof = proof.text
            self.file = file
        }

        private enum CodingKeys: CodingKey { case position, code, size, proof, file }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(position.number, forKey: .position)
            try container.encodeIfPresent(code, forKey: .code)
            try container.encode(size, forKey: .size)
            try container.encode(proof, forKey: .proof)
            try container.encodeIfPresent(file, forKey: .file)
        }
    }

    private struct ConsistencyReport: Encodable {
        let earlierSize: UInt64
        let size: UInt64
        let proof: String
        let file: String?

        init(_ proof: ConsistencyProof, file: String?) {
            earlierSize = proof.earlierSize
            size = proof.checkpoint.size
            self.proof = proof.description
            self.file = file
        }
    }
}
