extension InterchangeLine {
    package enum CodingKeys: String, CodingKey {
        case kind, position, recordedAt, space, user, profile, id, author, embedding, embeddingQ14, winner, loser,
            image,
            at, eventID, name, threshold, meanQ14, panelQ14, model, isDefault, code, hash, foldedThrough, label,
            event, always, pinned, bytes, alias, chosen, shown,
            ownChoicesOnly, asOf, contributors,
            fromSpace, fromProfile, due, reference, board, archived, shared, profiles
    }

    /// Decodes the fields that the kind may have. Others are passed over: asking for each of them would take most of the
    /// time of an import.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(kind: try fields.decode(String.self, forKey: .kind))
        position = try fields.decodeNumbers(UInt64.self, forKey: .position)
        recordedAt = try fields.decodeIfPresent(String.self, forKey: .recordedAt)
        space = try fields.decodeIfPresent(String.self, forKey: .space)
        switch kind {
        case "rank", "like", "unlike", "pick", "skip": try decodeChoice(fields)
        case "image": try decodeImage(fields)
        default:
            try decodeSpace(fields)
            try decodeCode(fields)
        }
    }

    private typealias Fields = KeyedDecodingContainer<CodingKeys>

    private mutating func decodeMoment(_ fields: Fields) throws {
        at = try fields.decodeIfPresent(Moment.self, forKey: .at)
        eventID = try fields.decodeIfPresent(String.self, forKey: .eventID)
    }

    private mutating func decodeChoice(_ fields: Fields) throws {
        user = try fields.decodeIfPresent(String.self, forKey: .user)
        profile = try fields.decodeIfPresent(String.self, forKey: .profile)
        switch kind {
        case "rank":
            winner = try fields.decodeIfPresent(String.self, forKey: .winner)
            loser = try fields.decodeIfPresent(String.self, forKey: .loser)
        case "pick":
            chosen = try fields.decodeIfPresent([String].self, forKey: .chosen)
            shown = try fields.decodeIfPresent([String].self, forKey: .shown)
        case "skip": shown = try fields.decodeIfPresent([String].self, forKey: .shown)
        default: image = try fields.decodeIfPresent(String.self, forKey: .image)
        }
        try decodeMoment(fields)
    }

    private mutating func decodeImage(_ fields: Fields) throws {
        id = try fields.decodeIfPresent(String.self, forKey: .id)
        author = try fields.decodeIfPresent(String.self, forKey: .author)
        embedding = try fields.decodeNumbers([Double].self, forKey: .embedding)
        embeddingQ14 = try fields.decodeNumbers([Int16].self, forKey: .embeddingQ14)
        try decodeMoment(fields)
    }

    private mutating func decodeSpace(_ fields: Fields) throws {
        name = try fields.decodeIfPresent(String.self, forKey: .name)
        threshold = try fields.decodeNumbers(Int.self, forKey: .threshold)
        meanQ14 = try fields.decodeNumbers([Int16].self, forKey: .meanQ14)
        panelQ14 = try fields.decodeNumbers([Int16].self, forKey: .panelQ14)
        model = try fields.decodeIfPresent(String.self, forKey: .model)
        isDefault = try fields.decodeIfPresent(Bool.self, forKey: .isDefault)
    }

    private mutating func decodeCode(_ fields: Fields) throws {
        user = try fields.decodeIfPresent(String.self, forKey: .user)
        profile = try fields.decodeIfPresent(String.self, forKey: .profile)
        code = try fields.decodeIfPresent(String.self, forKey: .code)
        hash = try fields.decodeIfPresent(String.self, forKey: .hash)
        foldedThrough = try fields.decodeNumbers(UInt32.self, forKey: .foldedThrough)
        label = try fields.decodeIfPresent(String.self, forKey: .label)
        event = try fields.decodeNumbers(UInt64.self, forKey: .event)
        ownChoicesOnly = try fields.decodeIfPresent(Bool.self, forKey: .ownChoicesOnly)
        fromSpace = try fields.decodeIfPresent(String.self, forKey: .fromSpace)
        fromProfile = try fields.decodeIfPresent(String.self, forKey: .fromProfile)
        asOf = try fields.decodeIfPresent(UInt64.self, forKey: .asOf)
        contributors = try fields.decodeIfPresent(UInt32.self, forKey: .contributors)
        always = try fields.decodeIfPresent(Bool.self, forKey: .always)
        pinned = try fields.decodeNumbers([Pinned].self, forKey: .pinned)
        bytes = try fields.decodeIfPresent(String.self, forKey: .bytes)
        alias = try fields.decodeIfPresent(String.self, forKey: .alias)
        due = try fields.decodeIfPresent(String.self, forKey: .due)
        try decodeProfile(fields)
        try decodeMoment(fields)
    }

    private mutating func decodeProfile(_ fields: Fields) throws {
        board = try fields.decodeIfPresent(Bool.self, forKey: .board)
        archived = try fields.decodeIfPresent(Bool.self, forKey: .archived)
        shared = try fields.decodeIfPresent(Bool.self, forKey: .shared)
        profiles = try fields.decodeNumbers([WeightedProfile].self, forKey: .profiles)
    }
}

extension KeyedDecodingContainer {
    /// A number, or something that holds some. `JSONDecoder` throws an error of its own, without a place, at one that its type
    /// does not hold.
    fileprivate func decodeNumbers<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        do { return try decodeIfPresent(type, forKey: key) } catch let error as DecodingError {
            throw error
        } catch {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "a number is out of its range or not whole (\(error))")
        }
    }
}
