internal import ByteCoding

extension RecordView {
    /// The canonical version bytes of a `version minted` or `version imported` record, in place.
    @_lifetime(copy self)
    package func versionBytes() throws(RecordError) -> RawSpan {
        let start: Int
        switch header.kind {
        case .versionMinted:
            guard let fields = mintFields else { throw .notCanonical(position, "the fields of a mint") }
            start = fields.version
        case .versionImported: start = privateOffset + RecordSalt.byteCount + 1
        default: throw .unexpectedKind(position, header.kind)
        }
        guard bytes.byteCount > start else { throw .notCanonical(position, "no version bytes") }
        return bytes.extracting(start..<bytes.byteCount)
    }

    /// What a house version was made of; nil in any other record.
    package var houseOrigin: HouseOrigin? { mintFields?.house }

    /// The links of a mint or recall, without its bytes; nil for any other kind.
    package var mintLinks: MintLinks? {
        switch header.kind {
        case .versionMinted:
            guard let fields = mintFields, bytes.byteCount > fields.version else { return nil }
            return MintLinks(
                foldedThrough: fields.foldedThrough, previousMint: fields.previousMint, mint: position,
                symbolCount: fields.symbolCount)
        case .versionRecalled:
            var cursor = RecordCursor(bytes, at: bodyOffset)
            let foldedThrough = cursor.word()
            let previousMint = cursor.position()
            guard let mint = cursor.position(), cursor.isAtEnd else { return nil }
            return MintLinks(
                foldedThrough: foldedThrough, previousMint: previousMint, mint: mint, symbolCount: nil)
        case .versionImported where bytes.byteCount > privateOffset + RecordSalt.byteCount + 1:
            return MintLinks(
                foldedThrough: 0, previousMint: nil, mint: position,
                symbolCount: bytes.load(privateOffset + RecordSalt.byteCount, as: UInt8.self))
        default: return nil
        }
    }

    /// The fields of a mint before its version bytes; nil in any other record, and when one is malformed.
    private var mintFields: MintFields? {
        guard header.kind == .versionMinted else { return nil }
        var cursor = RecordCursor(bytes, at: bodyOffset)
        let foldedThrough = cursor.word()
        let symbolCount = cursor.byte()
        let flag = cursor.byte()
        let previousMint = cursor.position()
        var house: HouseOrigin?
        if flag == 1 {
            guard let asOf = cursor.position() else { return nil }
            house = HouseOrigin(asOf: asOf, contributorCount: cursor.word())
        }
        guard !cursor.isBroken, flag <= 1 else { return nil }
        return MintFields(
            foldedThrough: foldedThrough, symbolCount: symbolCount, previousMint: previousMint, house: house,
            version: cursor.offset)
    }
}

/// What a mint says before its version bytes.
private struct MintFields {
    let foldedThrough: UInt32
    let symbolCount: UInt8
    let previousMint: Position?
    let house: HouseOrigin?
    /// Where the version bytes begin in the record.
    let version: Int
}

/// How a mint or recall hangs together with the others of its profile.
package struct MintLinks: Hashable, Sendable {
    /// The revision up to which the fold has seen the stream.
    package let foldedThrough: UInt32
    /// The profile's mint or recall before.
    package let previousMint: Position?
    /// Where the version's bytes are: this record, or the mint that a recall refers to.
    package let mint: Position
    /// How many symbols of the hash the code shows; nil in a recall.
    package let symbolCount: UInt8?
}
