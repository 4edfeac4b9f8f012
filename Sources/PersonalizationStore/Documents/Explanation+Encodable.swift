extension Explanation: Encodable {
    private enum Field: String, CodingKey {
        case version, confidenceInWords, choices, contradicted, nearest, farthest
    }

    /// Encodes what `storectl explain --json` prints (docs/storectl-json.md): the version, its choices, and the images that
    /// it likes most and least.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(version, forKey: .version)
        try object.encode(confidenceInWords, forKey: .confidenceInWords)
        try object.encode(choices, forKey: .choices)
        try object.encode(contradicted, forKey: .contradicted)
        try object.encode(nearest, forKey: .nearest)
        try object.encode(farthest, forKey: .farthest)
    }
}

extension Explanation {
    /// The same with no more than so many choices in either list, those that count most: what is enough to show.
    public func limited(toChoices count: Int) -> Explanation {
        Explanation(
            version: version, choices: Array(choices.prefix(count)), contradicted: Array(contradicted.prefix(count)),
            nearest: nearest, farthest: farthest, confidenceInWords: confidenceInWords)
    }
}

extension ExplainedChoice: Encodable {
    private enum Field: String, CodingKey {
        case position, winner, loser, share, weight, probability
    }

    /// Encodes a choice of what `storectl explain --json` prints; no `loser` in a like.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(position.number, forKey: .position)
        try object.encode(winner, forKey: .winner)
        try object.encodeIfPresent(loser, forKey: .loser)
        try object.encode(share, forKey: .share)
        try object.encode(weight, forKey: .weight)
        try object.encode(probability, forKey: .probability)
    }
}

extension ScoredImage: Encodable {
    private enum Field: String, CodingKey {
        case id, score
    }

    /// Encodes a line of what `storectl score --json` prints (docs/storectl-json.md).
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(id, forKey: .id)
        try object.encode(score, forKey: .score)
    }
}
