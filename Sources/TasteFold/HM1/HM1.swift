/// "House mean 1": what the tastes of a space's people have in common, in integers (docs/fold.md).
///
/// A house taste is no fold of choices, but its payload has the form of one: its id, its gain and its direction are what
/// ``HP1`` starts from.
package enum HM1 {
    /// `HM1` and a zero byte.
    package static let id = FoldID(rawValue: 0x0031_4D48)

    /// The largest gain of a house, in Q8 logits per unit cosine: 256 logits.
    package static let gainLimit: UInt32 = 65_535
    /// A profile contributes from this many comparisons on.
    package static let fewestComparisons = 20
    /// A house has at least this many contributors: a mean of few is somebody's taste.
    package static let fewestContributors = 20
    /// A house has at most this many contributors.
    package static let contributorLimit = 4096

    /// The mean of the contributors' tastes, each weighted by its gain, but by no more than twice the median gain.
    ///
    /// The order does not matter. Tastes that cancel exactly, or that are all neutral, give the neutral taste. Costs one
    /// pass over the directions. For at most ``contributorLimit`` tastes every sum is below 2^42.
    ///
    /// - Precondition: There are 1 to ``contributorLimit`` tastes, all of the space.
    package static func house(of tastes: [Taste], in space: SpaceDescriptor) -> Taste {
        precondition((1...contributorLimit).contains(tastes.count), "a house has 1 to \(contributorLimit) contributors")
        let median = tastes.map(\.gain).sorted()[tastes.count / 2]
        let cap = min(2 * Int(median), Int(gainLimit))
        var sum = [Int](repeating: 0, count: space.dimension)
        var comparisons = 0
        for taste in tastes {
            precondition(taste.spaceID == space.id && taste.dimension == space.dimension, "a taste of another space")
            let weight = min(Int(taste.gain), cap)
            for index in sum.indices { sum[index] &+= weight &* Int(taste.direction[index]) }
            comparisons += Int(taste.comparisonCount)
        }
        let count = min(comparisons, Int(UInt32.max))
        let direction = NormalizedVector(sum)
        guard direction.length > 0 else {
            return .neutral(foldID: id, spaceID: space.id, dimension: space.dimension, comparisonCount: count)
        }
        let gain = min(
            floorDivide(direction.length << direction.shift, by: tastes.count * Q14.one), Int(gainLimit))
        return Taste(
            foldID: id, spaceID: space.id, comparisonCount: UInt32(count), gain: UInt32(gain),
            confidence: UInt16(confidence(gain: gain, direction: direction.components, in: space)),
            direction: direction.components)
    }

    /// The mean over the panel of max(p, 1 − p), in thousandths.
    ///
    /// |C·z| is below 2^30.5 and the gain below 2^16, so the products fit 64 bits.
    private static func confidence(gain: Int, direction: [Int16], in space: SpaceDescriptor) -> Int {
        guard !space.panel.isEmpty else { return 500 }
        let differences = space.panelDifferences
        // A pair without a difference is a tie, at which σ is one half.
        var total = (space.panel.count - differences.count) * (Q14.one - LogisticTable.complement(ofMargin: 0))
        for product in BlockedSolver.products(of: differences, with: direction.map(Int.init)) {
            total += Q14.one - LogisticTable.complement(ofMargin: floorDivide(gain * abs(product), by: 1 << 24))
        }
        return floorDivide(1000 * total, by: Q14.one * space.panel.count)
    }
}
