internal import ByteCoding

/// What is decoded of a record before its body: the header, and where the parts begin.
struct RecordLayout {
    private(set) var header: RecordHeader
    let isErased: Bool
    /// Where the body begins, after the header's last field.
    let bodyOffset: Int
    /// Where the private part begins, or the commitment that stands for it; the end when there is neither.
    let privateOffset: Int

    private typealias Offset = RecordHeader.Offset

    /// Decodes a record of at least 15 bytes, and refuses whatever is wrong before its body.
    init(_ bytes: RawSpan, at position: Position) throws(RecordError) {
        let format = bytes.load(Offset.format, as: UInt8.self)
        guard format == RecordHeader.currentFormat else { throw .unknownFormat(position, format) }
        let flags = bytes.load(Offset.flags, as: UInt8.self)
        guard flags & ~RecordHeader.Flag.known == 0 else { throw .notCanonical(position, "unknown flag") }
        isErased = flags & RecordHeader.Flag.erased != 0
        let isPersonal = flags & RecordHeader.Flag.publicKind == 0
        let recordedAt = Timestamp(microseconds: bytes.load(Offset.recordedAt, as: Int64.self))
        if isErased && isPersonal {
            guard bytes.byteCount == Offset.kind + SHA256Digest.byteCount else { throw Self.wrongSize(position) }
            header = RecordHeader(
                decoding: .erased, isPersonal: true, recordedAt: recordedAt, stream: position, previous: nil,
                revision: 0)
            bodyOffset = Offset.kind
            privateOffset = Offset.kind
            return
        }
        var cursor = RecordCursor(bytes, at: Offset.kind)
        let kindByte = cursor.byte()
        let kindNumber = kindByte & RecordHeader.KindByte.kind
        guard let kind = RecordKind(rawValue: kindNumber), kind != .erased else {
            throw .unknownKind(position, kindNumber)
        }
        guard kind.isPersonal ?? isPersonal == isPersonal else {
            throw .notCanonical(position, isPersonal ? "a kind that is no person's" : "a kind that is a person's")
        }
        header = RecordHeader(
            decoding: kind, isPersonal: isPersonal, recordedAt: recordedAt, stream: position, previous: nil, revision: 1
        )
        if !kind.opensStream {
            try header.readLinks(from: &cursor, at: position)
        } else if isPersonal {
            cursor.skip(UInt64(RecordSalt.byteCount))
        }
        if kindByte & RecordHeader.KindByte.occurredAt != 0 {
            header.occurredAt = RecordHeader.occurredAt(cursor.varint(), before: recordedAt)
        }
        if kindByte & RecordHeader.KindByte.eventID != 0 {
            let start = cursor.offset
            cursor.skip(16)
            guard !cursor.isBroken else { throw .notCanonical(position, "truncated event id") }
            header.eventID = EventID(
                high: bytes.load(start, as: UInt64.self).byteSwapped,
                low: bytes.load(start + 8, as: UInt64.self).byteSwapped)
        }
        bodyOffset = cursor.offset
        privateOffset = isPersonal ? Offset.kind : Self.endOfPublicPart(of: kind, &cursor)
        guard !cursor.isBroken else { throw .notCanonical(position, "a field is cut off or not in its shortest form") }
        if let flaw = flawOfParts(bytes) { throw .notCanonical(position, flaw) }
        // Of an image only the author is gone.
        if isErased, kind != .imageRegistered { header.kind = .erased }
    }

    /// Where the public part of a record that is no person's ends, its body beginning at the cursor.
    private static func endOfPublicPart(of kind: RecordKind, _ cursor: inout RecordCursor) -> Int {
        switch kind {
        case .imageRegistered:
            cursor.skip(cursor.varint())
            cursor.skip(2 * UInt64(cursor.word()))
            return cursor.offset
        case .versionImported, .codeLabeled: return cursor.offset
        default: return cursor.bytes.byteCount
        }
    }

    /// What is wrong with the sizes of the parts, or with how many symbols a code shows, which is read without decoding the
    /// body; or nil.
    private func flawOfParts(_ bytes: RawSpan) -> String? {
        let kind = header.kind
        let privateByteCount = bytes.byteCount - privateOffset
        if isErased { return privateByteCount == SHA256Digest.byteCount ? nil : Self.erasedSize }
        if !header.isPersonal {
            let needsPart = kind == .versionImported || kind == .codeLabeled
            if privateByteCount == 0 { return needsPart ? "no private part" : nil }
            guard privateByteCount > RecordSalt.byteCount else { return "a private part without content" }
        }
        let offset: Int
        switch kind {
        case .versionMinted:
            var cursor = RecordCursor(bytes, at: bodyOffset)
            _ = cursor.varint()
            offset = cursor.offset
        case .versionImported: offset = privateOffset + RecordSalt.byteCount
        default: return nil
        }
        guard bytes.byteCount > offset else { return "no symbol count" }
        let count = bytes.load(offset, as: UInt8.self)
        return RecordLayout.symbolCounts.contains(count) ? nil : "symbol count \(count)"
    }

    /// How many symbols of a hash a code can show (docs/format-codes.md).
    private static let symbolCounts: ClosedRange<UInt8> = 12...30

    private static let erasedSize = "an erased record of another size"

    private static func wrongSize(_ position: Position) -> RecordError { .notCanonical(position, erasedSize) }
}

extension RecordHeader {
    /// Reads stream, distance to the previous event and revision of a record that opens no stream.
    fileprivate mutating func readLinks(
        from cursor: inout RecordCursor, at position: Position
    ) throws(RecordError) {
        let stream = cursor.varint()
        let distance = cursor.varint()
        revision = cursor.word()
        guard !cursor.isBroken, stream != 0, distance != 0, distance < position.number,
            stream <= position.number - distance
        else {
            throw .notCanonical(
                position, "the link to the previous event must lie between the stream's opening and here")
        }
        guard revision >= 2 else { throw .notCanonical(position, "the revision must be at least 2") }
        self.stream = Position(stream)
        previous = Position(position.number - distance)
    }
}
