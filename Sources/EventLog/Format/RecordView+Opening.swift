internal import ByteCoding

extension RecordView {
    /// Whether this is the opening record of a person's stream: it holds the salt of all of the stream's records.
    package var opensPersonalStream: Bool { header.isPersonal && header.kind.opensStream }

    /// When a record was made of which only the public part is at hand: whether it is a person's or not, that begins with
    /// format, flags and the time.
    package static func recordedAt(ofPublicPart bytes: RawSpan) -> Timestamp? {
        let start = RecordHeader.Offset.recordedAt - RecordHeader.Offset.format
        guard bytes.byteCount >= start + 8, bytes.load(0, as: UInt8.self) == RecordHeader.currentFormat else {
            return nil
        }
        return Timestamp(microseconds: bytes.load(start, as: Int64.self))
    }
}
