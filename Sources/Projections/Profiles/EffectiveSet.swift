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
    /// The adopted rankings and likes of images that the space does not have, which are not among the others.
    package let droppedCount: Int

    /// What a stream amounts to at one of its events.
    ///
    /// Walks back from the event: the first word met about a pair or an image is the last one said. A retraction is met
    /// before what it retracts; a reversion leads straight to where the older version's fold began; a reset ends the way.
    ///
    /// What was adopted from another space's profile comes before everything that is said in this one's own stream.
    ///
    /// Cost: one record read for each event of the stream.
    ///
    /// - Parameters:
    ///   - isOfOtherSpace: Whether the stream itself is a profile's of another space than the one that is asked for.
    ///   - translate: Gives the images of other spaces.
    package init(
        at event: Position, isOfOtherSpace: Bool = false, log: LogTable,
        in transaction: borrowing some Transaction & ~Copyable, _ translate: ImageTranslation
    ) throws(StorageError) {
        let events = Int(try log.record(at: event, in: transaction).header.revision)
        var walk = WalkBack(events: events)
        walk.isTranslating = isOfOtherSpace
        walk.begins = event
        // A stream can adopt only what was there before, so this ends.
        while let start = walk.begins {
            walk.begins = nil
            // What was adopted counts as it did then: a stream can come back to itself, at a time before it took a word back.
            walk.retracted = []
            try log.walkBack(from: start, in: transaction) { record throws(StorageError) in
                try walk.take(record, translate)
            }
            walk.isTranslating = true
        }
        rankings = walk.rankings
        likes = walk.likes
        droppedCount = walk.droppedCount
    }
}

/// What was met on the way back through a stream.
private struct WalkBack: ~Copyable {
    private(set) var rankings: [EffectiveSet.Ranking] = []
    private(set) var likes: [EffectiveSet.Like] = []

    private var seenPairs: PositionTable<PositionPair, Void>
    private var seenImages = PositionTable<Position, Void>()
    /// What later events of the stream that is being walked took back.
    var retracted: Set<Position> = []
    private(set) var droppedCount = 0
    /// Whether the events are of another space.
    var isTranslating = false
    /// Where to go on when the stream has been walked: what it has adopted, the last time.
    var begins: Position?

    /// A way through so many events, most of which mostly are rankings of different pairs.
    init(events: Int) {
        let count = min(events, 1 << 16)
        rankings.reserveCapacity(count)
        seenPairs = PositionTable(capacity: count)
    }

    /// Takes one record, newer ones before older ones, and returns where to go on.
    mutating func take(
        _ record: borrowing RecordView, _ translate: ImageTranslation
    ) throws(StorageError) -> Position? {
        let header = record.header
        switch header.kind {
        case .rank:
            guard let (winner, loser) = record.rankedImages else {
                throw .record(.notCanonical(record.position, "rank body"))
            }
            if retracted.contains(record.position) { break }
            if isTranslating {
                try add(winner, over: loser, record.position, translate)
            } else {
                add(winner, over: loser, record.position)
            }
        case .like, .unlike:
            guard let image = record.likedImage else { throw .record(.notCanonical(record.position, "like body")) }
            if retracted.contains(record.position) { break }
            let known = isTranslating ? try translate(image) : image
            if let known, seenImages.set((), at: known), header.kind == .like {
                likes.append(.init(image: known, event: record.position))
            } else if known == nil, seenImages.set((), at: image), header.kind == .like {
                droppedCount += 1
            }
        case .pick, .eventRetracted, .tasteReverted, .tasteReset, .foldAdopted:
            switch try StorageError.wrapRecord({ () throws(RecordError) in try RecordBody(of: record) }) {
            case .pick(let slate):
                if retracted.contains(record.position) { break }
                for (winner, loser) in slate.preferences {
                    if isTranslating {
                        try add(winner, over: loser, record.position, translate)
                    } else {
                        add(winner, over: loser, record.position)
                    }
                }
            case .foldAdopted(let event): if begins == nil { begins = event }
            case .tasteReset: return nil
            case .eventRetracted(let event): retracted.insert(event)
            case .tasteReverted(_, let resumesAt): return resumesAt
            default: break
            }
        default: break
        }
        return header.previous
    }

    private mutating func add(_ winner: Position, over loser: Position, _ event: Position) {
        guard seenPairs.set((), at: PositionPair(winner, loser)) else { return }
        rankings.append(.init(winner: winner, loser: loser, event: event))
    }

    /// The same for images of another space. A pair of which an image is missing is counted once.
    private mutating func add(
        _ winner: Position, over loser: Position, _ event: Position, _ translate: ImageTranslation
    ) throws(StorageError) {
        if let winner = try translate(winner), let loser = try translate(loser) {
            add(winner, over: loser, event)
        } else if seenPairs.set((), at: PositionPair(winner, loser)) {
            droppedCount += 1
        }
    }
}
