package import EventLog
package import LMDB

/// The pairs of images that a person was asked about, ever: ranked, by a rank or a pick, or skipped; in the profile itself
/// or in one of another space that it has adopted.
///
/// What was taken back, or came before a reset, was asked all the same.
package struct AskedPairs: ~Copyable {
    private var pairs = PositionTable<PositionPair, Void>()
    /// Streams of other spaces that were adopted, each with the event up to which it counts.
    private var adopted: [Position] = []

    /// Nothing was asked.
    package init() {}

    /// What was asked up to an event of a stream. Cost: one record read for each event of the stream and of those that it
    /// has adopted, and a look-up for each image of the latter.
    ///
    /// - Parameter translate: The image of the stream's space for one of another space; nil when there is none.
    package init(
        at event: Position, log: LogTable, in transaction: borrowing some Transaction & ~Copyable,
        _ translate: (Position) throws(StorageError) -> Position?
    ) throws(StorageError) {
        // A noncopyable structure cannot be captured while it is made.
        var asked = AskedPairs()
        try log.walkBack(from: event, in: transaction) { record throws(StorageError) in
            try asked.take(record) { (image) in image }
            return record.header.previous
        }
        // Two profiles may have adopted each other again and again: what was walked once is not walked twice.
        var walked: [Position: Position] = [:]
        while let start = asked.adopted.popLast() {
            var known: Position?
            var stream: Position?
            try log.walkBack(from: start, in: transaction) { record throws(StorageError) in
                if stream == nil {
                    stream = record.header.stream
                    known = walked[record.header.stream]
                }
                if let known, record.position <= known { return nil }
                try asked.take(record, translate)
                return record.header.previous
            }
            if let stream { walked[stream] = max(start, known ?? start) }
        }
        self = asked
    }

    /// Whether the pair was asked about.
    package func contains(_ pair: PositionPair) -> Bool { pairs[pair] != nil }

    private mutating func take(
        _ record: borrowing RecordView, _ translate: (Position) throws(StorageError) -> Position?
    ) throws(StorageError) {
        switch record.header.kind {
        case .rank, .pick, .skip, .foldAdopted: break
        default: return
        }
        let body: RecordBody
        do throws(RecordError) { body = try RecordBody(of: record) } catch { throw .record(error) }
        switch body {
        case .rank(let winner, let loser): try add(winner, loser, translate)
        case .pick(let slate):
            for (winner, loser) in slate.preferences { try add(winner, loser, translate) }
        case .skip(let shown):
            for (index, image) in shown.enumerated() {
                for other in shown[..<index] { try add(image, other, translate) }
            }
        case .foldAdopted(let event): adopted.append(event)
        default: break
        }
    }

    private mutating func add(
        _ image: Position, _ other: Position, _ translate: (Position) throws(StorageError) -> Position?
    ) throws(StorageError) {
        guard let first = try translate(image), let second = try translate(other) else { return }
        pairs.set((), at: PositionPair(first, second))
    }
}
