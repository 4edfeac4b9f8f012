internal import ByteCoding

/// A record read in place: its header decoded, its body borrowed from the mapped log.
///
/// Making one verifies the checksum and the header, at a cost of one pass over the bytes. The body is decoded by
/// ``RecordBody`` or by the accessors of the kind. The view is valid as long as the transaction that lent the bytes.
public struct RecordView: ~Copyable, ~Escapable {
    /// Where in the log the record is.
    public let position: Position
    /// The fields that every record has.
    public let header: RecordHeader
    /// All bytes of the record, as stored.
    public let bytes: RawSpan

    /// Verifies and decodes the record that is stored at `position`.
    ///
    /// This is the one place where an older format version would be recognised and read as the current one.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, at position: Position) throws(RecordError) {
        guard bytes.byteCount >= RecordHeader.Offset.end else {
            throw .notCanonical(position, "shorter than a header")
        }
        guard Self.checksum(of: bytes, at: position) == bytes.load(RecordHeader.Offset.checksum, as: UInt32.self)
        else { throw .checksumMismatch(position) }
        try self.init(verified: bytes, at: position)
    }

    /// Decodes a record whose checksum is known to be right, as that of one that was sealed a moment ago.
    @_lifetime(copy bytes)
    init(verified bytes: RawSpan, at position: Position) throws(RecordError) {
        typealias Offset = RecordHeader.Offset
        let format = bytes.load(Offset.format, as: UInt8.self)
        guard format == RecordHeader.currentFormat else { throw .unknownFormat(position, format) }
        let kindNumber = bytes.load(Offset.kind, as: UInt8.self)
        guard let kind = RecordKind(rawValue: kindNumber) else { throw .unknownKind(position, kindNumber) }
        let flags = bytes.load(Offset.flags, as: UInt8.self)
        guard flags & ~RecordHeader.Flag.known == 0 else { throw .notCanonical(position, "unknown flag") }
        guard bytes.load(Offset.reserved, as: UInt8.self) == 0 else { throw .notCanonical(position, "reserved byte") }
        guard let stream = Position(stored: bytes.load(Offset.stream, as: UInt64.self)) else {
            throw .notCanonical(position, "no stream")
        }
        var header = RecordHeader(
            kind: kind,
            recordedAt: Timestamp(microseconds: bytes.load(Offset.recordedAt, as: Int64.self)),
            stream: stream,
            previous: Position(stored: bytes.load(Offset.previous, as: UInt64.self)),
            revision: bytes.load(Offset.revision, as: UInt32.self))
        var end = Offset.end
        if flags & RecordHeader.Flag.occurredAt != 0 {
            guard bytes.byteCount >= end + 8 else { throw .notCanonical(position, "truncated occurredAt") }
            header.occurredAt = bytes.load(end, as: Int64.self)
            end += 8
        }
        if flags & RecordHeader.Flag.eventID != 0 {
            guard bytes.byteCount >= end + 16 else { throw .notCanonical(position, "truncated event id") }
            header.eventID = EventID(
                high: bytes.load(end, as: UInt64.self).byteSwapped,
                low: bytes.load(end + 8, as: UInt64.self).byteSwapped)
            end += 16
        }
        if let flaw = Self.flaw(of: header, at: position) ?? Self.flaw(of: kind, body: bytes.extracting(end...)) {
            throw .notCanonical(position, flaw)
        }
        self.position = position
        self.header = header
        self.bytes = bytes
    }

    /// The bytes after the header, in the layout of the kind.
    public var body: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(header.byteCount..<bytes.byteCount) }
    }

    /// The chosen image of a `rank`, or nil for another kind or a malformed body.
    @inlinable
    public var rankedImages: (winner: Position, loser: Position)? {
        guard header.kind == .rank, body.byteCount == 16,
            let winner = Position(stored: body.load(0, as: UInt64.self)),
            let loser = Position(stored: body.load(8, as: UInt64.self))
        else { return nil }
        return (winner, loser)
    }

    /// The image of a `like` or `unlike`, or nil for another kind or a malformed body.
    @inlinable
    public var likedImage: Position? {
        guard header.kind == .like || header.kind == .unlike, body.byteCount == 8 else { return nil }
        return Position(stored: body.load(0, as: UInt64.self))
    }

    /// The CRC-32C of the position, as eight little-endian bytes, and of every byte after the checksum itself.
    ///
    /// With the position in it, a record that stands at another's place is detected too.
    package static func checksum(of bytes: RawSpan, at position: Position) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(position.number, bytes.extracting(RecordHeader.Offset.format..<bytes.byteCount))
        return checksum.value
    }

    /// What is wrong with the links of a header, or nil.
    private static func flaw(of header: RecordHeader, at position: Position) -> String? {
        if header.kind.opensStream {
            return header.stream == position && header.previous == nil && header.revision == 1
                ? nil : "an opening event must name itself as its stream"
        }
        guard let previous = header.previous, previous < position, header.stream <= previous else {
            return "the link to the previous event must lie between the stream's opening and here"
        }
        return header.revision >= 2 ? nil : "the revision must be at least 2"
    }

    /// What is wrong with a body where it is read without being decoded, or nil: how many symbols a code shows.
    private static func flaw(of kind: RecordKind, body: RawSpan) -> String? {
        let offset: Int
        switch kind {
        case .versionMinted: offset = MintLayout.symbolCount
        case .versionImported: offset = MintLayout.importedSymbolCount
        default: return nil
        }
        guard body.byteCount > offset else { return "no symbol count" }
        let count = body.load(offset, as: UInt8.self)
        return MintLayout.symbolCounts.contains(count) ? nil : "symbol count \(count)"
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
