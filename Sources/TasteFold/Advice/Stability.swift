/// How settled a taste is (docs/fold.md): the agreement between the taste of the first four fifths of the
/// comparisons and that of all, which predicts the agreement between this taste and that of a quarter more comparisons.
package enum Stability {
    /// How many comparisons, the first in canonical order, make the earlier taste.
    package static func earlierCount(of count: Int) -> Int { 4 * count / 5 }

    /// With fewer comparisons there is nothing to say.
    package static let fewestComparisons = 5
}
