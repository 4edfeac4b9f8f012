internal import ByteCoding
internal import CLineParser

/// Reads lines of events with simdjson, a tenth of `JSONDecoder`'s time. Nearly all lines of an import are such.
///
/// It reads what it is sure of. Whatever it does not take, `JSONDecoder` reads instead or says what is wrong with it, so
/// that there is one place that decides what a line means. For one thread at a time, since it keeps its memory.
package struct LineParser: ~Copyable {
    private let parser: OpaquePointer

    /// A parser with no memory for lines yet.
    package init() {
        guard let parser = line_parser_create() else { fatalError("no memory for a parser") }
        self.parser = parser
    }

    deinit { line_parser_destroy(parser) }

    /// The line when it is a ranking, a like, an unlike or an image, and nil when it is anything else or may be wrong.
    package func parse(_ json: [UInt8]) -> InterchangeLine? {
        var fields = line_fields()
        let isRead = json.withUnsafeBufferPointer { line_parser_read(parser, $0.baseAddress, $0.count, &fields) }
        guard isRead != 0 else { return nil }
        return try? InterchangeLine(fields)
    }
}

extension InterchangeLine {
    /// Why fields that were read are left to the slower decoder.
    fileprivate struct NotSure: Error {}

    /// The line of an event; takes the fields that `init(from:)` decodes for its kind.
    fileprivate init(_ fields: line_fields) throws(NotSure) {
        guard let kind = try fields.text(LINE_KIND) else { throw NotSure() }
        self.init(kind: kind)
        switch kind {
        case "rank":
            winner = try fields.text(LINE_WINNER)
            loser = try fields.text(LINE_LOSER)
        case "like", "unlike": image = try fields.text(LINE_IMAGE)
        case "image":
            id = try fields.text(LINE_ID)
            author = try fields.text(LINE_AUTHOR)
            embedding = fields.embedding.map { Array(UnsafeBufferPointer(start: $0, count: fields.embedding_count)) }
            embeddingQ14 = fields.embedding_q14.map {
                Array(UnsafeBufferPointer(start: $0, count: fields.embedding_q14_count))
            }
        default: throw NotSure()
        }
        if kind != "image" {
            user = try fields.text(LINE_USER)
            profile = try fields.text(LINE_PROFILE)
        }
        position = fields.has_position != 0 ? fields.position : nil
        recordedAt = try fields.text(LINE_RECORDED_AT)
        space = try fields.text(LINE_SPACE)
        at =
            fields.has_milliseconds != 0
            ? .milliseconds(fields.milliseconds) : try fields.text(LINE_AT).map { .text($0) }
        eventID = try fields.text(LINE_EVENT_ID)
    }
}

extension line_fields {
    /// A text, which is nil when the line has none.
    fileprivate func text(_ field: line_text_field) throws(InterchangeLine.NotSure) -> String? {
        let text = withUnsafePointer(to: texts) {
            UnsafeRawPointer($0).assumingMemoryBound(to: line_text.self)[Int(field.rawValue)]
        }
        guard let start = text.bytes else { return nil }
        // The line is UTF-8, but an escape can stand for half a surrogate pair.
        let bytes = UnsafeRawBufferPointer(start: start, count: text.count)
        guard let string = String(validating: RawSpan(_unsafeBytes: bytes)) else { throw .init() }
        return string
    }
}
