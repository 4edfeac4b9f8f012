extension ComparisonProgress: Encodable {
    private enum Field: String, CodingKey {
        case have, need, rankings, likes, ready, confidence, stability
    }

    /// Encodes what `storectl progress --json` prints (docs/storectl-json.md); no `stability` below 5 comparisons.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(have, forKey: .have)
        try object.encode(need, forKey: .need)
        try object.encode(rankings, forKey: .rankings)
        try object.encode(likes, forKey: .likes)
        try object.encode(isReady, forKey: .ready)
        try object.encode(confidence, forKey: .confidence)
        try object.encodeIfPresent(stability, forKey: .stability)
    }
}
