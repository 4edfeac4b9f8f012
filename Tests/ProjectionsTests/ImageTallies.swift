import ByteCoding
import EventLog
import Projections

/// How often each image won and lost a ranking, by the image's registration.
enum ImageTallies: Projection {
    static let name = "imagetallies"
    static let version: UInt16 = 1
    static let kinds = RecordKinds(.rank)

    static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<Position> {
        guard let (winner, loser) = record.rankedImages else { throw .notCanonical(record.position, "rank body") }
        return winner == loser ? .one(winner) : .two(winner, loser)
    }

    static func apply(
        _ record: borrowing RecordView, at image: Position, to row: ImageTally?
    ) throws(RecordError) -> ImageTally {
        var tally = row ?? ImageTally(won: 0, lost: 0)
        if record.rankedImages?.winner == image { tally.won += 1 } else { tally.lost += 1 }
        return tally
    }
}

/// What one image has won and lost.
struct ImageTally: ProjectionRow {
    var won: UInt32
    var lost: UInt32

    init(won: UInt32, lost: UInt32) {
        self.won = won
        self.lost = lost
    }

    func encode(to writer: inout ByteWriter) {
        writer.write(won)
        writer.write(lost)
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        won = try reader.read()
        lost = try reader.read()
    }
}
