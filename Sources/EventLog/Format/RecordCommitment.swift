package import ByteCoding

/// What the tree of a log has of a record: `public part without its checksum ‖ commitment`, which is the same before and
/// after the record is erased (docs/format.md, section 2.4).
package struct TreeEntry: Hashable, Sendable {
    /// The entry's bytes.
    package let bytes: [UInt8]

    /// The entry of a record.
    ///
    /// - Parameter salt: The salt of the record's stream, or its own (``RecordView/salt``); not needed where the record is
    ///   erased or has nothing private.
    /// - Precondition: A salt is given where one is needed.
    package init(of record: borrowing RecordView, salt: RecordSalt?) {
        var writer = ByteWriter(capacity: record.publicPart.byteCount + SHA256Digest.byteCount)
        writer.write(span: record.publicPart)
        if record.isErased {
            // The flags are the second byte; the flag says nothing of what the record said.
            writer.overwrite(
                record.publicPart.load(1, as: UInt8.self) & ~RecordHeader.Flag.erased, at: 1)
            writer.write(span: record.privatePart)
        } else if record.hasPrivatePart {
            guard let salt else { preconditionFailure("a private part is committed to with a salt") }
            writer.write(bytes: RecordCommitment.commitment(to: record, salt: salt).bytes)
        } else {
            writer.write(bytes: [UInt8](repeating: 0, count: SHA256Digest.byteCount))
        }
        bytes = writer.bytes
    }

    /// The leaf of RFC 9162, section 2.1: SHA-256 of a zero byte and the entry.
    package var leaf: SHA256Digest { SHA256Digest(hashing: [0], bytes) }

    /// The leaf of a record's entry, for a living record without making the entry: all of a log's records are hashed.
    package static func leaf(of record: borrowing RecordView, salt: RecordSalt?) -> SHA256Digest {
        if record.isErased { return TreeEntry(of: record, salt: salt).leaf }
        var hasher = SHA256Hasher()
        hasher.update(byte: 0)
        hasher.update(span: record.publicPart)
        if record.hasPrivatePart {
            guard let salt else { preconditionFailure("a private part is committed to with a salt") }
            hasher.update(RecordCommitment.commitment(to: record, salt: salt))
        } else {
            hasher.update(SHA256Digest(words: (0, 0, 0, 0)))
        }
        return hasher.finalize()
    }
}

/// Hashes that stand for private parts.
package enum RecordCommitment {
    private static let saltTag = Array("pstore.salt".utf8)
    private static let privateTag = Array("pstore.private".utf8)

    /// What opens one record's commitment without opening that of another of the stream: the first 16 bytes of
    /// SHA-256("pstore.salt" ‖ stream salt ‖ position, 8 bytes little-endian).
    package static func salt(of position: Position, in salt: RecordSalt) -> RecordSalt {
        var hasher = SHA256Hasher()
        hasher.update(saltTag)
        withUnsafeBytes(of: (salt.high.bigEndian, salt.low.bigEndian, position.number.littleEndian)) {
            hasher.update(span: RawSpan(_unsafeBytes: $0))
        }
        let digest = hasher.finalize()
        return RecordSalt(high: digest.words.0, low: digest.words.1)
    }

    /// SHA-256("pstore.private" ‖ salt of the position ‖ private part).
    package static func commitment(to privatePart: RawSpan, salt positionSalt: RecordSalt) -> SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update(privateTag)
        withUnsafeBytes(of: (positionSalt.high.bigEndian, positionSalt.low.bigEndian)) {
            hasher.update(span: RawSpan(_unsafeBytes: $0))
        }
        hasher.update(span: privatePart)
        return hasher.finalize()
    }

    /// The commitment to a living record's private part.
    package static func commitment(to record: borrowing RecordView, salt: RecordSalt) -> SHA256Digest {
        commitment(to: record.privatePart, salt: self.salt(of: record.position, in: salt))
    }
}
