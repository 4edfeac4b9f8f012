import PersonalizationStore

/// A version as `show --json` prints it.
struct VersionReport: Encodable {
    let code: String
    let hash: String
    let space: String
    let fold: String
    let comparisons: Int
    let rankings: Int
    let likes: Int
    /// Logits per unit cosine in Q8, as the fold stores it.
    let gain: Int
    /// Thousandths.
    let confidence: Int
    /// Q14 components.
    let direction: [Int16]
    let mintedAtPosition: UInt64
    let mintedAt: String
    let coversStreamVersion: UInt32
    let label: String?
    let revoked: Bool

    init(_ version: Version) {
        code = version.code
        hash = version.hash.description
        space = version.space
        fold = version.taste.foldID.description
        comparisons = Int(version.taste.comparisonCount)
        rankings = version.rankings
        likes = version.likes
        gain = Int(version.taste.gain)
        confidence = Int(version.taste.confidence)
        direction = version.taste.direction
        mintedAtPosition = version.mint.position.number
        mintedAt = version.mint.recordedAt.rfc3339
        coversStreamVersion = version.mint.coversStreamVersion
        label = version.label
        revoked = version.isRevoked
    }

    /// The version for people.
    var text: String {
        var rows = [
            ["code", Output.bold(code) + (revoked ? "  (revoked)" : "")],
            ["space", space],
            ["evidence", "\(comparisons) comparisons (\(rankings) rankings, \(likes) likes)"],
            ["gain", Text.decimal(Double(gain) / 256, digits: 2) + " logits per unit cosine"],
            ["confidence", Text.percent(confidence)],
            ["minted", "\(Text.minute(mintedAt)) at position \(mintedAtPosition)"],
            ["hash", hash],
        ]
        if let label { rows.insert(["label", label], at: 1) }
        return Output.table(rows)
    }
}
