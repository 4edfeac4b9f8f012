extension ImagePair: Encodable {
    private enum Field: String, CodingKey {
        case first, second
    }

    /// Encodes a line of what `storectl pairs --json` prints (docs/storectl-json.md).
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(first, forKey: .first)
        try object.encode(second, forKey: .second)
    }
}
