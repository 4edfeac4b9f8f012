package import ByteCoding

/// What of a record stays for ever, what can be erased, and what is then left of it (docs/format.md, section 2.1).
extension RecordView {
    /// The salt that the record itself holds: its stream's in the opening record of a person's stream, its own in a record
    /// of another stream whose private part is a person's; nil in any other record, and in an erased one.
    package var salt: RecordSalt? {
        guard !isErased else { return nil }
        if header.isPersonal {
            return header.kind.opensStream ? RecordSalt(bytes, at: RecordHeader.Offset.kind + 1) : nil
        }
        return privateOffset < bytes.byteCount ? RecordSalt(bytes, at: privateOffset) : nil
    }

    /// What stays when the record is erased, its checksum left out, in the form that it has in a living record.
    package var publicPart: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(RecordHeader.Offset.format..<privateOffset) }
    }

    /// What an erasure replaces; empty when there is nothing, and a commitment in an erased record.
    package var privatePart: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(privateOffset..<bytes.byteCount) }
    }

    /// Whether the record has, or had, something private.
    package var hasPrivatePart: Bool { privateOffset < bytes.byteCount }

    /// The record as it is when its private part has been replaced by a commitment to it.
    ///
    /// - Precondition: The record is not erased yet, and has a private part.
    package func erased(leaving commitment: SHA256Digest) -> [UInt8] {
        precondition(!isErased && hasPrivatePart, "the record has nothing to erase")
        var writer = ByteWriter(capacity: privateOffset + SHA256Digest.byteCount)
        writer.write(span: bytes.extracting(0..<privateOffset))
        let flags = bytes.load(RecordHeader.Offset.flags, as: UInt8.self) | RecordHeader.Flag.erased
        writer.overwrite(flags, at: RecordHeader.Offset.flags)
        writer.write(bytes: commitment.bytes)
        let checksum = RecordView.checksum(of: writer.span(), at: position)
        writer.overwrite(checksum, at: RecordHeader.Offset.checksum)
        return writer.bytes
    }
}
