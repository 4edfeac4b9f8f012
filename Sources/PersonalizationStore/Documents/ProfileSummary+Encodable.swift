extension ProfileSummary: Encodable {
    private enum Field: String, CodingKey {
        case space, profile, reference, label, board, archived, shared, openedAt, revision, code
    }

    /// Encodes a line of what `storectl profile list --json` prints (docs/storectl-json.md); no `label` or `code` without
    /// one.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(name.space, forKey: .space)
        try object.encode(name.profile, forKey: .profile)
        try object.encode(reference, forKey: .reference)
        try object.encodeIfPresent(label, forKey: .label)
        try object.encode(isBoard, forKey: .board)
        try object.encode(isArchived, forKey: .archived)
        try object.encode(isShared, forKey: .shared)
        try object.encode(openedAt.rfc3339, forKey: .openedAt)
        try object.encode(revision, forKey: .revision)
        try object.encodeIfPresent(newestCode, forKey: .code)
    }
}
