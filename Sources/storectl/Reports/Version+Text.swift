import PersonalizationStore

extension Version {
    /// The version for people.
    var text: TerminalText {
        var rows: [[TerminalText]] = [
            ["code", "\(Output.bold(code.description))\(isRevoked ? "  (revoked)" : "")"],
            ["space", "\(space)"],
            ["evidence", "\(taste.comparisonCount) comparisons (\(rankings) rankings, \(likes) likes)"],
            ["gain", "\(Text.decimal(Double(taste.gain) / 256, digits: 2)) logits per unit cosine"],
            ["confidence", "\(Text.percent(Int(taste.confidence)))"],
            ["minted", "\(Text.minute(mint.recordedAt)) at position \(mint.position)"],
            ["hash", "\(hash)"],
        ]
        if let label { rows.insert(["label", "\(label)"], at: 1) }
        return Output.table(styled: rows)
    }
}
