internal import ByteCoding

/// A record read in place: its header decoded, its body borrowed from the mapped log.
///
/// Making one verifies the checksum and the header, at a cost of one pass over the bytes. The body is decoded by
/// ``RecordBody`` or by the accessors of the kind. The view is valid as long as the transaction that lent the bytes.
package struct RecordView: ~Copyable, ~Escapable {
    /// Where in the log the record is.
    package let position: Position
    /// The fields that every record has.
    package let header: RecordHeader
    /// All bytes of the record, as stored.
    package let bytes: RawSpan
    /// Whether the private part was replaced by a commitment to it.
    package let isErased: Bool
    /// Where the body begins, after the header's last field.
    let bodyOffset: Int
    /// Where the private part begins, or the commitment that stands for it; the end when there is neither.
    let privateOffset: Int

    /// Verifies and decodes the record that is stored at `position`.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan, at position: Position) throws(RecordError) {
        guard bytes.byteCount > RecordHeader.Offset.kind else {
            throw .notCanonical(position, "shorter than a header")
        }
        guard Self.checksum(of: bytes, at: position) == bytes.load(RecordHeader.Offset.checksum, as: UInt32.self)
        else { throw .checksumMismatch(position) }
        try self.init(verified: bytes, at: position)
    }

    /// Decodes a record whose checksum is known to be right, as that of one that was sealed a moment ago.
    @_lifetime(copy bytes)
    init(verified bytes: RawSpan, at position: Position) throws(RecordError) {
        let layout = try RecordLayout(bytes, at: position)
        self.position = position
        self.bytes = bytes
        header = layout.header
        isErased = layout.isErased
        bodyOffset = layout.bodyOffset
        privateOffset = layout.privateOffset
    }

    /// The bytes after the header's last field, in the layout of the kind; a commitment in an erased record.
    package var body: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(bodyOffset..<bytes.byteCount) }
    }

    /// The chosen image of a `rank`, or nil for another kind or a malformed body.
    package var rankedImages: (winner: Position, loser: Position)? {
        guard header.kind == .rank else { return nil }
        var cursor = RecordCursor(bytes, at: bodyOffset)
        guard let winner = cursor.position(), let loser = cursor.position(), cursor.isAtEnd else { return nil }
        return (winner, loser)
    }

    /// The image of a `like` or `unlike`, or nil for another kind or a malformed body.
    package var likedImage: Position? {
        guard header.kind == .like || header.kind == .unlike else { return nil }
        var cursor = RecordCursor(bytes, at: bodyOffset)
        guard let image = cursor.position(), cursor.isAtEnd else { return nil }
        return image
    }

    /// The CRC-32C of the position, as eight little-endian bytes, and of every byte after the checksum itself.
    ///
    /// With the position in it, a record that stands at another's place is detected too.
    package static func checksum(of bytes: RawSpan, at position: Position) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(position.number, bytes.extracting(RecordHeader.Offset.format..<bytes.byteCount))
        return checksum.value
    }
}

extension RawSpan {
    /// One little-endian integer at a byte offset, at any alignment (LMDB aligns values to 2 bytes only).
    @inlinable
    @inline(__always)
    package func load<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        Value(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }
}
