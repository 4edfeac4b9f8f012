extension Resolution: Encodable {
    private enum Field: String, CodingKey {
        case prompt, model, stylize, minted, space, codes, comparisons, gain, confidence, strength, direction
    }

    /// Encodes what `storectl resolve --json` prints (docs/storectl-json.md): the expanded `prompt`, `minted` when a new
    /// code was, the `codes` with their weights, and the blended taste with its `strength` at the prompt's `stylize`.
    /// Without personalization `codes` is empty and the taste's members are left out.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(prompt, forKey: .prompt)
        try object.encodeIfPresent(model, forKey: .model)
        try object.encode(stylize, forKey: .stylize)
        try object.encode(didAppend, forKey: .minted)
        try object.encodeIfPresent(personalization?.space, forKey: .space)
        try object.encode(personalization?.parts ?? [], forKey: .codes)
        guard let personalization else { return }
        try object.encode(personalization.taste.comparisonCount, forKey: .comparisons)
        try object.encode(personalization.taste.gain, forKey: .gain)
        try object.encode(personalization.taste.confidence, forKey: .confidence)
        try object.encode(personalization.strength, forKey: .strength)
        try object.encode(personalization.taste.direction, forKey: .direction)
    }
}

extension Personalization.Part: Encodable {
    private enum Field: String, CodingKey {
        case code, weight, hash
    }

    /// Encodes the code, its weight and the version's hash in hexadecimal.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(code, forKey: .code)
        try object.encode(weight, forKey: .weight)
        try object.encode(hash.description, forKey: .hash)
    }
}
