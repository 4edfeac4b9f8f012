package import EventLog
package import LMDB

/// What a profile's stream amounts to: the last ranking of each unordered pair, and the liked images minus the unliked
/// ones (architecture.md, section 2).
///
/// Images that the user made are still in it; whoever reads the images drops them.
package struct EffectiveSet {
    /// One ranking that counts.
    package struct Ranking: Hashable, Sendable {
        /// The chosen image.
        package let winner: Position
        /// The other image.
        package let loser: Position
        /// The event that said so.
        package let event: Position
    }

    /// One like that counts.
    package struct Like: Hashable, Sendable {
        /// The liked image.
        package let image: Position
        /// The event that said so.
        package let event: Position
    }

    /// Newest first.
    package private(set) var rankings: [Ranking] = []
    /// Newest first.
    package private(set) var likes: [Like] = []

    private struct Pair: Hashable {
        let low: Position
        let high: Position
        init(_ one: Position, _ other: Position) {
            low = min(one, other)
            high = max(one, other)
        }
    }

    private var seenPairs: Set<Pair> = []
    private var seenImages: Set<Position> = []
    private var retracted: Set<Position> = []

    /// What a stream amounts to at one of its events.
    ///
    /// Walks back from the event: the first word met about a pair or an image is the last one said. A retraction is met
    /// before what it retracts; a reversion leads straight to where the older version's fold began.
    ///
    /// Cost: one record read for each event of the stream.
    package init(
        at event: Position, log: LogTable, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        var next: Position? = event
        while let position = next {
            let record = try log.record(at: position, in: transaction)
            if position == event { reserve(Int(record.header.streamVersion)) }
            next = try take(record)
            if let next, next >= position { throw .record(.outOfOrder(position, "a link that does not lead back")) }
        }
    }

    /// Makes room for a stream of so many events, most of which mostly are rankings of different pairs.
    private mutating func reserve(_ events: Int) {
        let count = min(events, 1 << 16)
        rankings.reserveCapacity(count)
        seenPairs.reserveCapacity(count)
    }

    /// Takes one record, newer ones before older ones, and returns where to go on.
    private mutating func take(_ record: borrowing RecordView) throws(StorageError) -> Position? {
        let header = record.header
        switch header.kind {
        case .rank:
            guard let (winner, loser) = record.rankedImages else {
                throw .record(.notCanonical(record.position, "rank body"))
            }
            if !retracted.contains(record.position), seenPairs.insert(Pair(winner, loser)).inserted {
                rankings.append(Ranking(winner: winner, loser: loser, event: record.position))
            }
        case .like, .unlike:
            guard let image = record.likedImage else { throw .record(.notCanonical(record.position, "like body")) }
            if !retracted.contains(record.position), seenImages.insert(image).inserted, header.kind == .like {
                likes.append(Like(image: image, event: record.position))
            }
        case .eventRetracted, .tasteReverted:
            switch try StorageError.wrapRecord({ () throws(RecordError) in try RecordBody(of: record) }) {
            case .eventRetracted(let event): retracted.insert(event)
            case .tasteReverted(_, let resumesAt): return resumesAt
            default: break
            }
        default: break
        }
        return header.previous
    }
}
