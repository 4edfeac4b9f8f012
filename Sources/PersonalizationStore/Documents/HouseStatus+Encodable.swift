extension HouseStatus: Encodable {
    private enum Field: String, CodingKey {
        case pinned, threshold, minted
    }

    /// Encodes what `storectl house show --json` prints (docs/storectl-json.md), but the space; no `pinned` when new codes
    /// start from people's own choices only.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encodeIfPresent(pinned?.code, forKey: .pinned)
        try object.encode(threshold, forKey: .threshold)
        try object.encode(minted, forKey: .minted)
    }
}

extension MintedHouse: Encodable {
    private enum Field: String, CodingKey {
        case code, hash, contributors, asOf, comparisons, gain, confidence, label, revoked
    }

    /// Encodes what `storectl house mint --json` prints (docs/storectl-json.md).
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(version.code, forKey: .code)
        try object.encode(version.hash.description, forKey: .hash)
        try object.encode(contributorCount, forKey: .contributors)
        try object.encode(asOf.number, forKey: .asOf)
        try object.encode(version.taste.comparisonCount, forKey: .comparisons)
        try object.encode(version.taste.gain, forKey: .gain)
        try object.encode(version.taste.confidence, forKey: .confidence)
        try object.encodeIfPresent(version.label, forKey: .label)
        try object.encode(version.isRevoked, forKey: .revoked)
    }
}
