public import CodeRegistry
internal import EventLog
internal import LMDB
internal import Projections
public import TasteFold

extension Store {
    /// Explains a version from its profile's history and its space's catalogue.
    ///
    /// Cost: folds the version again and scores every image of the space.
    ///
    /// - Parameters:
    ///   - code: The version's code.
    ///   - imageCount: How many of the nearest and of the farthest images to give.
    public func explain(_ code: Code, imageCount: Int = 5) throws(StoreError) -> Explanation {
        try read { (view) throws(StoreError) in
            let version = try view.version(named: code)
            let scores = try view.catalogueScores(of: version.taste, in: version.space)
            let ranked = scores.sorted { ($0.score, $1.id) > ($1.score, $0.id) }
            let choices = try view.choices(of: version)
            return Explanation(
                version: version, choices: choices.filter { $0.share >= 0 },
                contradicted: choices.reversed().filter { $0.share < 0 },
                nearest: Array(ranked.prefix(imageCount)), farthest: Array(ranked.suffix(imageCount).reversed()),
                confidenceInWords: Self.words(forConfidence: Int(version.taste.confidence)))
        }
    }

    /// Compares two versions of one space.
    public func difference(
        _ first: Code, _ second: Code, imageCount: Int = 5
    ) throws(StoreError) -> VersionDifference {
        try read { (view) throws(StoreError) in
            let one = try view.version(named: first)
            let other = try view.version(named: second)
            guard one.taste.spaceID == other.taste.spaceID else {
                throw .fault(.otherSpace(code: second.description, space: other.space, expected: one.space))
            }
            let before = try view.catalogueScores(of: one.taste, in: one.space)
            let after = try view.catalogueScores(of: other.taste, in: other.space)
            let moved = zip(before, after).map { ScoredImage(id: $0.id, score: $1.score - $0.score) }
                .sorted { (abs($0.score), $1.id) > (abs($1.score), $0.id) }
            return VersionDifference(
                first: one, second: other, cosine: one.taste.cosine(to: other.taste),
                gainChange: (Double(other.taste.gain) - Double(one.taste.gain)) / 256,
                confidenceChange: Int(other.taste.confidence) - Int(one.taste.confidence),
                events: try view.events(between: one, and: other), moved: Array(moved.prefix(imageCount)))
        }
    }

    /// Every image of a space, in the order of registration. Cost: reads each of them.
    public func images(of space: String) throws(StoreError) -> [NewImage] {
        try read { (view) throws(StoreError) in
            try view.images(of: space)
        }
    }

    /// Scores images by a code, or by a blend of several, best first: logits above the catalogue's mean.
    public func score(
        _ images: [String], by codes: [WeightedCode]
    ) throws(StoreError) -> [ScoredImage] {
        try read { (view) throws(StoreError) in
            let (taste, space) = try view.blend(codes)
            var scores: [ScoredImage] = []
            for id in images {
                let embedding = try view.embedding(of: id, in: space)
                scores.append(ScoredImage(id: id, score: Double(taste.score(embedding, in: space.descriptor)) / 256))
            }
            return scores.sorted { ($0.score, $1.id) > ($1.score, $0.id) }
        }
    }

    /// The probability that somebody with this taste prefers one image to another.
    public func preference(
        _ image: String, over other: String, by codes: [WeightedCode]
    ) throws(StoreError) -> Double {
        try read { (view) throws(StoreError) in
            let (taste, space) = try view.blend(codes)
            let one = try view.embedding(of: image, in: space)
            return Double(taste.preference(of: one, over: try view.embedding(of: other, in: space))) / 16384
        }
    }

    /// Confidence is how often the version expects to predict the user's choice of a random pair.
    static func words(forConfidence confidence: Int) -> String {
        switch confidence {
        case ..<525: "next to nothing is known: right about as often as a coin"
        case ..<575: "a first idea: a little better than a coin"
        case ..<650: "a clear tendency: right about \(confidence / 10) times in a hundred"
        case ..<750: "a distinct taste: right about \(confidence / 10) times in a hundred"
        default: "a strong taste: right about \(confidence / 10) times in a hundred"
        }
    }
}

extension Taste {
    /// The cosine of the angle to another taste's direction; 0 when either is neutral.
    public func cosine(to other: Taste) -> Double {
        var product = 0, square = 0, otherSquare = 0
        for (one, two) in zip(direction, other.direction) {
            product += Int(one) * Int(two)
            square += Int(one) * Int(one)
            otherSquare += Int(two) * Int(two)
        }
        if square == 0 || otherSquare == 0 { return 0 }
        return Double(product) / (Double(square).squareRoot() * Double(otherSquare).squareRoot())
    }
}
