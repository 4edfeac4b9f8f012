internal import PersonalizationStore
internal import SeededRandom
internal import TasteFold

/// `score` measures scoring a catalogue in memory by one code on one core.
enum Scoring {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let images = try arguments.number("images", 100_000, atLeast: 1)
        let dimension = try arguments.number("dimension", 512, atLeast: 1)
        let comparisons = try SeededComparisons.make(count: 210, dimension: dimension, seed: 1)
        let scorer = TasteScorer(taste: DL1.fold(comparisons), space: comparisons.space)
        let matrix = embeddings(images * dimension, seed: try arguments.number("seed", 1))
        var scores = [Int](repeating: 0, count: images)
        var values: [Double] = []
        for pass in 0..<4 {
            let start = MonotonicClock.now()
            var span = scores.mutableSpan
            scorer.scores(of: matrix.span.bytes, into: &span)
            let seconds = Double(MonotonicClock.now() - start) / 1e9
            if pass > 0 { values.append(Double(images) / seconds) }
        }
        keep(scores)
        return Measurement(unit: "images/s", values: values, events: images)
    }

    /// Components of about the size that embeddings have; scoring is exact for any.
    private static func embeddings(_ count: Int, seed: Int) -> [Int16] {
        var generator = SeededGenerator(seed: UInt64(seed))
        return [Int16](unsafeUninitializedCapacity: count) { storage, initialized in
            for index in 0..<count { storage.initializeElement(at: index, to: Int16(generator.below(2001) - 1000)) }
            initialized = count
        }
    }
}
