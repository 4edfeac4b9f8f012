internal import ByteCoding

extension RecordView {
    /// The id of the image that the record registers.
    package func imageID() throws(RecordError) -> String {
        let image = try image()
        let id = try text(image.id)
        guard NameLimit.long.allows(id) else { throw .notCanonical(position, "an image id that is no name") }
        return id
    }

    /// Some bytes of this record as text; bytes that are not UTF-8 are damage.
    package func text(_ bytes: RawSpan) throws(RecordError) -> String {
        guard let text = String(validating: bytes) else {
            throw .notCanonical(position, "text that is not UTF-8")
        }
        return text
    }
}
