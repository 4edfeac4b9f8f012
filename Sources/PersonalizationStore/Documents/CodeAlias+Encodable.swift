extension CodeAlias: Encodable {
    private enum Field: String, CodingKey {
        case alias, space, code, hash, position, recordedAt, label, revoked
    }

    /// Encodes a line of what `storectl aliases --json` prints (docs/storectl-json.md): the foreign code, its space,
    /// and the version that it means; no `label` without one.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(alias, forKey: .alias)
        try object.encode(space, forKey: .space)
        try object.encode(version.code, forKey: .code)
        try object.encode(version.hash.description, forKey: .hash)
        try object.encode(position.number, forKey: .position)
        try object.encode(recordedAt.rfc3339, forKey: .recordedAt)
        try object.encodeIfPresent(version.label, forKey: .label)
        try object.encode(version.isRevoked, forKey: .revoked)
    }
}
