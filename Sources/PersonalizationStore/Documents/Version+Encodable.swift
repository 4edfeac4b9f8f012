extension Version: Encodable {
    private enum Field: String, CodingKey {
        case code, hash, space, fold, comparisons, rankings, likes, gain, confidence, direction, mintedAtPosition,
            mintedAt, foldedThrough, label, revoked
    }

    /// Encodes what `storectl show --json` prints (docs/storectl-json.md): the evidence, the taste as the fold stores it
    /// (`gain` in Q8, `confidence` in thousandths, `direction` in Q14), when it was minted, and what the owner says of it;
    /// no `label` without one.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(code, forKey: .code)
        try object.encode(hash.description, forKey: .hash)
        try object.encode(space, forKey: .space)
        try object.encode(taste.foldID.description, forKey: .fold)
        try object.encode(taste.comparisonCount, forKey: .comparisons)
        try object.encode(rankings, forKey: .rankings)
        try object.encode(likes, forKey: .likes)
        try object.encode(taste.gain, forKey: .gain)
        try object.encode(taste.confidence, forKey: .confidence)
        try object.encode(taste.direction, forKey: .direction)
        try object.encode(mint.position.number, forKey: .mintedAtPosition)
        try object.encode(mint.recordedAt.rfc3339, forKey: .mintedAt)
        try object.encode(mint.foldedThrough, forKey: .foldedThrough)
        try object.encodeIfPresent(label, forKey: .label)
        try object.encode(isRevoked, forKey: .revoked)
    }
}
