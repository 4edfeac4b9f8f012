internal import PersonalizationStore
internal import SeededRandom
internal import TasteFold

/// `fold` measures the fold of seeded comparisons on one core, with the vector kernels, from a house, or with
/// plain loops.
enum Folding {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let comparisons = try SeededComparisons.make(
            count: try arguments.number("comparisons", 210, atLeast: 1),
            dimension: try arguments.number("dimension", 512, atLeast: 1), seed: try arguments.number("seed", 1))
        let limit = try arguments.nanoseconds("seconds", seconds: 1)
        let samples =
            switch arguments.text("loop") ?? "vector" {
            case "vector": repeated(limit) { keep(DL1.fold(comparisons)) }
            case "house": fromHouse(comparisons, limit)
            case "plain": repeated(limit) { plainFold(comparisons) }
            case let other: throw BenchError.unsupported("no such loop: \(other)")
            }
        return Measurement(unit: "ms", values: [samples.sorted()[samples.count / 2]], events: samples.count)
    }

    /// HP1 with the same kernels, from the house of a taste of the same comparisons.
    private static func fromHouse(_ comparisons: borrowing ComparisonSet, _ limit: UInt64) -> [Double] {
        let house = HousePrior(
            taste: HM1.house(of: [DL1.fold(comparisons)], in: comparisons.space), versionHash: comparisons.space.id)
        return repeated(limit) { keep(HP1.fold(comparisons, from: house)) }
    }

    /// The loops of docs/fold.md as they stand there, compiled the same way: the sweeps, and the panel's products for the
    /// confidence. Scaling the direction, some microseconds, is left out in favour of this side.
    private static func plainFold(_ comparisons: borrowing ComparisonSet) {
        let space = comparisons.space
        let solution = PlainSolver.solve(comparisons.differences, panelMeanSquare: space.panelMeanSquare)
        keep(PlainSolver.products(of: space.panelDifferences, with: solution.sum))
    }

    /// Milliseconds of each call, at least three, after one that is not timed.
    private static func repeated(_ limit: UInt64, _ fold: () -> Void) -> [Double] {
        fold()
        var samples: [Double] = []
        let deadline = MonotonicClock.now() + limit
        while samples.count < 3 || MonotonicClock.now() < deadline {
            let start = MonotonicClock.now()
            fold()
            samples.append(Double(MonotonicClock.now() - start) / 1e6)
        }
        return samples
    }
}

/// Comparisons of random images of a space.
enum SeededComparisons {
    private static let imageLimit = 2000

    /// So many comparisons of pairs drawn from a small catalogue.
    static func make(count: Int, dimension: Int, seed: Int) throws -> ComparisonSet {
        let catalogue = Catalogue(users: 1, images: min(imageLimit, max(200, 2 * count)))
        let images = try catalogue.images(dimension: dimension)
        let space = try SpaceDescriptor(
            name: Catalogue.space, catalogue: images.map { (id: $0.id, embedding: $0.embedding) })
        var comparisons = ComparisonSet(space: space, capacity: count)
        var generator = SeededGenerator(seed: UInt64(seed))
        while comparisons.count < count {
            let winner = images[generator.below(images.count)].embedding.components
            let loser = images[generator.below(images.count)].embedding.components
            _ = try comparisons.append(winner: winner.span.bytes, loser: loser.span.bytes)
        }
        return comparisons
    }
}
