extension Receipt: Encodable {
    private enum Field: String, CodingKey {
        case position, revision, recordedAt
        case isRepeat = "repeat"
    }

    /// Encodes what `storectl like --json` prints (docs/storectl-json.md): `position`, `revision`, `recordedAt` in
    /// RFC 3339, and `repeat`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(position.number, forKey: .position)
        try object.encode(revision, forKey: .revision)
        try object.encode(recordedAt.rfc3339, forKey: .recordedAt)
        try object.encode(isRepeat, forKey: .isRepeat)
    }
}
