internal import ByteCoding
internal import EventLog
internal import TransparencyLog

/// What opens a leaf of the log's tree: the public part of a record, and the private one with the salt of its position, or
/// else the commitment to it (docs/format.md, "Proofs").
struct EventOpening: Hashable {
    /// The record without its checksum and its private part.
    let publicPart: [UInt8]
    /// What the private part is, if it is shown.
    let privatePart: PrivatePart

    enum PrivatePart: Hashable {
        /// Shown, with what its commitment was made with.
        case shown([UInt8], salt: [UInt8])
        /// Not shown, erased, or not there.
        case committed(SHA256Digest)
    }

    private static let format: UInt8 = 1
    private static let saltByteCount = 16
    private enum Tag {
        static let committed: UInt8 = 0
        static let shown: UInt8 = 1
    }

    init(publicPart: [UInt8], privatePart: PrivatePart) {
        self.publicPart = publicPart
        self.privatePart = privatePart
    }

    /// An opening that does not show the private part, if there is any.
    init(publicPart: [UInt8], commitment: RawSpan) {
        guard let digest = try? SHA256Digest(bytes: commitment) else {
            preconditionFailure("a commitment has the size of a digest")
        }
        self.init(publicPart: publicPart, privatePart: .committed(digest))
    }

    /// When the record was made: that is always shown.
    var recordedAt: Timestamp? { RecordView.recordedAt(ofPublicPart: publicPart.span.bytes) }

    /// The leaf that is opened.
    var leaf: SHA256Digest {
        let commitment: SHA256Digest
        switch privatePart {
        case .committed(let digest): commitment = digest
        case .shown(let bytes, let salt):
            commitment = SHA256Digest(hashing: Array("pstore.private".utf8), salt, bytes)
        }
        return MerkleHash.leaf((publicPart + commitment.bytes).span.bytes)
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(Self.format)
        writer.write(UInt32(publicPart.count))
        writer.write(bytes: publicPart)
        switch privatePart {
        case .committed(let digest):
            writer.write(Tag.committed)
            writer.write(bytes: digest.bytes)
        case .shown(let bytes, let salt):
            writer.write(Tag.shown)
            writer.write(bytes: salt)
            writer.write(bytes: bytes)
        }
        return writer.bytes
    }

    init(bytes: [UInt8]) throws(ProofError) {
        let parsed: Result<EventOpening, ProofError>
        do { parsed = try Self.parse(bytes.span.bytes) } catch { throw .opening(error.description) }
        self = try parsed.get()
    }

    private static func parse(_ bytes: RawSpan) throws(ByteCodingError) -> Result<EventOpening, ProofError> {
        var reader = ByteReader(bytes)
        let format = try reader.read(UInt8.self)
        guard format == Self.format else { return .failure(.opening("its format \(format) is not known")) }
        let publicPart = copy(try reader.readBytes(Int(try reader.read(UInt32.self))))
        let privatePart: PrivatePart
        switch try reader.read(UInt8.self) {
        case Tag.committed:
            privatePart = .committed(try SHA256Digest(bytes: try reader.readBytes(SHA256Digest.byteCount)))
            try reader.finish()
        case Tag.shown:
            let salt = copy(try reader.readBytes(saltByteCount))
            privatePart = .shown(copy(try reader.readBytes(reader.remaining)), salt: salt)
        default: return .failure(.opening("it is neither opened nor closed"))
        }
        return .success(EventOpening(publicPart: publicPart, privatePart: privatePart))
    }

    /// Makes `body` see the record, or nil when what it says is not shown.
    func withRecord<Result>(
        at position: Position, _ body: (borrowing RecordView) throws(RecordError) -> Result
    ) throws(ProofError) -> Result? {
        var writer = ByteWriter()
        writer.write(UInt32(0))
        writer.write(bytes: publicPart)
        switch privatePart {
        case .shown(let bytes, _): writer.write(bytes: bytes)
        case .committed(let digest):
            // Zeros stand for a private part that is not there; any other commitment is to one that is not shown.
            guard digest == .none else { return nil }
        }
        let checksum = RecordView.checksum(of: writer.span(), at: position)
        writer.overwrite(checksum, at: 0)
        do throws(RecordError) { return try body(try RecordView(writer.span(), at: position)) } catch {
            throw .opening(error.description)
        }
    }
}

extension SHA256Digest {
    /// The commitment of a record that has no private part.
    static let none = SHA256Digest(words: (0, 0, 0, 0))
}

private func copy(_ span: RawSpan) -> [UInt8] { span.withUnsafeBytes { Array($0) } }
