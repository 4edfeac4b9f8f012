internal import ByteCoding

/// The fields of an `image registered` record, read in place.
public struct ImageView: ~Copyable, ~Escapable {
    /// The canonical embedding: little-endian Int16 components, 2-byte aligned.
    public let embedding: RawSpan
    /// The image's id, UTF-8.
    public let id: RawSpan
    /// The author's name, UTF-8; meaningful only when ``hasAuthor``.
    public let author: RawSpan
    /// Whether an author is known.
    public let hasAuthor: Bool

    @_lifetime(copy embedding, copy id, copy author)
    fileprivate init(embedding: RawSpan, id: RawSpan, author: RawSpan, hasAuthor: Bool) {
        self.embedding = embedding
        self.id = id
        self.author = author
        self.hasAuthor = hasAuthor
    }

    /// Whether the image was made by the user with this name.
    public func isAuthored(by user: String) -> Bool {
        hasAuthor && author.hasSameBytes(as: user)
    }
}

extension RecordView {
    /// The image that the record registers, without copying or validating its text as UTF-8.
    ///
    /// Throws when the record is of another kind or its byte counts do not add up.
    @_lifetime(copy self)
    public func image() throws(RecordError) -> ImageView {
        guard header.kind == .imageRegistered else { throw .unexpectedKind(position, header.kind) }
        let body = body
        guard body.byteCount >= ImageLayout.embedding else { throw .notCanonical(position, "truncated image") }
        let embeddingEnd = ImageLayout.embedding + 2 * Int(body.load(ImageLayout.dimension, as: UInt16.self))
        let authorField = body.load(ImageLayout.authorByteCount, as: UInt16.self)
        let hasAuthor = authorField != ImageLayout.noAuthor
        let authorEnd = embeddingEnd + (hasAuthor ? Int(authorField) : 0)
        let idEnd = authorEnd + Int(body.load(ImageLayout.idByteCount, as: UInt16.self))
        guard idEnd == body.byteCount, idEnd > authorEnd else { throw .notCanonical(position, "image byte counts") }
        return ImageView(
            embedding: body.extracting(ImageLayout.embedding..<embeddingEnd),
            id: body.extracting(authorEnd..<idEnd),
            author: body.extracting(embeddingEnd..<authorEnd),
            hasAuthor: hasAuthor)
    }

    /// The canonical version bytes of a `version minted` or `version imported` record, in place.
    @_lifetime(copy self)
    public func versionBytes() throws(RecordError) -> RawSpan {
        let start: Int
        switch header.kind {
        case .versionMinted:
            guard let version = mintedVersionOffset else { throw .notCanonical(position, "mint flags") }
            start = version
        case .versionImported: start = MintLayout.importedVersion
        default: throw .unexpectedKind(position, header.kind)
        }
        let body = body
        guard body.byteCount > start else { throw .notCanonical(position, "no version bytes") }
        return body.extracting(start..<body.byteCount)
    }

    /// Where the version's bytes begin in the body of a mint; nil when the body is too short or its flags are unknown.
    private var mintedVersionOffset: Int? {
        let body = body
        guard body.byteCount > MintLayout.version else { return nil }
        switch body.load(MintLayout.flags, as: UInt8.self) {
        case 0: return MintLayout.version
        case 1: return MintLayout.houseVersion
        default: return nil
        }
    }

    /// What a house version was made of; nil in any other record.
    public var houseOrigin: HouseOrigin? {
        guard header.kind == .versionMinted, mintedVersionOffset == MintLayout.houseVersion,
            body.byteCount > MintLayout.houseVersion,
            let asOf = Position(stored: body.load(MintLayout.version, as: UInt64.self))
        else { return nil }
        return HouseOrigin(asOf: asOf, contributorCount: body.load(MintLayout.version + 8, as: UInt32.self))
    }

    /// The links of a mint or recall, without its bytes; nil for any other kind.
    public var mintLinks: MintLinks? {
        let body = body
        switch header.kind {
        case .versionMinted:
            guard let version = mintedVersionOffset, body.byteCount > version else { return nil }
            return MintLinks(
                foldedThrough: body.load(0, as: UInt32.self),
                previousMint: Position(stored: body.load(MintLayout.previousMint, as: UInt64.self)),
                mint: position, symbolCount: body.load(MintLayout.symbolCount, as: UInt8.self))
        case .versionRecalled where body.byteCount == 20:
            guard let mint = Position(stored: body.load(12, as: UInt64.self)) else { return nil }
            return MintLinks(
                foldedThrough: body.load(0, as: UInt32.self),
                previousMint: Position(stored: body.load(4, as: UInt64.self)), mint: mint, symbolCount: nil)
        case .versionImported where body.byteCount > MintLayout.importedVersion:
            return MintLinks(
                foldedThrough: 0, previousMint: nil, mint: position,
                symbolCount: body.load(MintLayout.importedSymbolCount, as: UInt8.self))
        default: return nil
        }
    }
}

/// How a mint or recall hangs together with the others of its profile.
public struct MintLinks: Hashable, Sendable {
    /// The revision up to which the fold has seen the stream.
    public let foldedThrough: UInt32
    /// The profile's mint or recall before.
    public let previousMint: Position?
    /// Where the version's bytes are: this record, or the mint that a recall refers to.
    public let mint: Position
    /// How many symbols of the hash the code shows; nil in a recall.
    public let symbolCount: UInt8?
}

/// The named offsets of mint bodies.
package enum MintLayout {
    static let symbolCount = 4
    static let importedSymbolCount = 0
    /// How many symbols of a hash a code can show (docs/format-codes.md).
    static let symbolCounts: ClosedRange<UInt8> = 12...30
    static let flags = 5
    static let previousMint = 6
    static let version = 14
    /// After the position and the number of contributors of a house.
    static let houseVersion = 26
    static let importedVersion = 2
}

extension RawSpan {
    /// Whether the span holds exactly the UTF-8 bytes of a text.
    package func hasSameBytes(as text: String) -> Bool { hasSameBytes(as: text.utf8.span.bytes) }
}
