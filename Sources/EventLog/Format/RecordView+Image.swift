internal import ByteCoding

/// The fields of an `image registered` record, read in place.
package struct ImageView: ~Copyable, ~Escapable {
    /// The canonical embedding: little-endian Int16 components, at any alignment.
    package let embedding: RawSpan
    /// The image's id, UTF-8.
    package let id: RawSpan
    /// The author's name, UTF-8; meaningful only when ``hasAuthor``.
    package let author: RawSpan
    /// Whether an author is known: none is of an image whose author was erased.
    package let hasAuthor: Bool

    @_lifetime(copy embedding, copy id, copy author)
    fileprivate init(embedding: RawSpan, id: RawSpan, author: RawSpan, hasAuthor: Bool) {
        self.embedding = embedding
        self.id = id
        self.author = author
        self.hasAuthor = hasAuthor
    }

    /// Whether the image was made by the user with this name.
    package func isAuthored(by user: String) -> Bool {
        hasAuthor && author.hasSameBytes(as: user)
    }
}

extension RecordView {
    /// The image that the record registers, without copying or validating its text as UTF-8.
    ///
    /// Throws when the record is of another kind or its byte counts do not add up.
    @_lifetime(copy self)
    package func image() throws(RecordError) -> ImageView {
        guard header.kind == .imageRegistered else { throw .unexpectedKind(position, header.kind) }
        var cursor = RecordCursor(bytes, at: bodyOffset)
        let idByteCount = cursor.varint()
        let idStart = cursor.offset
        cursor.skip(idByteCount)
        let dimension = cursor.word()
        let embeddingStart = cursor.offset
        // The header's decoding has compared the byte counts already.
        guard !cursor.isBroken, idByteCount > 0, embeddingStart + 2 * Int(dimension) == privateOffset else {
            throw .notCanonical(position, "image byte counts")
        }
        let hasAuthor = !isErased && hasPrivatePart
        let authorStart = hasAuthor ? privateOffset + RecordSalt.byteCount : bytes.byteCount
        return ImageView(
            embedding: bytes.extracting(embeddingStart..<privateOffset),
            id: bytes.extracting(idStart..<(idStart + Int(idByteCount))),
            author: bytes.extracting(authorStart..<bytes.byteCount),
            hasAuthor: hasAuthor)
    }
}

extension RawSpan {
    /// Whether the span holds exactly the UTF-8 bytes of a text.
    package func hasSameBytes(as text: String) -> Bool { hasSameBytes(as: text.utf8.span.bytes) }
}
