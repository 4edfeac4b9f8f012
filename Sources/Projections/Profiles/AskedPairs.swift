package import EventLog
package import LMDB

/// The pairs of images that a person was asked about, ever: ranked, by a rank or a pick, or skipped.
///
/// What was taken back, or came before a reset, was asked all the same.
package struct AskedPairs: ~Copyable {
    private var pairs = PositionTable<PositionPair, Void>()
    /// How many answers there were: ranks, picks and skips.
    package private(set) var answerCount = 0

    /// Nothing was asked.
    package init() {}

    /// What was asked up to an event of a stream. Cost: one record read for each event of the stream.
    package init(
        at event: Position, log: LogTable, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        // A noncopyable structure cannot be captured while it is made.
        var asked = AskedPairs()
        try log.walkBack(from: event, in: transaction) { record throws(StorageError) in
            try asked.take(record)
            return record.header.previous
        }
        self = asked
    }

    /// Whether the pair was asked about.
    package func contains(_ pair: PositionPair) -> Bool { pairs[pair] != nil }

    private mutating func take(_ record: borrowing RecordView) throws(StorageError) {
        switch record.header.kind {
        case .rank, .pick, .skip: break
        default: return
        }
        answerCount += 1
        let body: RecordBody
        do throws(RecordError) { body = try RecordBody(of: record) } catch { throw .record(error) }
        switch body {
        case .rank(let winner, let loser): pairs.set((), at: PositionPair(winner, loser))
        case .pick(let slate):
            for (winner, loser) in slate.preferences { pairs.set((), at: PositionPair(winner, loser)) }
        case .skip(let shown):
            for (index, image) in shown.enumerated() {
                for other in shown[..<index] { pairs.set((), at: PositionPair(image, other)) }
            }
        default: break
        }
    }
}
