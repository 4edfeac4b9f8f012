import ByteCoding
import EventLog
import Projections

/// The next version of ``ImageTallies``: one number an image instead of two, under the same name.
enum ImageMargins: Projection {
    static let name = ImageTallies.name
    static let version: UInt16 = 2
    static let kinds = RecordKinds(.rank)

    static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<Position> {
        try ImageTallies.keys(of: record)
    }

    static func apply(
        _ record: borrowing RecordView, at image: Position, to row: ImageMargin?
    ) throws(RecordError) -> ImageMargin {
        ImageMargin(number: (row?.number ?? 0) + (record.rankedImages?.winner == image ? 1 : -1))
    }
}

/// How many more rankings an image won than it lost.
struct ImageMargin: ProjectionRow {
    var number: Int64

    init(number: Int64) { self.number = number }

    func encode(to writer: inout ByteWriter) { writer.write(number) }

    init(from reader: inout ByteReader) throws(ByteCodingError) { number = try reader.read() }
}
