extension CodeListEntry: Encodable {
    private enum Field: String, CodingKey {
        case code, hash, position, recordedAt, recalled, comparisons, confidence, label, revoked
    }

    /// Encodes a line of what `storectl codes --json` prints (docs/storectl-json.md): the code, when it was minted or
    /// `recalled`, and in short what it stands for; no `label` without one.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(version.code, forKey: .code)
        try object.encode(version.hash.description, forKey: .hash)
        try object.encode(position.number, forKey: .position)
        try object.encode(recordedAt.rfc3339, forKey: .recordedAt)
        try object.encode(isRecall, forKey: .recalled)
        try object.encode(version.taste.comparisonCount, forKey: .comparisons)
        try object.encode(version.taste.confidence, forKey: .confidence)
        try object.encodeIfPresent(version.label, forKey: .label)
        try object.encode(version.isRevoked, forKey: .revoked)
    }
}
