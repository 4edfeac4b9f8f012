package import EventLog
package import LMDB

/// What a profile's stream amounts to: the last ranking of each unordered pair, by a rank or a pick, and the liked images
/// minus the unliked ones (docs/format.md, section 3).
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
    package let rankings: [Ranking]
    /// Newest first.
    package let likes: [Like]

    /// What a stream amounts to at one of its events.
    ///
    /// Walks back from the event: the first word met about a pair or an image is the last one said. A retraction is met
    /// before what it retracts; a reversion leads straight to where the older version's fold began; a reset ends the way.
    ///
    /// Cost: one record read for each event of the stream.
    package init(
        at event: Position, log: LogTable, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        let events = Int(try log.record(at: event, in: transaction).header.streamVersion)
        var walk = WalkBack(events: events)
        try log.walkBack(from: event, in: transaction) { record throws(StorageError) in try walk.take(record) }
        rankings = walk.rankings
        likes = walk.likes
    }
}

/// What was met on the way back through a stream.
private struct WalkBack: ~Copyable {
    private(set) var rankings: [EffectiveSet.Ranking] = []
    private(set) var likes: [EffectiveSet.Like] = []

    private var seenPairs: PositionTable<PositionPair, Void>
    private var seenImages = PositionTable<Position, Void>()
    private var retracted: Set<Position> = []

    /// A way through so many events, most of which mostly are rankings of different pairs.
    init(events: Int) {
        let count = min(events, 1 << 16)
        rankings.reserveCapacity(count)
        seenPairs = PositionTable(capacity: count)
    }

    /// Takes one record, newer ones before older ones, and returns where to go on.
    mutating func take(_ record: borrowing RecordView) throws(StorageError) -> Position? {
        let header = record.header
        switch header.kind {
        case .rank:
            guard let (winner, loser) = record.rankedImages else {
                throw .record(.notCanonical(record.position, "rank body"))
            }
            if !retracted.contains(record.position), seenPairs.set((), at: PositionPair(winner, loser)) {
                rankings.append(.init(winner: winner, loser: loser, event: record.position))
            }
        case .like, .unlike:
            guard let image = record.likedImage else { throw .record(.notCanonical(record.position, "like body")) }
            if !retracted.contains(record.position), seenImages.set((), at: image), header.kind == .like {
                likes.append(.init(image: image, event: record.position))
            }
        case .pick, .eventRetracted, .tasteReverted, .tasteReset:
            switch try StorageError.wrapRecord({ () throws(RecordError) in try RecordBody(of: record) }) {
            case .pick(let slate):
                if retracted.contains(record.position) { break }
                for (winner, loser) in slate.preferences where seenPairs.set((), at: PositionPair(winner, loser)) {
                    rankings.append(.init(winner: winner, loser: loser, event: record.position))
                }
            case .tasteReset: return nil
            case .eventRetracted(let event): retracted.insert(event)
            case .tasteReverted(_, let resumesAt): return resumesAt
            default: break
            }
        default: break
        }
        return header.previous
    }
}
