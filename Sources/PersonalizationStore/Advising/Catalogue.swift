internal import EventLog
internal import Projections
internal import SeededRandom

/// Where pairs of images are drawn from: the catalogue of a space, or a list of images.
///
/// A catalogue is not read as a whole. Its images stand in the log, most of the time densely, so that positions are drawn
/// until they hold an image; where images are few, or far between, the newest ones are listed.
enum Catalogue {
    /// Some images, all of them known.
    case list([Position])
    /// The images among the events of a range of positions.
    case range(ClosedRange<Position>)

    /// A catalogue with so few events is listed, so that all of its pairs can be.
    private static let listedEventCount = 200
    /// How many of the newest images stand for a catalogue whose images are far between.
    private static let sparseImageCount = 8192
    /// The most pairs that are listed rather than drawn.
    private static let listedPairCount = 16_384
    /// Of a larger catalogue, pairs of so many images are drawn at a time: each image is read once for several pairs.
    private static let imageCount = 128
    /// How many times images are drawn before fewer pairs are given than asked for.
    private static let rounds = 32

    /// The catalogue of a space.
    init(of space: Position, in view: borrowing StoreView) throws(StoreError) {
        guard let head = try view.streamHead(of: space) else { throw .record(.missing(space)) }
        let span = Int(head.last.number - space.number)
        let events = Int(head.revision) - 1
        if events > Self.listedEventCount, span < 16 * events {
            self = .range(space.next...head.last)
            return
        }
        var images: [Position] = []
        try view.walkBack(from: head.last) { (record) throws(StoreError) in
            if record.header.kind == .imageRegistered { images.append(record.position) }
            return images.count < Self.sparseImageCount ? record.header.previous : nil
        }
        self = .list(images.reversed())
    }

    /// Draws different pairs that were not asked about; fewer when there are no more, or hardly any.
    func drawPairs(
        _ count: Int, of space: Position, except asked: borrowing AskedPairs, in view: borrowing StoreView,
        using random: inout SeededGenerator
    ) throws(StoreError) -> [(Position, Position)] {
        if case .list(let images) = self, images.count * (images.count - 1) / 2 <= Self.listedPairCount {
            var pairs: [(Position, Position)] = []
            for (index, image) in images.enumerated() {
                for other in images[..<index] where !asked.contains(PositionPair(image, other)) {
                    pairs.append((image, other))
                }
            }
            pairs.shuffle(using: &random)
            // Which of the two comes first is drawn too.
            return pairs.prefix(count).map { random.below(2) == 0 ? $0 : ($0.1, $0.0) }
        }
        var seen: Set<PositionPair> = []
        var pairs: [(Position, Position)] = []
        for _ in 0..<Self.rounds where pairs.count < count {
            let images = try drawImages(of: space, in: view, using: &random)
            guard images.count > 1 else { continue }
            for _ in 0..<2 * count where pairs.count < count {
                let first = random.below(images.count)
                let second = (first + 1 + random.below(images.count - 1)) % images.count
                let pair = PositionPair(images[first], images[second])
                if !asked.contains(pair), seen.insert(pair).inserted { pairs.append((images[first], images[second])) }
            }
        }
        return pairs
    }

    /// Some different images.
    private func drawImages(
        of space: Position, in view: borrowing StoreView, using random: inout SeededGenerator
    ) throws(StoreError) -> [Position] {
        var seen: Set<Position> = []
        var images: [Position] = []
        for _ in 0..<2 * Self.imageCount where images.count < Self.imageCount {
            guard let image = try draw(of: space, in: view, using: &random) else { continue }
            if seen.insert(image).inserted { images.append(image) }
        }
        return images
    }

    /// One image; nil when the position drawn holds something else.
    private func draw(
        of space: Position, in view: borrowing StoreView, using random: inout SeededGenerator
    ) throws(StoreError) -> Position? {
        switch self {
        case .list(let images): return images[random.below(images.count)]
        case .range(let range):
            let span = range.upperBound.number - range.lowerBound.number + 1
            // At least one position in sixteen holds an event of the space, and next to all of those are images.
            for _ in 0..<64 {
                let position = Position(range.lowerBound.number + UInt64(random.below(Int(span))))
                let record = try view.record(at: position)
                if record.header.stream == space, record.header.kind == .imageRegistered { return position }
            }
            return nil
        }
    }
}
