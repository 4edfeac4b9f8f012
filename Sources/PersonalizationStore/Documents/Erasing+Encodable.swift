extension ErasureReport: Encodable {
    private enum Field: String, CodingKey {
        case erasures, records, privateBytes, pages, partialPages, finishedAt, readers
    }

    /// Encodes what `storectl erase --json` prints (docs/storectl-json.md): the positions of the events, what was
    /// replaced and overwritten, and when it was finished or who still reads an earlier state.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(positions.map(\.number), forKey: .erasures)
        try object.encode(recordCount, forKey: .records)
        try object.encode(privateByteCount, forKey: .privateBytes)
        try object.encode(pageCount, forKey: .pages)
        try object.encode(partialPageCount, forKey: .partialPages)
        try object.encodeIfPresent(finishedAt?.rfc3339, forKey: .finishedAt)
        try object.encode(lingeringReaders, forKey: .readers)
    }
}

extension ErasureEntry: Encodable {
    private enum Field: String, CodingKey {
        case position, recordedAt, person, streams, otherRecords, finished
    }

    /// Encodes an entry of what `storectl erasures --json` prints (docs/storectl-json.md).
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(position.number, forKey: .position)
        try object.encode(recordedAt.rfc3339, forKey: .recordedAt)
        try object.encode(person.description, forKey: .person)
        try object.encode(streamCount, forKey: .streams)
        try object.encode(otherRecordCount, forKey: .otherRecords)
        try object.encode(isFinished, forKey: .finished)
    }
}

extension ScheduledErasure: Encodable {
    private enum Field: String, CodingKey {
        case user, due
    }

    /// Encodes an entry of what `storectl erasures --json` prints (docs/storectl-json.md).
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Field.self)
        try object.encode(user, forKey: .user)
        try object.encode(due.rfc3339, forKey: .due)
    }
}
